import { afterEach, expect, test } from 'vitest';
import { demoRevisions } from '../support/fake-engine.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

test('a project that cannot be opened: why, and r tries again', async () => {
  const app = await openScreen({
    failure: {
      code: 'config-throws',
      message: 'mikro-orm.config.ts throws: no such module ./entities.js',
      next: 'Repair it.',
      problems: [{ code: 'x', message: 'bad line', file: 'mikro-orm.config.ts', line: 3 }],
    },
  });
  await app.sees(
    'cannot open the project',
    'mikro-orm.config.ts throws',
    'mikro-orm.config.ts:3: bad line',
    'Repair it.',
    'Press r to retry',
  );
  await app.press('r');
  await app.sees('3 pending');
});

test('on a small screen, too, the reason is shown', async () => {
  const app = await openScreen({
    columns: 60,
    rows: 16,
    failure: { code: 'config-throws', message: 'mikro-orm.config.ts throws: no such module ./entities.js' },
  });
  await app.sees('cannot open the project', 'mikro-orm.config.ts throws', 'Press r to retry');
});

test('a context with another database can be left again', async () => {
  const app = await openScreen({
    failure: {
      code: 'wrong-driver',
      message: "This project uses MikroORM's MySql driver; migtui is for PostgreSQL.",
      candidates: ['chat', 'shop'],
    },
  });
  await app.sees('MySql driver', 'Press C to switch to another context');
  await app.press('C');
  await app.sees('Context', 'chat', 'shop');
  await app.press('Down', 'Enter');
  await app.sees('3 pending', '$ migtui --context shop');
});

test.each([
  [{ state: 'unreachable' }],
  [{ state: 'refused' }],
  [{ state: 'locked' }],
  [{ table: 'forbidden' }],
] as const)('of a database with %j no screen says that it is up to date', async database => {
  const app = await openScreen({ applied: [], database });
  await app.sees('3 Pending', 'unknown', 'add_last_read_at');
  await app.seesNot('up to date');
  await app.press('p');
  await app.sees(/the database is|no permission to read/);
  await app.seesNot('no pending revisions');
});

test('a lost database is shown, the history stays, and it reconnects by itself', async () => {
  const app = await openScreen({
    database: {
      state: 'unreachable',
      version: null,
      table: 'unknown',
      failure: { code: 'unreachable', message: 'No PostgreSQL answers at localhost:5432.' },
    },
  });
  await app.sees(
    'UNREACHABLE',
    'server unreachable',
    'add_last_read_at',
    'No PostgreSQL answers at localhost:5432.',
  );
  await app.press('u');
  await app.sees('the database is unreachable');
  app.engine.database = {
    ...app.engine.database,
    state: 'connected',
    version: '18.4',
    table: 'present',
    failure: null,
  };
  await app.sees('3 pending', 'connected · PostgreSQL 18.4');
});

test('a database that does not exist yet is created by the first upgrade', async () => {
  const app = await openScreen({
    applied: [],
    database: {
      state: 'missing',
      version: null,
      table: 'absent',
      failure: { code: 'database-missing', message: 'There is no database chat.' },
    },
  });
  await app.sees('database chat does not exist yet', 'the first upgrade creates it', 'no database yet');
  await app.press('u');
  await app.sees('4 steps');
});

test('the engine dies: its last output is shown, and r restarts it', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.die({ code: 7, signal: null, lastOutput: 'Segmentation fault' });
  await app.sees('ENGINE STOPPED', 'The engine stopped (exit code 7)');
  await app.press('u');
  await app.sees('the engine stopped: press r to restart it');
  await app.press('r');
  await app.seesNot('ENGINE STOPPED');
  await app.sees('3 pending');
});

test('the engine cannot be started', async () => {
  const app = await openScreen({
    connect: () => {
      throw new Error('fork failed');
    },
  });
  await app.sees('ENGINE STOPPED', 'fork failed');
});

test('problems of the revisions prevent everything from running', async () => {
  const app = await openScreen({
    overview: {
      problems: [{ code: 'cycle', message: 'a revises b revises a', file: 'migrations/a.ts', line: 4 }],
    },
  });
  await app.sees('1 problem');
  await app.press('u');
  await app.sees('the migration files have problems');
});

test('changes made by others appear', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.applied.add('Migration20261113100000_fill_text_length');
  app.engine.emit({ type: 'changed', what: 'database' });
  await app.sees('2 pending', '3 applied');
});

test('the context is switched by restarting the engine with another', async () => {
  const app = await openScreen({ project: { contexts: ['default', 'staging'] } });
  await app.sees('3 pending', 'default');
  await app.press('C');
  await app.sees('Context', 'staging');
  await app.press('Down', 'Enter');
  await app.sees('staging', '3 pending');
  expect(app.engine.project.context).toBe('staging');
});

test("output of the project's code goes to the log", async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.emit({
    type: 'log',
    at: new Date(0).toISOString(),
    level: 'info',
    source: 'project',
    text: 'hello from a migration\nand a second line',
  });
  await app.sees('| hello from a migration', '| and a second line');
});

test('missing, edited and out-of-order revisions are marked', async () => {
  const app = await openScreen({
    revisions: [
      { id: 'Migration20260101000000_first', revises: [], edited: true },
      { id: 'Migration20260102000000_second', revises: ['Migration20260101000000_first'] },
      { id: 'Migration20260103000000_third', revises: ['Migration20260102000000_second'] },
    ],
    applied: [
      'Migration20260101000000_first',
      'Migration20260103000000_third',
      'Migration20259999000000_gone',
    ],
  });
  await app.sees('1 missing', '1 edited', 'out of order', '✗');
});

const last = 'Migration20261101090000_initial_schema';
const edited = demoRevisions.map(one => (one.id === last ? { ...one, edited: true } : one));
const interrupted = {
  revision: last,
  action: 'up',
  since: '2026-11-22T14:00:00.000Z',
  who: 'ana@laptop',
  error: null,
  invalidIndexes: [],
} as const;

test.each([
  ['a', 'applied', []],
  ['n', 'not-applied', []],
  ['a', 'accept-edit', edited],
] as const)('x %s asks for the name of a protected database', async (key, as, revisions) => {
  const policy = [
    {
      rule: 'confirm',
      words: 'its name',
      setBy: 'protected[0] in migtui.config.json',
      reason: 'Ask #platform.',
    },
  ] as const;
  const app = await openScreen({
    project: { protected: true, policy },
    ...(revisions.length > 0 ? { revisions } : { overview: { unsettled: [interrupted] } }),
  });
  await app.sees('connected');
  await app.press('x', key);
  await app.sees('protected[0] in migtui.config.json', '#platform.', 'Type chat');
  await app.type('chta');
  await app.press('Enter');
  await app.sees('type chat to confirm');
  expect(app.engine.resolvedWith).toEqual([]);
  await app.press('Backspace', 'Backspace', 'Backspace', 'Backspace');
  await app.type('chat');
  await app.press('Enter');
  await app.sees(`migtui resolve ${last}`);
  expect(app.engine.resolvedWith).toEqual([[last, as, 'chat']]);
});
