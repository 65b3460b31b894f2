import fc from 'fast-check';

/** A small set of entities with random changes. */
export interface Column {
  /** Types that PostgreSQL can cast into each other: for others, MikroORM generates casts that fail. */
  readonly type: 'integer' | 'bigint' | 'text' | 'string';
  readonly nullable: boolean;
  readonly value?: string;
  readonly index?: 'index' | 'unique';
}

export type Model = Readonly<Record<string, Readonly<Record<string, Column>>>>;

export type Change =
  | { readonly is: 'add table'; readonly table: string; readonly columns: Record<string, Column> }
  | { readonly is: 'drop table'; readonly table: string }
  | { readonly is: 'set column'; readonly table: string; readonly column: string; readonly to: Column }
  | { readonly is: 'drop column'; readonly table: string; readonly column: string }
  | { readonly is: 'rename column'; readonly table: string; readonly column: string; readonly to: string };

const tables = ['alpha', 'beta'];
const columns = ['one', 'two', 'three'];

const column: fc.Arbitrary<Column> = fc.record(
  {
    type: fc.constantFrom('integer', 'bigint', 'text', 'string'),
    nullable: fc.boolean(),
    index: fc.constantFrom('index', 'unique'),
  },
  { requiredKeys: ['type', 'nullable'] },
);

const someColumns = fc.dictionary(fc.constantFrom(...columns), column, { minKeys: 1, maxKeys: 3 });

export const model: fc.Arbitrary<Model> = fc.dictionary(fc.constantFrom(...tables), someColumns, {
  minKeys: 1,
  maxKeys: 2,
});

const table = fc.constantFrom(...tables);
const name = fc.constantFrom(...columns);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ is: fc.constant('add table' as const), table, columns: someColumns }),
  fc.record({ is: fc.constant('drop table' as const), table }),
  {
    arbitrary: fc.record({ is: fc.constant('set column' as const), table, column: name, to: column }),
    weight: 4,
  },
  fc.record({ is: fc.constant('drop column' as const), table, column: name }),
  fc.record({
    is: fc.constant('rename column' as const),
    table,
    column: name,
    to: fc.constantFrom('four', 'five'),
  }),
);

export const changes = fc.array(change, { minLength: 1, maxLength: 3 });

/** The model and the changes that are possible in it. */
export function changed(start: Model, list: readonly Change[]): Model {
  let now = start;
  for (const change of list) now = apply(now, change);
  return now;
}

function apply(now: Model, change: Change): Model {
  const { [change.table]: found, ...others } = now;
  if (change.is === 'add table') return found ? now : { ...now, [change.table]: change.columns };
  if (!found) return now;
  if (change.is === 'drop table') return Object.keys(others).length > 0 ? others : now;
  if (change.is === 'set column') return { ...now, [change.table]: { ...found, [change.column]: change.to } };
  const { [change.column]: column, ...rest } = found;
  if (!column) return now;
  if (change.is === 'drop column') return { ...now, [change.table]: rest };
  return { ...now, [change.table]: { ...rest, [change.to]: column } };
}

/** The source of `entities.ts` for a model. */
export function sourceOf(model: Model): string {
  const entity = ([table, columns]: [string, Readonly<Record<string, Column>>]): string => `
export const ${table} = defineEntity({
  name: '${table}',
  tableName: '${table}',
  properties: {
    id: p.integer().primary(),
${Object.entries(columns)
  .map(
    ([name, { type, nullable, index }]) =>
      `    ${name}: p.${type}()${nullable ? '.nullable()' : ''}${index === 'unique' ? '.unique()' : index ? '.index()' : ''},`,
  )
  .join('\n')}
  },
});`;
  return `import { defineEntity, p } from '@mikro-orm/core';
${Object.entries(model).map(entity).join('\n')}

export const entities: any[] = [${Object.keys(model).join(', ')}];
`;
}
