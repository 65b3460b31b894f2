import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ObservedConnection } from '../../src/database/run/observed.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { type Opened, open } from './support.ts';

const ten = Object.fromEntries(
  Array.from({ length: 10 }, (_, at) => [
    `Migration${20260101000000 + at}_t${at}`,
    {
      up: [`create table "t${at}" ("id" int)`, `insert into "t${at}" values (1), (2)`],
      down: `drop table "t${at}"`,
    },
  ]),
);
const tricky = {
  Migration20260201000000_settings: {
    up: [`set local lock_timeout = '77s'`, `set names 'latin1'`],
    down: 'select 1',
  },
  Migration20260202000000_seen: {
    up: `create table "seen" as select current_setting('lock_timeout') as t, current_setting('client_encoding') as e`,
    down: 'drop table "seen"',
  },
  Migration20260203000000_several: {
    up: [
      'create table "a" ("id" int); create table "b" ("id" int);',
      'create table "c" ("id" int);',
      '-- nothing',
    ],
    down: 'drop table "a", "b", "c"',
  },
  Migration20260204000000_fails: {
    up: ['create table "d" ("id" int)', 'select 1 / 0 as "nöthing"', 'create table "e" ("id" int)'],
    down: 'drop table "d"',
  },
  Migration20260205000000_copies: {
    up: ['create table "f" ("id" int)', 'copy "f" from stdin'],
    down: 'drop table "f"',
  },
};

let opened: Opened | undefined;
/** Number of round trips to the server. */
let trips = 0;
const { write, emit } = Socket.prototype;

beforeEach(() => {
  const asked = new WeakSet<Socket>();
  Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
    if (this.remotePort !== undefined) asked.add(this);
    return write.apply(this, args);
  } as typeof write;
  Socket.prototype.emit = function (this: Socket, ...args: Parameters<typeof emit>) {
    if ((args[0] as string) === 'data' && asked.delete(this)) trips++;
    return emit.apply(this, args);
  } as typeof emit;
});

afterEach(async () => {
  Object.assign(Socket.prototype, { write, emit });
  await opened?.close();
  opened = undefined;
});

async function start(config = 'baseDir: process.cwd()'): Promise<Opened> {
  const { url } = await createDatabase();
  const project = await makeProject({ url, migrations: { ...ten, ...tricky }, config });
  opened = await open(project.root);
  return opened;
}

const ups = (of: object): string[] => Object.keys(of).map(name => `up ${name}`);
const downs = (of: object): string[] =>
  Object.keys(of)
    .toReversed()
    .map(name => `down ${name}`);
const tables = async ({ connection }: Opened): Promise<string> => {
  const rows = await connection.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and length(tablename) = 1 order by 1`,
  );
  return rows.map(({ name }) => name).join(' ');
};

test('a revision that only queues statements takes one round trip, up and down', async () => {
  const app = await start();
  const [first, ...nine] = ups(ten);
  const tripsOf = async (...steps: string[]): Promise<number> => {
    trips = 0;
    expect((await app.run(...steps)).failure).toBeNull();
    return trips;
  };
  const one = await tripsOf(first as string);
  // One or two monitor queries may come in between.
  expect((await tripsOf(...nine)) - one).toBeLessThan(8 + 4);
  const [last, ...others] = downs(ten);
  const oneDown = await tripsOf(last as string);
  expect((await tripsOf(...others)) - oneDown).toBeLessThan(8 + 4);
});

test('each statement is reported when it runs, with its rows', async () => {
  const app = await start();
  await app.run(ups(ten)[0] as string);
  expect(app.events.filter(({ kind }) => kind.startsWith('st') && kind !== 'started')).toMatchObject([
    { kind: 'step' },
    { kind: 'statement', sql: 'create table "t0" ("id" int)' },
    { kind: 'statement-done', rows: null },
    { kind: 'statement', sql: 'insert into "t0" values (1), (2)' },
    { kind: 'statement-done', rows: 2 },
    { kind: 'step-done' },
  ]);
});

test('settings of a revision do not affect the next one; several statements in one string run', async () => {
  const app = await start();
  const [settings, seen, several] = ups(tricky) as [string, string, string];
  expect((await app.run(settings, seen, several)).failure).toBeNull();
  expect(await app.connection.query('select * from seen')).toEqual([{ t: '5s', e: 'UTF8' }]);
  expect(await tables(app)).toBe('a b c');
});

test('the failed statement is reported, later ones do not run, and earlier ones are rolled back', async () => {
  const app = await start();
  const [, , several, fails, copies] = ups(tricky) as [string, string, string, string, string];
  const { failure } = await app.run(several, fails);
  expect(failure).toMatchObject({ sql: { sqlState: '22012', statement: 'select 1 / 0 as "nöthing"' } });
  const sent = app.events.flatMap(event => (event.kind === 'statement' ? [event.sql] : []));
  expect(sent.at(-1)).toBe('select 1 / 0 as "nöthing"');
  expect(await tables(app)).toBe('');
  expect((await app.run(copies)).failure).toMatchObject({ sql: { statement: 'copy "f" from stdin' } });
  expect(await tables(app)).toBe('');
});

test('nothing is sent after the connection was closed, though earlier statements are still running', async () => {
  const sent: string[] = [];
  const observed = new ObservedConnection({
    async executeQuery({ sql }) {
      sent.push(sql);
      if (sql === 'create table a ()') observed.close(new Error('abandoned'));
      return { rows: [] };
    },
    async *streamQuery() {},
  });
  const statements = ['create table a ()', 'create table b ()'].map(sql => ({ sql, ofRevision: true }));
  await expect(observed.pipeline([...statements, { sql: 'insert into log' }])).rejects.toThrow('abandoned');
  await observed.query('rollback');
  expect(sent).toEqual(['create table a ()', 'rollback']);
});
