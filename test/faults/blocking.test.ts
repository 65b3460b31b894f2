import { expect, test } from 'vitest';
import { upgrade } from '../e2e/support.ts';
import { makeProject, type Project } from '../support/project.ts';
import { asFound, openMigtui, type Pty } from '../support/pty.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { type Ended, engineOf, gone, startProgram } from './support.ts';

/* Code of a revision that blocks the process, so that Node handles no signals. */

const one = 'Migration20260101000000_one';
const two = 'Migration20260102000000_two';

const blocks = {
  'an endless loop': 'console.log("blocking"); while (true);',
  'an endless loop of rejected statements':
    'console.log("blocking"); while (true) { try { await this.execute("select pg_sleep(60)"); } catch {} }',
  'an endless loop in a timer': `setInterval(() => { console.log("blocking"); while (true); }, 10);
    await new Promise(() => {});`,
  'a wait for another thread':
    'console.log("blocking"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
} as const;

const source = (id: string, code: string, top = '') => `import { Migration } from '@mikro-orm/migrations';
import { execSync } from 'node:child_process';
// The isolated previews cannot do this.
const isRun = !process.execArgv.includes('--permission');
${top}
export class ${id} extends Migration {
  async up() {
    await this.execute('create table ${id.slice(-3)} (id int)');
    if (isRun) { ${code} }
  }
  async down() {}
}
`;

/** Runs a command and sends signals, 700 ms apart, once its code blocks. */
function interrupted(
  project: Project,
  args: readonly string[],
  signals: readonly NodeJS.Signals[],
): Promise<Ended> {
  const { child, kill, output, ended } = startProgram(project, args);
  let sent = false;
  const listen = (): void => {
    if (sent || !(output.stdout + output.stderr).includes('create table two')) return;
    sent = true;
    // `blocking` itself is printed when the code ends.
    for (const [at, signal] of signals.entries()) setTimeout(() => kill(signal), 1_000 + 700 * at);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return ended;
}

async function projectWith(code: string, top = '') {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    config: `schemaGenerator: { ignoreSchema: ['migtui'] }`,
    migrations: { [one]: source(one, ''), [two]: source(two, code, top) },
    migrationsConfig: 'allOrNothing: false',
    typescript: false,
  });
  return { database, project };
}

const each = ['upgrade', 'head', '--yes', '--transaction', 'each', '-v'];

/** Only the first revision is committed, and no advisory lock is held. */
async function expectOnlyFirst(database: Database): Promise<void> {
  expect(
    await database.query(`select to_regclass('one') is not null as one, to_regclass('two') as two`),
  ).toEqual([{ one: true, two: null }]);
  expect(await database.query('select name from mikro_orm_migrations')).toEqual([{ name: one }]);
  await expect
    .poll(
      () =>
        database.query(`select count(*)::int as n from pg_locks where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())`),
      { timeout: 10_000 },
    )
    .toEqual([{ n: 0 }]);
}

test.each(
  sampled(
    Object.entries(blocks).flatMap(([what, code]) => [
      [what, 'SIGTERM', code] as const,
      [what, 'SIGINT', code] as const,
    ]),
  ),
  // On a busy machine, code that does not stop in time is killed instead.
)('%s ends within 5 s after %s, with the true outcome', { retry: 2 }, async (_, signal, code) => {
  const { database, project } = await projectWith(code);
  const { ms, stdout, stderr, ...ended } = await interrupted(
    project,
    each,
    signal === 'SIGINT' ? [signal, signal] : [signal],
  );
  expect([ended, stdout + stderr]).toEqual([
    { code: 1, signal: null },
    expect.stringMatching(/1 of 2 steps|Kept from this run/),
  ]);
  expect(ms).toBeLessThan(5_000);
  await expectOnlyFirst(database);
});

/** Opens the app and runs everything until the code of the second revision blocks. */
async function blockedApp(code: string) {
  const { database, project } = await projectWith(code);
  const app = await openMigtui(project.root);
  await app.sees('2 pending');
  await upgrade(app);
  await app.sees('1 of 2');
  const waiting = `select 1 as n from pg_stat_activity where datname = current_database()
    and (state like 'idle in transaction%' and query like 'create table two%' or query like '%pg_sleep(60)')`;
  await expect.poll(() => database.query(waiting), { timeout: 10_000 }).toEqual([{ n: 1 }]);
  await app.press('C-c');
  await app.sees('Cancel the run?');
  return { app, database };
}

async function leave(app: Pty, database: Database): Promise<void> {
  await app.press('Enter', 'q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
  await expectOnlyFirst(database);
}

test.each(sampled(Object.entries(blocks)))(
  'in the app, Cancel ends %s within 5 s',
  { retry: 2 },
  async (what, code) => {
    const { app, database } = await blockedApp(code);
    await app.press('r');
    // Node ends a process whose timer is stopped.
    const isEnded = what === 'an endless loop in a timer';
    const end = isEnded ? 'The code of a revision blocked the engine' : 'Upgrade cancelled';
    await app.sees(end, { timeout: 5_000 });
    await app.sees(isEnded ? '1 step done, 1 unknown' : '1 step done, 1 rolled back');
    await leave(app, database);
  },
);

test('in the app, the second Cancel ends code that waits inside Node within 5 s', { retry: 2 }, async () => {
  const { app, database } = await blockedApp('execSync("sleep 100")');
  await app.press('r');
  await app.sees('The code of a revision blocks the process');
  await app.press('C-c');
  await app.sees('The code of a revision blocked the engine', { timeout: 5_000 });
  await app.sees('1 step done, 1 unknown');
  await leave(app, database);
});

test.each(
  sampled([
    ['an endless loop', 'for (;;);'],
    ['code that waits inside Node', 'execSync("sleep 100")'],
  ]),
)('kill -9 of the app ends its engine in %s', async (_, code) => {
  const { app, database } = await blockedApp(code);
  const engine = engineOf(app);
  process.kill(app.pid(), 'SIGKILL');
  await gone(engine);
  await expectOnlyFirst(database);
});

test('code that cannot be stopped is killed, which is an error with --json', async () => {
  const { database, project } = await projectWith('execSync("sleep 100")');
  const { signal, stdout, ms } = await interrupted(project, [...each, '--json'], ['SIGTERM']);
  expect(signal).toBe('SIGKILL');
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'ended-early',
    message: expect.stringContaining('1 of 2 steps'),
  });
  expect(ms).toBeLessThan(5_000);
  await expectOnlyFirst(database);
});
