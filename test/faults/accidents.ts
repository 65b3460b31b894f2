import { expect } from 'vitest';
import type { EngineApi, Look } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import type { MigrationSketch, Project } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import type { Order } from './agent.ts';
import { inParallel, said, serially, startAgent } from './support.ts';

const ids = {
  chats: 'Migration20260101000000_chats',
  rows: 'Migration20260102000000_rows',
  column: 'Migration20260103000000_column',
  index: 'Migration20260104000000_index',
  half: 'Migration20260105000000_half',
  last: 'Migration20260106000000_last',
} as const;

/** Six revisions: tables, data, a concurrent index, two statements without a transaction, code that reads rows. */
export const sixRevisions: Record<string, MigrationSketch | string> = {
  [ids.chats]: { up: 'create table "chats" ("id" serial primary key, "title" text not null)' },
  [ids.rows]: {
    up: [`insert into "chats" ("title") values ('a')`, `insert into "chats" ("title") values ('b')`],
  },
  [ids.column]: {
    up: ['alter table "chats" add column "length" int', 'update "chats" set "length" = length("title")'],
  },
  [ids.index]: { up: 'create index concurrently "chats_title" on "chats" ("title")', transactional: false },
  [ids.half]: {
    up: ['create table "extra" ("id" int)', 'create index concurrently "extra_id" on "extra" ("id")'],
    transactional: false,
  },
  [ids.last]: `import { Migration } from '@mikro-orm/migrations';
export class ${ids.last} extends Migration {
  override async up(): Promise<void> {
    const [row] = await this.execute('select count(*)::int as n from chats') as { n: number }[];
    this.addSql(\`insert into chats (title, length) values ('after \${row!.n}', 0)\`);
  }
}
`,
};

/** What of a revision is in the database. */
interface Traces {
  readonly chats: boolean;
  readonly rows: boolean;
  readonly column: boolean;
  readonly index: boolean;
  readonly half: boolean;
  readonly halfBegun: boolean;
  readonly last: boolean;
}

async function tracesOf(database: Database): Promise<Traces> {
  const [there] = await database.query<Record<string, boolean>>(
    `select to_regclass('chats') is not null as chats,
            exists (select from pg_attribute where attrelid = to_regclass('chats') and attname = 'length') as "column",
            coalesce((select indisvalid from pg_index where indexrelid = to_regclass('chats_title')), false) as index,
            to_regclass('extra') is not null as "halfBegun",
            coalesce((select indisvalid from pg_index where indexrelid = to_regclass('extra_id')), false) as half`,
  );
  const titles = there?.chats
    ? await database.query<{ title: string }>('select title from chats order by id')
    : [];
  const list = titles.map(({ title }) => title).join();
  expect(['', 'a,b', 'a,b,after 2']).toContain(list);
  return { ...(there as unknown as Traces), rows: list.startsWith('a,b'), last: list.endsWith('after 2') };
}

/** The last connection of a killed run is gone: from now on a look sees what it left. */
async function quiet(database: Database): Promise<void> {
  for (let tries = 0; ; tries++) {
    const [row] = await database
      .query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      )
      .catch(() => [{ n: -1 }]);
    if (row?.n === 0) return;
    if (tries > 300) throw new Error(`still ${row?.n} connections`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** A row exactly when the schema changed; where there was no transaction, the revision is named. */
function expectTruth(look: Look, traces: Traces, label: string): void {
  const applied = new Set(look.revisions.filter(({ state }) => state === 'applied').map(({ id }) => id));
  for (const name of ['chats', 'rows', 'column', 'last'] as const) {
    expect([label, name, applied.has(ids[name])]).toEqual([label, name, traces[name]]);
  }
  const named = new Set(look.unsettled.map(({ revision }) => revision));
  for (const [name, begun] of [
    ['index', traces.index],
    ['half', traces.halfBegun],
  ] as const) {
    if (applied.has(ids[name])) expect([label, name, traces[name]]).toEqual([label, name, true]);
    else if (begun) expect([label, name, [...named]]).toEqual([label, name, [ids[name]]]);
    if (named.has(ids[name])) expect([label, name, applied.has(ids[name])]).toEqual([label, name, false]);
  }
}

/** As a person would: what is whole is marked as applied, what is not is cleared away. */
async function settle(engine: EngineApi, look: Look, traces: Traces, database: Database): Promise<void> {
  for (const { revision } of look.unsettled) {
    const whole = revision === ids.index ? traces.index : traces.half;
    if (!whole) {
      await database.query(
        revision === ids.index ? 'drop index if exists chats_title' : 'drop table if exists extra',
      );
    }
    await engine.settle(revision, whole ? 'applied' : 'not-applied');
  }
}

/**
 * Has an accident at each of the given events of a run, each on a database of its own, and each time looks, settles
 * what is to be settled, and runs again to the end.
 */
export async function survive(
  project: Project,
  accident: NonNullable<Order['accident']>,
  points: readonly number[],
): Promise<void> {
  const oneByOne = serially();
  await inParallel(points, accident === 'crash' ? 1 : 2, async at => {
    const label = `${accident} at ${at}`;
    const database = await createDatabase();
    const agent = await startAgent();
    await agent.order({ root: project.root, url: database.url, at, accident });
    await agent.end();
    await quiet(database);
    await oneByOne(async () => {
      process.env.FAULT_URL = database.url;
      const engine = await openEngine({ root: project.root }, event => void said.push(JSON.stringify(event)));
      try {
        const look = await engine.look();
        said.push(JSON.stringify(look));
        const traces = await tracesOf(database);
        expectTruth(look, traces, label);
        await settle(engine, look, traces, database);
        const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
        if (preview.plan.steps.length > 0) {
          expect([label, (await engine.run(preview, {})).failure]).toEqual([label, null]);
        }
        const after = await engine.look();
        expect([label, after.pending, after.unsettled]).toEqual([label, [], []]);
        expect(await tracesOf(database)).toEqual({
          ...{ chats: true, rows: true, column: true, index: true, half: true, halfBegun: true, last: true },
        });
        expect(await database.query('select count(*)::int as n from mikro_orm_migrations')).toEqual([
          { n: 6 },
        ]);
        said.push(JSON.stringify(await engine.journal()));
      } finally {
        await engine.close();
      }
    });
    await database.drop();
  });
}

/** How many events an undisturbed run has. */
export async function countEvents(project: Project): Promise<number> {
  const database = await createDatabase();
  const agent = await startAgent();
  const report = await agent.order({ root: project.root, url: database.url });
  await agent.end();
  expect(report?.code).toBeNull();
  await database.drop();
  return report?.events ?? 0;
}
