import { Failure } from '../../foundation/failure.ts';
import { learnNames } from '../../foundation/names-with-lines.ts';
import type { Project } from '../../project/project.ts';
import { slug } from '../../revisions/names.ts';
import type { Connection } from '../connect/connection.ts';
import type { Ledger, LedgerTable } from '../ledger.ts';
import type { Product, Question } from './products.ts';

/** MikroORM's migrations table, at the place where its storage puts it. */
export function tableOf({ orm, options, schema: own }: Project, runSchema: string | null = own): LedgerTable {
  const platform = orm.em.getPlatform();
  const parts = (options.tableName as string).split('.');
  const name = parts.at(-1) as string;
  const named =
    runSchema ?? (parts.length > 1 ? (parts[0] as string) : undefined) ?? orm.config.get('schema');
  const quoted = platform.quoteIdentifier(name);
  return {
    schema: named ?? orm.config.get('dbName') ?? '',
    name,
    sql: named ? `${platform.quoteIdentifier(named)}.${quoted}` : quoted,
  };
}

const columns = ['id', 'name', 'executed_at'];

/**
 * Reads the applied revisions without writing anything.
 * @throws Failure `table-unexpected` if it is not a migrations table of MikroORM
 */
export async function readLedger(
  product: Product,
  { query }: Connection,
  table: LedgerTable,
): Promise<Ledger> {
  const ask = <Row extends object>([sql, params]: Question): Promise<Row[]> => query<Row>(sql, params);
  const names = (question: Question): Promise<string[]> =>
    ask<{ name: string }>(question).then(rows => rows.map(({ name }) => name));
  const [server] = await ask<{ version: string }>(product.version);
  const tables = await names(product.tables(table.schema));
  const known = {
    serverVersion: server?.version ?? '',
    readOnly: false,
    schemaExists: true,
    schemas: tables.includes(table.name) ? [table.schema] : [],
    otherTables: tables.filter(name => name !== table.name).length,
  };
  if (!tables.includes(table.name)) {
    return { table: 'absent', seen: 'absent', applied: new Map(), ...known };
  }
  const found = await names(product.columns(table.schema, table.name));
  if (!columns.every(column => found.includes(column))) {
    throw new Failure({
      code: 'table-unexpected',
      message: `The table ${table.name} is not MikroORM's: it has the columns ${found.join(', ')}, not ${columns.join(', ')}.`,
      next: "Rename it, or set another table for MikroORM's log: migrations.tableName in the MikroORM config.",
    });
  }
  const rows = await ask<{ id: unknown; name: string | null; executed_at: unknown }>([
    `select id, name, executed_at from ${table.sql} order by id`,
  ]);
  const applied = new Map<string, Date | null>();
  for (const { name, executed_at } of rows) {
    if (name === null) continue;
    const id = name.replace(/\.[jt]s$/, '');
    if (!applied.has(id)) applied.set(id, dateOf(executed_at));
  }
  learnNames(applied.keys(), slug);
  return { table: 'present', seen: `${rows.length}/${rows.at(-1)?.id ?? 0}`, applied, ...known };
}

/** The count and the last id; `absent` without a table. */
export async function fingerprint(
  product: Product,
  { query }: Connection,
  table: LedgerTable,
): Promise<string> {
  const [sql, params] = product.tables(table.schema);
  const tables = await query<{ name: string }>(sql, params);
  if (!tables.some(({ name }) => name === table.name)) return 'absent';
  const [rows] = await query<{ count: number; last: number | null }>(
    `select count(*) as count, max(id) as last from ${table.sql}`,
  );
  return `${rows?.count ?? 0}/${rows?.last ?? 0}`;
}

/**
 * SQLite stores the time as text in UTC, or in milliseconds as MikroORM writes it; the others return a date.
 */
function dateOf(value: unknown): Date | null {
  const date =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(value)
      ? new Date(`${value.replace(' ', 'T')}Z`)
      : new Date(value as string | number | Date);
  return value == null || Number.isNaN(date.getTime()) ? null : date;
}
