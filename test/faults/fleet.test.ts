import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { FleetEvent, FleetResult } from '../../src/engine/api.ts';
import {
  closeAll,
  fleetOf,
  migrations,
  one,
  schemaSql,
  type TestFleet,
  three,
  two,
} from '../fleet/support.ts';
import { cleanEnvironment, type MigrationSketch, migtui, repository } from '../support/project.ts';
import { createDatabase, provideServer, type Server, serverUrl, startServer } from '../support/server.ts';

/* What a fleet must survive: kills, restarts, a server without free connections, parallel workers. */

const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await closeAll();
  for (const server of servers.splice(0)) await server.stop();
});

const many = 120;
const schemas = (count = many, applied: readonly string[] = [one]) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`tenant_${at + 1}`, applied]));

/** A fleet with schemas created by a few statements. */
async function large(count = many, more: Record<string, MigrationSketch> = {}): Promise<TestFleet> {
  const fleet = await fleetOf(
    {},
    { targets: { schemas: 'tenant_*' } },
    { migrations: { ...migrations, ...more } },
  );
  const all = Object.keys(schemas(count)).map(name => schemaSql(name, [one]));
  for (let at = 0; at < all.length; at += 20) await fleet.database.query(all.slice(at, at + 20).join(';\n'));
  return fleet;
}

interface Program {
  readonly child: ChildProcess;
  readonly events: FleetEvent[];
  readonly ended: Promise<number | null>;
  /** Resolves when this number of targets is done. */
  done(count: number): Promise<void>;
}

function start(fleet: TestFleet, ...args: string[]): Program {
  const child = spawn(
    process.execPath,
    [join(repository, 'bin/migtui.js'), 'fleet', 'upgrade', 'head', '--yes', '--json', ...args],
    {
      cwd: fleet.project.root,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  children.push(child);
  const events: FleetEvent[] = [];
  let rest = '';
  let wake = (): void => {};
  child.stdout?.on('data', chunk => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.filter(line => line.startsWith('{')).map(line => JSON.parse(line) as FleetEvent));
    wake();
  });
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  return {
    child,
    events,
    ended,
    async done(count) {
      const finished = () => events.filter(({ kind }) => kind === 'target-done').length;
      while (finished() < count) {
        await Promise.race([
          new Promise<void>(resolve => {
            wake = resolve;
          }),
          ended.then(code => {
            if (finished() < count) throw new Error(`it ended with ${code} after ${finished()} targets`);
          }),
        ]);
      }
    },
  };
}

const resultOf = ({ events }: Program): FleetResult => {
  const last = events.at(-1);
  if (last?.kind !== 'finished') throw new Error(`the last line is ${JSON.stringify(last)}`);
  return last.result;
};

/** Every schema has each revision exactly once, with its objects. */
async function expectComplete(fleet: TestFleet, count = many): Promise<void> {
  const [rows] = await fleet.database.query<{ names: number; logged: number; columns: number }>(
    `select (select count(*)::int from information_schema.columns where table_name = 'chats' and column_name in ('topic', 'seen')) as columns,
            ${Object.keys(schemas(count))
              .map(name => `(select count(*)::int from ${name}.mikro_orm_migrations)`)
              .join(' + ')} as logged`,
  );
  expect(rows).toMatchObject({ columns: 2 * count, logged: 3 * count });
  // The journal has each step of each target done once.
  const twice = await fleet.database.query(
    `select ledger, revision from migtui.journal where outcome = 'done' group by 1, 2 having count(*) > 1`,
  );
  expect(twice).toEqual([]);
}

test('killed during the run, the same command continues: nothing lost, nothing twice', async () => {
  const fleet = await large();
  const first = start(fleet);
  await first.done(many / 3);
  first.child.kill('SIGKILL');
  await first.ended;
  const second = start(fleet);
  expect(await second.ended).toBe(0);
  const { counts } = resultOf(second);
  expect(counts).toMatchObject({ failed: 0, 'not tried': 0 });
  expect(counts.there).toBeGreaterThanOrEqual(many / 3);
  expect(counts.done + counts.there).toBe(many);
  await expectComplete(fleet);
});

test('an interrupt finishes the targets in progress and starts no others', async () => {
  const fleet = await large(40, {
    [two]: { up: ['alter table "chats" add column "topic" text', 'select pg_sleep(0.1)'] },
  });
  const program = start(fleet, '--parallel', '2');
  await program.done(4);
  program.child.kill('SIGINT');
  expect(await program.ended).toBe(1);
  const { counts, stopped } = resultOf(program);
  expect(counts.failed).toBe(0);
  expect(counts['not tried']).toBeGreaterThan(20);
  expect(stopped).toBe('It was cancelled.');
  const again = start(fleet);
  expect(await again.ended).toBe(0);
  await expectComplete(fleet, 40);
});

test('three shards at once: each target once', async () => {
  const fleet = await large();
  const shards = [1, 2, 3].map(index => start(fleet, '--shard', `${index}/3`, '--parallel', '3'));
  expect(await Promise.all(shards.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  const names = shards.flatMap(shard => resultOf(shard).targets.map(({ target }) => target));
  expect(names.length).toBe(many);
  expect(new Set(names).size).toBe(many);
  expect(shards.flatMap(shard => resultOf(shard).targets).every(({ outcome }) => outcome === 'done')).toBe(
    true,
  );
  await expectComplete(fleet);
});

test('workers that overlap run nothing twice', async () => {
  const fleet = await large(40);
  const both = [start(fleet, '--parallel', '3'), start(fleet, '--parallel', '3')];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(both.reduce((sum, program) => sum + resultOf(program).counts.done, 0)).toBe(40);
  await expectComplete(fleet, 40);
});

test('one failing tenant does not affect the others', async () => {
  const fleet = await large(60, {
    [three]: {
      up: [
        'alter table "chats" add column "seen" timestamptz',
        `do $$ begin if current_schema() = 'tenant_30' then raise exception 'no more space'; end if; end $$`,
      ],
    },
  });
  const program = start(fleet, '--on-error', 'continue');
  expect(await program.ended).toBe(1);
  const { counts, errors } = resultOf(program);
  expect(counts).toEqual({ done: 59, there: 0, failed: 1, 'not tried': 0 });
  expect(errors).toMatchObject([
    { targets: ['tenant_30'], failure: { message: expect.stringContaining('no more space') } },
  ]);
  expect(await fleet.applied('tenant_30')).toEqual([one]);
});

test('a server that restarts during the run: the second call finishes', async () => {
  const usual = serverUrl();
  const server = await startServer({ restarts: true });
  servers.push(server);
  provideServer(server.url);
  try {
    const fleet = await large(60);
    const [folder] = await fleet.database.query<{ folder: string }>(
      `select current_setting('data_directory') as folder`,
    );
    const pid = Number((await readFile(join(folder?.folder ?? '', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    const first = start(fleet, '--on-error', 'continue');
    await first.done(15);
    process.kill(pid, 'SIGINT');
    await first.ended;
    const second = start(fleet);
    expect(await second.ended).toBe(0);
    expect(resultOf(second).counts).toMatchObject({ failed: 0, 'not tried': 0 });
    await expectComplete(fleet, 60);
  } finally {
    provideServer(usual);
  }
});

test('a server without free connections is waited for, with fewer targets at once', async () => {
  const fleet = await large(30);
  const role = await fleet.database.createRole({ may: 'nothing' });
  await fleet.database.query(`alter role "${role.name}" connection limit 9`);
  await fleet.database.query(
    Object.keys(schemas(30))
      .map(
        name =>
          `alter schema ${name} owner to "${role.name}"; alter table ${name}.chats owner to "${role.name}"; alter table ${name}.mikro_orm_migrations owner to "${role.name}"`,
      )
      .join(';'),
  );
  await fleet.database.query(`grant create on database "${fleet.database.name}" to "${role.name}"`);
  await fleet.project.write(
    'mikro-orm.config.js',
    (await fleet.project.read('mikro-orm.config.js')).replace(fleet.database.url, role.url),
  );
  const program = start(fleet, '--parallel', '8');
  expect(await program.ended).toBe(0);
  expect(resultOf(program).counts).toMatchObject({ done: 30, failed: 0 });
  await expectComplete(fleet, 30);
});

test('databases on two servers in one fleet, each with its own connections', async () => {
  const usual = serverUrl();
  const server = await startServer();
  servers.push(server);
  provideServer(server.url);
  const elsewhere = await createDatabase();
  provideServer(usual);
  const fleet = await fleetOf(schemas(5), undefined);
  await fleet.project.write(
    'package.json',
    JSON.stringify({
      name: 'shop',
      type: 'module',
      migtui: {
        fleet: { targets: [{ schemas: 'tenant_*' }, { databases: [elsewhere.url], name: 'elsewhere' }] },
      },
    }),
  );
  const program = start(fleet);
  expect(await program.ended).toBe(0);
  expect(
    resultOf(program)
      .targets.map(({ target, outcome }) => `${target} ${outcome}`)
      .sort(),
  ).toEqual(['elsewhere done', ...Object.keys(schemas(5)).map(name => `${name} done`)]);
  expect(await elsewhere.query('select name from mikro_orm_migrations order by id')).toEqual(
    [one, two, three].map(name => ({ name })),
  );
});

describe('a schema that vanishes', () => {
  test('during the run is reported, and not created again', async () => {
    const fleet = await large(40, {
      [two]: { up: ['alter table "chats" add column "topic" text', 'select pg_sleep(0.05)'] },
    });
    const program = start(fleet, '--on-error', 'continue', '--parallel', '2');
    await program.done(3);
    await fleet.database.query('drop schema tenant_40 cascade');
    expect(await program.ended).toBe(1);
    const gone = resultOf(program).targets.find(({ target }) => target === 'tenant_40');
    expect(gone).toMatchObject({ outcome: 'failed', failure: { code: 'schema-gone' } });
    expect(await fleet.database.query(`select 1 from pg_namespace where nspname = 'tenant_40'`)).toEqual([]);
    const again = await migtui(fleet.project, ['fleet', 'upgrade', 'head', '--yes']);
    expect(again.code).toBe(0);
  });
});
