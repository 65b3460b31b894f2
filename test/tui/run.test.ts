import { afterEach, expect, test } from 'vitest';
import { closeScreens, noon, openScreen, type ScreenOptions } from '../support/screen.ts';

afterEach(closeScreens);

const fill = 'Migration20261113100000_fill_text_length';
const lastRead = 'Migration20261120101500_add_last_read_at';
const ana = {
  pid: 4711,
  user: 'ana',
  application: 'psql',
  host: '10.0.0.7',
  query: 'select * from messages for update',
  ageMs: 192_000,
};

/** A run that stops at fill_text_length. */
async function heldRun(options: ScreenOptions = {}, trouble = {}) {
  const app = await openScreen(options);
  await app.sees('3 pending');
  app.engine.trouble = { hold: fill, ...trouble };
  await app.press('u');
  await app.sees('2 steps');
  await app.press('Enter');
  await app.sees('0 of 2', 'statement');
  return app;
}

test('a running step shows its statement, its duration, and who blocks it', async () => {
  const app = await heldRun(
    {},
    { blockers: [ana], progress: { command: 'CREATE INDEX', phase: 'building index', done: 3, total: 12 } },
  );
  await app.sees(
    'blocked by',
    'ana · psql · 10.0.0.7',
    'pid 4711, for 3 min 12 s',
    'select * from messages for update',
  );
  await app.sees('25 %', 'CREATE INDEX: building index');
  app.engine.trouble = {};
  app.engine.release();
  await app.sees('Upgrade done');
  await app.seesNot('blocked by');
});

test('a run waits for another and shows who holds the lock', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { waitFor: ana };
  await app.press('u');
  await app.sees('2 steps');
  await app.press('Enter');
  await app.sees('waiting for another run to finish', 'ana · psql');
  app.engine.release();
  await app.sees('Upgrade done');
});

test.each([
  ['connected', 'opening the database'],
  ['missing', 'creating the database chat'],
] as const)(
  'before the first step, a run on a database that is %s shows what it does',
  async (state, doing) => {
    const app = await openScreen({ database: { state } });
    await app.sees('Pending');
    app.engine.trouble = { holdOpening: true };
    await app.press('u');
    await app.sees('steps');
    await app.press('Enter');
    await app.sees(doing);
    app.engine.release();
    await app.sees('Upgrade done');
    await app.seesNot(doing);
  },
);

test('a retry shows why and how often', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { retry: { attempt: 2, of: 3, reason: 'the lock was not given in time' } };
  await app.press('u');
  await app.sees('2 steps');
  await app.press('Enter');
  await app.sees('Upgrade done');
  await app.press('Enter', '5', 'z');
  await app.sees('the lock was not given in time: try 2 of 3');
});

test('c asks, and continuing continues', async () => {
  const app = await heldRun();
  await app.press('c');
  await app.sees('Cancel the run?', 'Stop after this step', 'Cancel and roll back');
  await app.press('Enter');
  await app.seesNot('Cancel the run?');
  app.engine.trouble = {};
  app.engine.release();
  await app.sees('Upgrade done');
  expect(app.engine.calls).not.toContain('cancel');
});

test('cancel and roll back: nothing of the transaction stays', async () => {
  const app = await heldRun();
  await app.press('c', 'r');
  await app.sees('Upgrade cancelled', 'rolled back');
  await app.press('Enter');
  await app.sees('3 pending', '2 applied');
});

test('stop after this step', async () => {
  const app = await heldRun();
  await app.press('C-c', 's');
  await app.sees('stopping after this step');
  app.engine.trouble = {};
  app.engine.release();
  await app.sees('Upgrade cancelled', '1 step done');
});

test('a second Ctrl-C forces it', async () => {
  const app = await heldRun();
  await app.press('C-c');
  await app.sees('Cancel the run?');
  await app.press('C-c');
  await app.sees('Upgrade cancelled');
});

test('the run continues when its view is closed; R shows it again; q asks', async () => {
  const app = await heldRun();
  await app.press('Esc');
  await app.seesNot('0 of 2');
  await app.sees('upgrade 0/2');
  await app.press('j');
  await app.sees('2/5');
  await app.press('u');
  await app.sees('a run is in progress');
  await app.press('q');
  await app.sees('Cancel the run?');
  await app.press('g', 'R');
  await app.sees('0 of 2');
  app.engine.trouble = {};
  app.engine.release();
  await app.sees('Upgrade done');
});

test('resizing during a run', async () => {
  const app = await heldRun();
  await app.resize(60, 16);
  await app.sees('0 of 2');
  await app.resize(200, 50);
  await app.sees('0 of 2', '1 Current');
  app.engine.trouble = {};
  app.engine.release();
  await app.sees('Upgrade done');
});

test('the engine dies during a run: it is reported, and r restarts it', async () => {
  const app = await heldRun();
  app.engine.die({ signal: 'SIGKILL', lastOutput: 'Killed' });
  await app.sees('Upgrade failed', 'The engine stopped (SIGKILL)', 'ENGINE STOPPED');
  await app.press('Esc', 'r');
  await app.sees('3 pending');
  await app.seesNot('ENGINE STOPPED');
  expect(app.engine.calls).toContain('restart');
});

test('the engine dies with an open transaction: a step in it is not reported as done', async () => {
  const app = await heldRun();
  app.engine.trouble = { hold: lastRead };
  app.engine.release();
  await app.sees('1 of 2');
  app.engine.die({ signal: 'SIGKILL', lastOutput: 'Killed' });
  await app.sees(
    'Upgrade failed',
    '0 of 2',
    /fill_text_length\s+\d+ ms\s+unknown/,
    '0 steps done, 2 unknown',
  );
  await app.press('Esc', '5', 'z');
  await app.sees('the engine stopped (SIGKILL)');
  await app.seesNot('birpc');
});

test('a cancel that comes too late says so', async () => {
  const app = await heldRun();
  await app.press('c');
  await app.sees('Cancel the run?');
  app.engine.trouble = { ignoreCancel: true };
  await app.press('r');
  await app.sees('cancelling');
  app.engine.release();
  await app.sees('Upgrade done', 'Too late to cancel');
});

test("migtui's own statements are dimmed in the log, and can be hidden", async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  const sql = (text: string) =>
    app.engine.emit({ type: 'sql', at: new Date(noon).toISOString(), sql: text, ms: 1, error: null });
  sql('insert into "migtui"."journal" ("run") values (1)');
  sql('insert into "mikro_orm_migrations" ("name") values (1)');
  sql("select set_config('lock_timeout', '5000', true)");
  sql('create table "own_by_nobody" ("id" int)');
  await app.press('5', 'z');
  await app.sees('migtui"."journal', 'mikro_orm_migrations', 'lock_timeout', 'own_by_nobody');
  await app.press('B');
  await app.sees('own_by_nobody', 'without bookkeeping');
  await app.seesNot('mikro_orm_migrations');
  sql('select pg_advisory_unlock(1)');
  await app.seesNot('pg_advisory');
  await app.press('B');
  await app.sees('mikro_orm_migrations', 'pg_advisory_unlock');
});

test('a key ends the blocker: shows the session, ends its statement first, then its session', async () => {
  const app = await heldRun({}, { blockers: [ana], stubborn: true });
  await app.sees('blocked by', 'e end it');
  await app.press('e');
  await app.sees(
    'End the blocker?',
    'ana · psql · 10.0.0.7, pid 4711',
    'select * from messages',
    '▸ k  Keep waiting',
  );
  await app.press('t');
  await app.sees('cancel its statement first');
  expect(app.engine.ended).toEqual([]);
  await app.press('c');
  await app.seesNot('End the blocker?');
  expect(app.engine.ended).toEqual([[4711, 'cancel']]);
  await app.press('e', 't');
  await app.sees('Upgrade done');
  expect(app.engine.ended).toEqual([
    [4711, 'cancel'],
    [4711, 'terminate'],
  ]);
  await app.press('Enter', '5', 'z', 'g');
  await app.sees('cancelling the statement of pid 4711', 'ending the session of pid 4711');
});

test('a session that no longer blocks is not ended, and the refusal is shown', async () => {
  const app = await heldRun({}, { blockers: [ana] });
  await app.sees('blocked by');
  app.engine.trouble = { ...app.engine.trouble, blockers: [] };
  await app.press('e', 'c');
  await app.sees('does not block this run any more');
  app.engine.trouble = {};
  app.engine.release();
  await app.sees('Upgrade done');
});

test('on a protected database no session is ended', async () => {
  const app = await openScreen({
    project: { protected: true, policy: [{ rule: 'writers', words: '', setBy: 'protected', reason: null }] },
    policy: () => [
      { rule: 'writers', state: 'met', message: '', words: '', setBy: '', reason: null, next: '' },
    ],
  });
  await app.sees('3 pending');
  app.engine.trouble = { hold: fill, blockers: [ana] };
  await app.press('u');
  await app.sees('2 steps');
  await app.press('Enter');
  await app.sees('blocked by');
  await app.seesNot('e end it');
  await app.press('e');
  await app.sees('this database is protected');
  expect(app.engine.ended).toEqual([]);
  app.engine.trouble = {};
  app.engine.release();
  await app.sees('Upgrade done');
});

test('a batch that is retried shows the number of the attempt', async () => {
  const app = await heldRun({}, { retry: { attempt: 2, of: 4, reason: 'lock timeout' } });
  await app.sees('0 of 2', 'try 2 of 4');
  app.engine.trouble = {};
  app.engine.release();
  await app.sees('Upgrade done');
  await app.seesNot('try 2 of 4');
});
