import { join } from 'node:path';
import pg from 'pg';
import {
  type MigrationSketch,
  makeProject,
  type Project,
  type ProjectOptions,
  repository,
} from '../test/support/project.ts';
import { type Command, type Measured, measure } from './measure.ts';
import { startBenchServer } from './server.ts';
import { goal, type Row, ratioRow } from './table.ts';

/*
 * Many schemas of one database with 17 of 20 revisions, upgraded by the other three: migtui's fleet compared
 * with a loop of the stock migrator in one process. Each has its own copy of the database. `BENCH_SCHEMAS=100,1000,5000` sets the numbers of
 * schemas.
 */

const sizes = (process.env.BENCH_SCHEMAS ?? '100,1000').split(',').map(Number);
const applied = 17;

const nameOf = (at: number): string => `Migration${20260101000000 + at}_step_${at}`;

/** Tables first, then columns and indexes on them, as in a real product over the years. */
function upOf(at: number): string {
  const table = `table_${((at - 1) % 6) + 1}`;
  if (at <= 6) {
    return `create table "${table}" ("id" bigint generated always as identity primary key, "name" text not null, "made" timestamptz not null default now())`;
  }
  return at % 3 === 0
    ? `create index "index_${at}" on "${table}" ("name")`
    : `alter table "${table}" add column "column_${at}" text`;
}

const steps = Array.from({ length: 20 }, (_, index) => index + 1);
const migrations: Record<string, MigrationSketch> = Object.fromEntries(
  steps.map(at => [nameOf(at), { up: upOf(at) }]),
);

/** Status and upgrade of fleets of growing size, and the stock migrator on the same number of schemas. */
export async function benchFleet(): Promise<Row[]> {
  const server = await startBenchServer();
  const rows: Row[] = [];
  const found: { count: number; status: number; each: number }[] = [];
  try {
    for (const count of sizes) {
      const url = await server.freshUrl();
      await fill(url, count);
      const [stockUrl, bareUrl] = [await server.copyUrl(url), await server.copyUrl(url)];
      const [project, stockProject] = [await makeProject(sketch(url)), await makeProject(sketch(stockUrl))];
      const own = (...args: string[]): Command =>
        command(project, join(repository, 'bin/migtui.js'), 'fleet', ...args);
      const status = await measure(own('status', '--json'));
      rows.push({
        what: `${count} schemas: fleet status`,
        value: `${(status.wall / 1000).toFixed(2)} s`,
        limit: `${mb(status.peak)} MB`,
        ...(count === 1_000 && { goal: goal(status.wall / 1000, 1, ' s') }),
      });
      const fleet = await withConnections(url, () => measure(own('upgrade', 'head', '--yes', '--json')));
      const few = Math.min(count, 1_000);
      const stock = await withConnections(stockUrl, () =>
        measure(command(stockProject, join(stockProject.root, 'stock.mjs'), String(few))),
      );
      const bare = await bareStatements(bareUrl, few);
      const each = fleet.measured.wall / count;
      const stockEach = stock.measured.wall / few;
      found.push({ count, status: status.wall, each });
      rows.push(
        {
          what: `${count} schemas, 3 revisions: stock migrator in a loop`,
          value: `${stockEach.toFixed(1)} ms each`,
          ratio: 1,
          limit: `${mb(stock.measured.peak)} MB, ${stock.most} connections`,
        },
        {
          ...ratioRow(
            `${count} schemas, 3 revisions: migtui fleet upgrade`,
            `${each.toFixed(1)} ms each`,
            each / stockEach,
            count === 1_000 ? 0.33 : undefined,
          ),
          limit: `${mb(fleet.measured.peak)} MB, ${fleet.most} connections`,
        },
        {
          ...ratioRow(
            `${few} schemas, 3 revisions: only the statements and log rows`,
            `${bare.toFixed(1)} ms each`,
            bare / stockEach,
          ),
          limit: `${sessions} connections, without start, lock, plan and journal`,
        },
      );
    }
    const [first] = found;
    const last = found.at(-1);
    if (first && last && first !== last) {
      const growth = last.each / first.each;
      rows.push(
        ratioRow(
          `time per schema, ${last.count} compared with ${first.count}`,
          `${last.each.toFixed(1)} ms`,
          growth,
          1.1,
        ),
      );
    }
    return rows;
  } finally {
    await server.stop();
  }
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);

const command = ({ root }: Project, file: string, ...args: string[]): Command => ({
  program: process.execPath,
  args: [file, ...args],
  cwd: root,
});

const sketch = (url: string): ProjectOptions => ({
  url,
  migrations,
  typescript: false,
  packageJson: { migtui: { fleet: { targets: { schemas: 'tenant_*' } } } },
  config: `schemaGenerator: { ignoreSchema: ['migtui'] },`,
  files: { 'stock.mjs': stockLoop },
});

/** Schemas with the objects of 17 revisions. */
async function fill(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const made = [
    'create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz(0) default current_timestamp)',
    `insert into mikro_orm_migrations (name) values ${steps
      .slice(0, applied)
      .map(at => `('${nameOf(at)}')`)
      .join(', ')}`,
    ...steps.slice(0, applied).map(upOf),
  ];
  for (let at = 0; at < count; at++) {
    await client.query(
      [`create schema tenant_${at}`, `set search_path to tenant_${at}`, ...made].join(';\n'),
    );
  }
  await client.query('vacuum analyze');
  await client.end();
}

/** As many as a fleet uses on this server. */
const sessions = 8;

/** The statements of the three revisions with their log rows, one transaction per schema: ms per schema. */
async function bareStatements(url: string, count: number): Promise<number> {
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const clients = await Promise.all(Array.from({ length: sessions }, open));
  const left = steps.slice(applied);
  const sql = left.flatMap(at => [
    upOf(at),
    `insert into mikro_orm_migrations (name) values ('${nameOf(at)}')`,
  ]);
  const started = performance.now();
  let next = 0;
  await Promise.all(
    clients.map(async client => {
      for (let at = next++; at < count; at = next++) {
        await client.query(['begin', `set local search_path to tenant_${at}`, ...sql, 'commit'].join(';\n'));
      }
    }),
  );
  const each = (performance.now() - started) / count;
  await Promise.all(clients.map(client => client.end()));
  return each;
}

/** Maximum number of simultaneous client connections. */
async function withConnections(
  url: string,
  work: () => Promise<Measured>,
): Promise<{ readonly measured: Measured; readonly most: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let most = 0;
  let asking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    asking = asking.then(async () => {
      const { rows } = await client.query(
        `select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      most = Math.max(most, rows[0].n);
    });
  }, 100);
  try {
    const measured = await work();
    await asking;
    return { measured, most };
  } finally {
    clearInterval(timer);
    await asking;
    await client.end();
  }
}

const stockLoop = `import { MikroORM } from '@mikro-orm/postgresql';
import config from './mikro-orm.config.js';
const orm = await MikroORM.init({ ...config, migrations: { ...config.migrations, silent: true, snapshot: false } });
for (let at = 0; at < Number(process.argv[2]); at++) await orm.migrator.up({ schema: \`tenant_\${at}\` });
await orm.close(true);
`;
