import { type Node, namesIn, type Statement } from '../../safety/parse.ts';
import { quoted } from '../questions.ts';
import { nothing, type Rewrite } from './rewrite.ts';
import { withoutSemicolon } from './statement.ts';

/** CREATE INDEX. */
export function indexOf({ text, tree }: Statement): Rewrite | null {
  if (tree.concurrent === true || typeof tree.idxname !== 'string') return null;
  const sql = withoutSemicolon(text).replace(/^(\s*create\s+(?:unique\s+)?index)\b/i, '$1 concurrently');
  const { schemaname } = (tree.relation ?? {}) as { schemaname?: string };
  const name = schemaname ? `${quoted(schemaname)}.${quoted(tree.idxname)}` : quoted(tree.idxname);
  return {
    ...nothing,
    concurrently: [sql],
    back: { ...nothing.back, concurrently: [`drop index concurrently if exists ${name}`] },
  };
}

/** SET NOT NULL, using a check constraint. */
export function notNullOf(table: string, column: string): Rewrite {
  const name = quoted(`${column}_not_null_check`);
  return {
    ...nothing,
    now: [`alter table ${table} add constraint ${name} check (${quoted(column)} is not null) not valid`],
    validate: [`alter table ${table} validate constraint ${name}`],
    finish: [
      `alter table ${table} alter column ${quoted(column)} set not null`,
      `alter table ${table} drop constraint ${name}`,
    ],
    back: {
      ...nothing.back,
      now: [`alter table ${table} drop constraint ${name}`],
      finish: [
        `alter table ${table} add constraint ${name} check (${quoted(column)} is not null) not valid`,
        `alter table ${table} alter column ${quoted(column)} drop not null`,
      ],
    },
  };
}

/** ADD CONSTRAINT. */
export function constraintOf(text: string, table: string, constraint: Node): Rewrite | null {
  const name = quoted(constraint.conname as string);
  const drop = `alter table ${table} drop constraint ${name}`;
  switch (constraint.contype) {
    case 'CONSTR_CHECK':
    case 'CONSTR_FOREIGN':
      return {
        ...nothing,
        now: [`${withoutSemicolon(text)} not valid`],
        validate: [`alter table ${table} validate constraint ${name}`],
        back: { ...nothing.back, now: [drop] },
      };
    case 'CONSTR_UNIQUE': {
      if (constraint.indexname || constraint.deferrable || constraint.nulls_not_distinct) return null;
      const columns = namesIn(constraint.keys).map(quoted).join(', ');
      return {
        ...nothing,
        concurrently: [`create unique index concurrently ${name} on ${table} (${columns})`],
        finish: [`alter table ${table} add constraint ${name} unique using index ${name}`],
        // The index was already dropped with its constraint.
        back: {
          ...nothing.back,
          concurrently: [`drop index concurrently if exists ${name}`],
          finish: [drop],
        },
      };
    }
    default:
      return null;
  }
}
