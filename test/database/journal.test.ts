import { afterEach, describe, expect, test } from 'vitest';
import { queryOn } from '../../src/database/connect/monitor.ts';
import { editedRevisions, readJournal } from '../../src/database/journal/reader.ts';
import { journalStatus } from '../../src/database/journal/table.ts';
import { JournalWriter } from '../../src/database/journal/writer.ts';
import { ledgerTable, readLedger } from '../../src/database/ledger.ts';
import { fileChecksums } from '../../src/project/files/sources.ts';
import { makeProject, type Project, stockCli } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { type Opened, open } from './support.ts';

const chats = 'Migration20260101000000_chats';
const rows = 'Migration20260102000000_rows';
const broken = 'Migration20260103000000_broken';
const index = 'Migration20260104000000_index';
const migrations = {
  [chats]: { up: 'create table "chats" ("id" serial primary key, "title" text)', down: 'drop table "chats"' },
  [rows]: { up: `insert into "chats" ("title") values ('a')`, down: 'delete from "chats"' },
  [broken]: { up: 'select 1 / 0' },
  [index]: {
    up: 'create index concurrently "chats_title" on "chats" ("title")',
    transactional: false as const,
  },
};

const ignoring = `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }`;
const opened: Opened[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

async function start(
  kind: 'server' | 'pglite',
  config = ignoring,
  database?: Database,
): Promise<[Opened, Project]> {
  const where =
    kind === 'server' ? { url: (database ?? (await createDatabase())).url } : { pglite: 'memory://' };
  const project = await makeProject({ ...where, migrations, config });
  const app = await open(project.root);
  opened.push(app);
  return [app, project];
}

const journal = (app: Opened) => readJournal(queryOn(app.connection.orm), ledgerTable(app.project));
const short = async (app: Opened) =>
  (await journal(app)).map(({ revision, action, outcome }) => `${action} ${revision.slice(24)} ${outcome}`);

describe.each(['server', 'pglite'] as const)('the journal (%s)', kind => {
  test('has every step of every run with its outcome', async () => {
    const [app] = await start(kind);
    expect(await journal(app)).toEqual([]);
    expect(await journalStatus(app.project, queryOn(app.connection.orm))).toMatchObject({ state: 'ready' });
    const ran = [await app.run(`up ${chats}`, `up ${index}`), await app.run(`up ${rows}`, `up ${broken}`)];
    await app.run(`log ${rows}`);
    await app.run(`unlog ${rows}`);
    expect(await short(app)).toEqual([
      'unlog rows done',
      'log rows done',
      'up broken failed',
      'up rows rolled back',
      'up index done',
      'up chats done',
    ]);
    const entries = await journal(app);
    // A run displays the same durations that it records.
    const timed = ({ revision, ms }: { readonly revision: string; readonly ms: number | null }) => [
      revision,
      ms,
    ];
    expect(entries.slice(2).toReversed().map(timed)).toEqual(ran.flatMap(({ steps }) => steps).map(timed));
    expect(entries.at(-1)).toMatchObject({
      who: {
        databaseUser: 'postgres',
        osUser: expect.any(String),
        host: expect.any(String),
        version: '0.1.0',
      },
      plan: { steps: [{ revision: chats }, { revision: index }] },
      checksum: app.project.sources().migrations[0]?.checksum,
      error: null,
    });
    expect(entries[2]).toMatchObject({ error: 'division by zero', plan: entries[3]?.plan });
    for (const entry of entries)
      expect(Date.parse(entry.finished ?? '')).toBeGreaterThanOrEqual(Date.parse(entry.started) - 1000);
    expect(await journalStatus(app.project, queryOn(app.connection.orm))).toEqual({
      state: 'on',
      hint: null,
    });
  });
});

describe('the journal', () => {
  const kind = 'server';

  test('does not exist if the config does not ignore its schema', async () => {
    const [app] = await start(kind, 'baseDir: process.cwd()');
    await app.run(`up ${chats}`);
    expect(await app.connection.query(`select to_regnamespace('migtui') as schema`)).toEqual([
      { schema: null },
    ]);
    expect(await journalStatus(app.project, queryOn(app.connection.orm))).toMatchObject({
      state: 'off',
      hint: expect.stringContaining('withMigtui'),
    });
  });

  test('a file that differs from the applied one is edited', async () => {
    const [app, project] = await start(kind);
    await app.run(`up ${chats}`, `log ${rows}`);
    const edited = async () => {
      const { applied } = await readLedger(app.connection, ledgerTable(app.project));
      const checksums = fileChecksums(app.project.sources().migrations);
      return editedRevisions(queryOn(app.connection.orm), ledgerTable(app.project), applied, checksums);
    };
    expect(await edited()).toEqual([]);
    const file = `migrations/${chats}.ts`;
    await project.write(file, (await project.read(file)).replaceAll('\n', '\r\n'));
    expect(await edited()).toEqual([]);
    await project.write(file, (await project.read(file)).replace('serial', 'bigserial'));
    expect(await edited()).toEqual([chats]);
    await project.write(
      `migrations/${rows}.ts`,
      (await project.read(`migrations/${rows}.ts`)).replace("'a'", "'b'"),
    );
    expect(await edited()).toEqual([chats, rows]);
    await app.run(`unlog ${rows}`);
    expect(await edited()).toEqual([chats]);
  });
});

test('MikroORM never tries to drop it', async () => {
  const database = await createDatabase();
  const [app, project] = await start('server', ignoring, database);
  await app.run(`up ${chats}`);
  const { stdout } = await stockCli(project, ['schema:update', '--dump']);
  expect(stdout).not.toContain('migtui');
});

test('is correct after a kill: it is shown as rolled back, and the next run records it', async () => {
  const [app] = await start('server');
  await app.run(`up ${chats}`);
  const query = queryOn(app.connection.orm);
  // Left by a killed run.
  const killed = new JournalWriter(crypto.randomUUID(), 'public.mikro_orm_migrations', {
    steps: [],
    tips: [],
  });
  await killed.begin(query, { index: 0, revision: rows, action: 'up', Class: null, checksum: null }, true);
  expect((await short(app))[0]).toBe('up rows rolled back');
  expect(await query('select outcome from migtui.journal order by seq desc limit 1')).toEqual([
    { outcome: 'started' },
  ]);
  await app.run(`up ${rows}`);
  expect(await short(app)).toEqual(['up rows done', 'up rows rolled back', 'up chats done']);
  expect((await journal(app))[1]?.error).toContain('killed');
});

test('a role that may not create it runs without it, with a warning', async () => {
  const database = await createDatabase();
  const role = await database.createRole({ may: 'all' });
  const project = await makeProject({ url: role.url, migrations, config: ignoring });
  const app = await open(project.root);
  opened.push(app);
  expect(await journalStatus(app.project, queryOn(app.connection.orm))).toMatchObject({
    state: 'off',
    hint: expect.stringMatching(/may not create the schema migtui: grant create on database \S+ to /),
  });
  expect((await app.run(`up ${chats}`)).failure).toBeNull();
  expect(app.events).toContainEqual(expect.objectContaining({ kind: 'notice', code: 'no-journal' }));
});
