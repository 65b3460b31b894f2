import type { Effect } from '../../../values/authoring.ts';

/** One renamed object. Its data is kept. */
export type Rename =
  | {
      readonly kind: 'table';
      readonly schema: string | undefined;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'enum type';
      readonly schema: string | undefined;
      readonly from: string;
      readonly to: string;
    }
  | {
      /** `constraint`: a check or a foreign key. A key or unique constraint is an index. */
      readonly kind: 'column' | 'enum value' | 'index' | 'constraint';
      readonly schema: string | undefined;
      /** The table, or the enum type. */
      readonly of: string;
      readonly from: string;
      readonly to: string;
    }
  /**
   * A value that a check allows in a column: MikroORM's enums without a PostgreSQL type. Rows are updated.
   */
  | {
      readonly kind: 'value';
      readonly schema: string | undefined;
      readonly of: string;
      readonly column: string;
      readonly from: string;
      readonly to: string;
    };

/** The path to the renamed object, starting with the schema: `['public', 'contact']` for a column. */
export function placeOf(rename: Rename): string[] {
  const schema = rename.schema ?? 'public';
  if (rename.kind === 'table' || rename.kind === 'enum type') return [schema];
  return rename.kind === 'value' ? [schema, rename.of, rename.column] : [schema, rename.of];
}

/** `contact.fax`, without the default schema. */
function oldName(rename: Rename): string {
  const [schema, ...names] = placeOf(rename);
  return qualified(schema, [...names, rename.from].join('.'));
}

/** `contact.fax:email`, `people:persons`: the format of `--rename`. */
export function written(rename: Rename): string {
  return `${oldName(rename)}:${rename.to}`;
}

/** `column contact.fax to email`. */
export function describeRename(rename: Rename): string {
  return `${rename.kind} ${oldName(rename)} to ${rename.to}`;
}

/** The same as a schema change. */
export function effectOf(rename: Rename): Effect {
  const description = describeRename(rename)
    .replace(/^column /, '')
    .replace(/ to (?=\S+$)/, ' renamed to ');
  return { sign: '~', object: description.slice(0, description.indexOf(' renamed to ')), words: description };
}

function qualified(schema: string | undefined, name: string): string {
  return schema === undefined || schema === 'public' ? name : `${schema}.${name}`;
}
