import type { Table } from '../objects.ts';
import { quoted } from '../questions.ts';

/*
 * Blocks that write a table in batches, with a commit after each.
 */

/** Number of rows written between commits. */
const batch = 10_000;

/** Number of pages of 8 kB written between commits, where there is no key. */
const pages = 500;

/** Number of passes over the table, for rows that were moved in the meantime. */
const passes = 10;

/**
 * The columns by which a table can be iterated: its primary key, or a unique key of required columns.
 * Null if there is none.
 */
export function keyOf({ columns, constraints, indexes }: Table): readonly string[] | null {
  const primary = constraints.find(({ kind }) => kind === 'primary');
  if (primary && primary.columns.length > 0) return primary.columns;
  const keys = [
    ...constraints.filter(({ kind }) => kind === 'unique').map(one => one.columns),
    ...indexes
      .filter(one => one.unique && one.valid && !one.partial && one.mentions.length === 0)
      .map(one => one.columns),
  ];
  const isRequired = (name: string | null): name is string =>
    name !== null && columns.get(name)?.notNull === true;
  return keys.find((key): key is string[] => key.length > 0 && key.every(isRequired)) ?? null;
}

/** The condition for the rows between `migtui_low` and `migtui_high`. */
export function rangeOf(key: readonly string[], alias?: string): string {
  const columns = key.map(name => (alias ? `${quoted(alias)}.${quoted(name)}` : quoted(name)));
  const row = rowOf(columns);
  return key.length === 1
    ? `${row} between migtui_low and migtui_high`
    : `${row} >= ${rowOf(ends('low', key))} and ${row} <= ${rowOf(ends('high', key))}`;
}

const rowOf = (parts: readonly string[]): string =>
  parts.length === 1 ? `${parts[0]}` : `(${parts.join(', ')})`;

/** The variables for one end of a range. */
const ends = (end: 'low' | 'high', key: readonly string[]): string[] =>
  key.map((_, index) => (key.length === 1 ? `migtui_${end}` : `migtui_${end}_${index + 1}`));

/**
 * A block that runs an update for one key range after the other.
 * @param table in SQL notation
 * @param update with the range of `rangeOf`
 */
export function inBatchesByKey(table: string, key: readonly string[], update: string): string {
  const columns = key.map(quoted);
  const list = columns.join(', ');
  const row = rowOf(columns);
  const [low, high] = [ends('low', key), ends('high', key)];
  const declared = [low, high].flatMap(names =>
    names.map((name, index) => `  ${name} ${table}.${columns[index]}%type;`),
  );
  const backwards = columns.map(column => `${column} desc`).join(', ');
  return `do $migtui$
declare
${declared.join('\n')}
begin
  select ${list} into ${low.join(', ')} from ${table} order by ${list} limit 1;
  while ${low[0]} is not null loop
    select ${list} into ${high.join(', ')}
      from (select ${list} from ${table} where ${row} >= ${rowOf(low)} order by ${list} limit ${batch}) as batch
      order by ${backwards} limit 1;
    ${update};
    commit;
    select ${list} into ${low.join(', ')} from ${table} where ${row} > ${rowOf(high)} order by ${list} limit 1;
  end loop;
end
$migtui$`;
}

/**
 * A block that runs an update for some pages of the table after the other, until no row is left. A row that another
 * client moves to a page that is done is found by the next pass.
 * @param table in SQL notation
 * @param condition of the rows that are left
 */
export function inBatchesByPage(table: string, update: string, condition: string): string {
  const range = `ctid >= format('(%s,0)', migtui_page)::tid and ctid < format('(%s,0)', migtui_page + ${pages})::tid`;
  return `do $migtui$
declare
  migtui_page bigint;
  migtui_end bigint;
begin
  for migtui_pass in 1..${passes} loop
    migtui_page := 0;
    migtui_end := pg_relation_size('${table.replaceAll("'", "''")}'::regclass) / current_setting('block_size')::bigint;
    while migtui_page <= migtui_end loop
      ${update} and ${range};
      commit;
      migtui_page := migtui_page + ${pages};
    end loop;
    exit when not exists (select from ${table} where ${condition});
  end loop;
end
$migtui$`;
}
