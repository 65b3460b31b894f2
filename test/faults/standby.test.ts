import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migtui, type Output, type Project } from '../support/project.ts';
import { openMigtui } from '../support/pty.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database, provideServer, type Server, startServer } from '../support/server.ts';
import { expectNoPassword, journalled, makeFaultProject, said } from './support.ts';

/*
 * A real hot standby: a second server that follows the first one and answers read-only queries.
 */

const chats = 'Migration20260101000000_chats';
const half = 'Migration20260102000000_half';
const topic = 'Migration20260103000000_topic';

let server: Server;
let primary: Database;
let project: Project;
let standby: string;
/** On the standby. */
let reader: pg.Client;

beforeAll(async () => {
  server = await startServer({ standby: true });
  provideServer(server.url);
  primary = await createDatabase();
  const there = new URL(server.standby as string);
  there.pathname = `/${primary.name}`;
  standby = there.href;
  project = await makeFaultProject(
    {
      [chats]: { up: 'create table "chats" ("id" serial primary key)', down: 'drop table "chats"' },
      [half]: {
        up: ['create table "extra" ("id" int)', 'select 1 / 0'],
        down: 'drop table "extra"',
        transactional: false,
      },
      [topic]: {
        up: 'alter table "chats" add column "topic" text',
        down: 'alter table "chats" drop column "topic"',
      },
    },
    journalled,
  );
  // One applied, one interrupted, one pending.
  expect(await run(primary.url, 'upgrade', 'head', '--yes', '--transaction', 'each')).toMatchObject({
    code: 1,
  });
  reader = new pg.Client({ connectionString: standby });
  await reader.connect();
  await caughtUp();
});
afterAll(async () => {
  await reader.end();
  await server.stop();
});

async function run(url: string, ...args: string[]): Promise<Output> {
  const output = await migtui(project, args, { env: { FAULT_URL: url } });
  said.push(output.stdout, output.stderr);
  return output;
}

/** Works, prints its result to stdout, and nothing else. */
async function looks(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(standby, ...args);
  // A plan also prints how to pin it.
  const pin = args.includes('--plan') ? /^To run exactly this plan: --plan-id \w+\n$/ : /^$/;
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: expect.stringMatching(pin) });
  return stdout;
}

/** The writes on the primary have arrived. */
async function caughtUp(): Promise<void> {
  const [at] = await primary.query<{ lsn: string }>('select pg_current_wal_insert_lsn() as lsn');
  for (let tries = 0; tries < 400; tries++) {
    const { rows } = await reader.query(
      'select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= $1::pg_lsn as there',
      [at?.lsn],
    );
    if (rows[0].there) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('the standby does not follow');
}

test('status, history, plans, the journal and SQL scripts work on it', async () => {
  const status = await looks('status');
  expect(status).toContain('read-only');
  expect(status).toContain('1 applied · 2 pending');
  expect(status).toContain('half was interrupted (up, started at ');
  expect(status).toContain('migtui upgrade head --plan');
  expect(await looks('history')).toMatch(/●.*chats.*\(current\)/);
  expect(await looks('show', 'topic')).toContain('alter table "chats" add column "topic" text');
  expect(await looks('upgrade', 'heads', '--plan')).toContain('2 steps');
  expect(await looks('downgrade', 'base', '--plan')).toContain('drops table chats (empty)');
  const journal = JSON.parse(await looks('journal', '--json')) as { revision: string; outcome: string }[];
  expect(journal.map(({ revision, outcome }) => [revision, outcome])).toEqual([
    [half, 'failed'],
    [chats, 'done'],
  ]);
  expect(await looks('upgrade', 'current:heads', '--sql')).toContain(`-- up ${topic}`);
});

test('check works on it, with its shadow elsewhere', async () => {
  const check = await run(standby, 'check', '--json');
  expect(check).toMatchObject({ code: 3, stderr: '' });
  expect(check.stdout).toContain('"pending"');
});

test.each(
  sampled([
    { args: ['upgrade', 'heads', '--yes'], says: 'This server is read-only: it is a standby' },
    { args: ['downgrade', 'base', '--yes'], says: 'This server is read-only: it is a standby' },
    { args: ['stamp', 'heads', '--yes'], says: 'This server is read-only: it is a standby' },
    { args: ['resolve', 'half', '--applied'], says: 'This server is read-only: it is a standby' },
    { args: ['--read-only', 'upgrade', 'heads', '--yes'], says: 'migtui was started read-only' },
  ]),
)('$args is refused', async ({ args, says }) => {
  const { code, stderr } = await run(standby, ...args);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(says) });
  expect(stderr).not.toContain('not expected');
});

test('a shadow on it is reported as an error, not a bug', async () => {
  const { stderr } = await run(standby, 'stamp', 'heads', '--shadow', standby);
  expect(stderr).toContain('The shadow server is read-only');
});

test('the screen shows it read-only, and says why nothing can be run', async () => {
  const app = await openMigtui(project.root, { env: { FAULT_URL: standby } });
  await app.sees('READ-ONLY');
  await app.sees('1 applied · 2 pending · 1 interrupted');
  await app.sees('alter table "chats" add column "topic" text;');
  await app.press('u');
  await app.sees('this database is read-only (a standby, or default_transaction_read_only)');
  await app.press('q');
  expect(await app.exit).toEqual({ code: 0 });
  said.push(app.output());
});

test('changes on the primary are visible', async () => {
  expect(await run(primary.url, 'resolve', 'half', '--applied')).toMatchObject({ code: 0 });
  await caughtUp();
  expect(await looks('status')).toContain('2 applied · 1 pending');
});

test('no password in any output', () => {
  expectNoPassword(5_000);
});
