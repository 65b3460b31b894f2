import { expect } from 'vitest';
import type { EngineApi, Overview } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import type { Project } from '../support/project.ts';
import type { Database } from '../support/server.ts';
import { ids, type Traces, tracesOf } from './six-revisions.ts';
import { said, serially } from './support.ts';

/** The last connection of a killed run is closed: from now on the state includes what it left. */
export async function quiet(database: Database): Promise<void> {
  for (let tries = 0; ; tries++) {
    const [row] = await database
      .query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      )
      .catch(() => [{ n: -1 }]);
    if (row?.n === 0) return;
    if (tries > 600) throw new Error(`still ${row?.n} connections`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}

/** A row exists if and only if the schema changed; without a transaction, the revision is reported. */
function expectTruth(overview: Overview, traces: Traces, label: string): void {
  const applied = new Set(overview.revisions.filter(({ state }) => state === 'applied').map(({ id }) => id));
  for (const name of ['chats', 'rows', 'column', 'last'] as const) {
    expect([label, name, applied.has(ids[name])]).toEqual([label, name, traces[name]]);
  }
  const named = new Set(overview.unsettled.map(({ revision }) => revision));
  for (const [name, begun] of [
    ['index', traces.index],
    ['half', traces.halfBegun],
  ] as const) {
    if (applied.has(ids[name])) expect([label, name, traces[name]]).toEqual([label, name, true]);
    else if (begun) expect([label, name, [...named]]).toEqual([label, name, [ids[name]]]);
    if (named.has(ids[name])) expect([label, name, applied.has(ids[name])]).toEqual([label, name, false]);
  }
}

/** Like a user: complete changes are marked as applied, partial ones are removed. */
async function resolveInterrupted(
  engine: EngineApi,
  overview: Overview,
  traces: Traces,
  database: Database,
): Promise<void> {
  for (const { revision } of overview.unsettled) {
    const whole = revision === ids.index ? traces.index : traces.half;
    if (!whole) {
      await database.query(
        revision === ids.index ? 'drop index if exists chats_title' : 'drop table if exists extra',
      );
    }
    await engine.resolveRevision(revision, whole ? 'applied' : 'not-applied');
  }
}

/** All six revisions are complete, and each ran once. */
export async function expectFinished(database: Database, label: string): Promise<void> {
  expect([label, await tracesOf(database)]).toEqual([
    label,
    { chats: true, rows: true, column: true, index: true, half: true, halfBegun: true, last: true },
  ]);
  expect([label, await database.query('select count(*)::int as n from mikro_orm_migrations')]).toEqual([
    label,
    [{ n: 6 }],
  ]);
}

/** Reads the journal from the database, to search it for passwords. */
async function hearJournal(database: Database): Promise<void> {
  const [there] = await database.query(`select to_regclass('migtui.journal') is not null as journal`);
  if (!there?.journal) return;
  const rows = await database.query<{ row: string }>('select j::text as row from migtui.journal as j');
  said.push(...rows.map(({ row }) => row));
}

// The project's config reads an environment variable of this process.
const oneByOne = serially();

/** Reads the state, verifies it, resolves interrupted revisions, and runs again to the end. */
export async function recover(project: Project, database: Database, label: string): Promise<void> {
  await quiet(database);
  await oneByOne(async () => {
    process.env.FAULT_URL = database.url;
    const engine = await openEngine({ root: project.root }, event => void said.push(JSON.stringify(event)));
    try {
      const overview = await engine.overview();
      said.push(JSON.stringify(overview));
      const traces = await tracesOf(database);
      expectTruth(overview, traces, label);
      await resolveInterrupted(engine, overview, traces, database);
      const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
      if (preview.plan.steps.length > 0) {
        expect([label, (await engine.run(preview, {})).failure]).toEqual([label, null]);
      }
      const after = await engine.overview();
      expect([label, after.pending, after.unsettled]).toEqual([label, [], []]);
      await expectFinished(database, label);
      said.push(JSON.stringify(await engine.journal()));
      await hearJournal(database);
    } finally {
      await engine.close();
    }
  });
}
