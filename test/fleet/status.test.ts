import { afterEach, describe, expect, test } from 'vitest';
import type { FleetStatus } from '../../src/engine/api.ts';
import { Failure } from '../../src/foundation/failure.ts';
import { createDatabase } from '../support/server.ts';
import { closeAll, fleetOf, one, schemaSql, three, two } from './support.ts';

afterEach(closeAll);

const failureOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    thrown => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return (error as Failure).info;
};

const shown = ({ targets }: FleetStatus) => targets.map(({ name, state }) => `${name}: ${state}`);

test('every state of a schema, problems first, and the number at each revision', async () => {
  const fleet = await fleetOf({
    tenant_1: [one, two, three],
    tenant_2: [one],
    tenant_10: [one, two, three],
    'tenant "o\'hara"': [one, two],
    tenant_new: [],
    tenant_ahead: [one, two, three, 'Migration20270101000000_later'],
    tenant_half: [one],
    tenant_view: [],
  });
  const { database } = fleet;
  await database.query('create schema tenant_empty; create schema other');
  await database.query(
    'drop table tenant_view.mikro_orm_migrations; create table tenant_view.mikro_orm_migrations (x int)',
  );
  await database.query(
    `comment on table tenant_half.mikro_orm_migrations is 'migtui: begun and not settled [{"revision":"${two}","action":"up","run":"00000000-0000","since":"2026-01-01T00:00:00Z","who":"ana","error":null,"invalidBefore":[]}]'`,
  );
  const engine = await fleet.open();
  const status = await engine.fleetStatus({});
  expect(shown(status)).toEqual([
    'tenant_view: unreachable',
    'tenant_half: half-way',
    'tenant_ahead: ahead',
    'tenant "o\'hara": behind',
    'tenant_2: behind',
    'tenant_empty: behind',
    'tenant_new: behind',
    'tenant_1: head',
    'tenant_10: head',
  ]);
  expect(status.counts.map(({ current, targets }) => [current.join(), targets])).toEqual([
    // The revision without a file has no known position.
    [three, 3],
    [two, 1],
    [one, 2],
    ['', 2],
  ]);
  expect(status.states).toMatchObject({ head: 2, behind: 4, ahead: 1, 'half-way': 1, unreachable: 1 });
  expect(status.targets.find(({ name }) => name === 'tenant_view')?.failure?.code).toBe('table-unexpected');
  const journalled = await database.query("select 1 from pg_namespace where nspname = 'migtui'");
  expect(journalled).toEqual([]);
});

test('an edited file is reported in the targets where it is applied', async () => {
  const fleet = await fleetOf({ tenant_1: [], tenant_2: [] });
  const first = await fleet.open({ schema: 'tenant_1' });
  await first.run(await first.preview({ command: 'upgrade', targets: [two] }), {});
  await closeAll();
  const file = `migrations/${one}.js`;
  await fleet.project.write(file, (await fleet.project.read(file)).replace('"title', '"words'));
  const status = await (await fleet.open()).fleetStatus({});
  expect(shown(status)).toEqual(['tenant_1: edited', 'tenant_2: behind']);
  expect(status.targets[0]?.edited).toEqual([one]);
});

test('a table that this role cannot read affects only its target', async () => {
  const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one] });
  const role = await fleet.database.createRole({ may: 'select', schemas: ['tenant_1'] });
  await fleet.project.write(
    'mikro-orm.config.js',
    (await fleet.project.read('mikro-orm.config.js')).replace(fleet.database.url, role.url),
  );
  const status = await (await fleet.open()).fleetStatus({});
  expect(status.targets.map(({ name, failure }) => [name, failure?.code])).toEqual([
    ['tenant_2', 'table-forbidden'],
    ['tenant_1', undefined],
  ]);
});

test('a schema that differs from the others at the same revision has drifted', async () => {
  const fleet = await fleetOf({
    tenant_1: [one, two],
    tenant_2: [one, two],
    'tenant "3': [one, two],
    tenant_4: [one],
    tenant_5: [one, two],
  });
  await fleet.database.query('create index on tenant_2.chats (title); alter table tenant_4.chats add x int');
  const engine = await fleet.open();
  const status = await engine.fleetStatus({ drift: true });
  // The only one at its revision cannot be compared.
  expect(status.compared).toBe(4);
  expect(
    status.targets
      .filter(({ state }) => state === 'drifted')
      .map(({ name, differsFrom }) => [name, differsFrom]),
  ).toEqual([['tenant_2', 3]]);
  expect((await engine.fleetStatus({})).states.drifted).toBe(0);
});

test('functions that differ are drift; a schema whose name ends another word is none', async () => {
  const names = ['us', 'eu', 'fr', 'tenant "3'];
  const fleet = await fleetOf(Object.fromEntries(names.map(name => [name, [one]])), {
    targets: { schemas: '*' },
  });
  const inAll = (sql: string): Promise<unknown> =>
    fleet.database.query(
      names.map(name => `set search_path to "${name.replace('"', '""')}"; ${sql}`).join('; '),
    );
  await inAll(`create table status (label text); create view active as select status.label from status;
    create function one() returns int language sql begin atomic select 1; end`);
  const engine = await fleet.open();
  const drifted = async (): Promise<string[]> =>
    (await engine.fleetStatus({ drift: true, only: names })).targets
      .filter(({ state }) => state === 'drifted')
      .map(({ name }) => name);
  expect(await drifted()).toEqual([]);
  await fleet.database.query(
    'set search_path to fr; create or replace function one() returns int language sql begin atomic select 2; end',
  );
  expect(await drifted()).toEqual(['fr']);
  await fleet.database.query('set search_path to eu; alter function one() security definer');
  expect((await drifted()).sort()).toEqual(['eu', 'fr']);
});

test('contexts side by side: which revision is applied where, and since when', async () => {
  const fleet = await fleetOf({});
  const staging = await createDatabase();
  await staging.query(
    schemaSql('x', [one, two]).replace('create schema "x";', '').replaceAll('"x"', 'public'),
  );
  const config = await fleet.project.read('mikro-orm.config.js');
  const other = config.replace(/export default defineConfig/, 'const config = defineConfig');
  await fleet.project.write(
    'mikro-orm.config.js',
    `${other}
export default [config, { ...config, contextName: 'staging', clientUrl: ${JSON.stringify(staging.url)}, dbName: ${JSON.stringify(staging.name)} }, { ...config, contextName: 'old', clientUrl: 'postgres://127.0.0.1:1/old', dbName: 'old' }];`,
  );
  const stages = await (await fleet.open()).fleetStages();
  expect(stages.contexts.map(({ name, failure }) => [name, failure?.code])).toEqual([
    ['default', undefined],
    ['staging', undefined],
    ['old', 'database-unreachable'],
  ]);
  expect(stages.revisions.map(({ revision, at }) => [revision, ...at.map(({ applied }) => applied)])).toEqual(
    [
      [three, false, false, null],
      [two, false, true, null],
      [one, false, true, null],
    ],
  );
  expect(stages.revisions[2]?.at[1]?.at).toMatch(/^20\d\d-/);
});

describe('targets', () => {
  test('from a query, with tags and custom names', async () => {
    const fleet = await fleetOf(
      { tenant_1: [one], tenant_2: [one] },
      {
        targets: {
          schemas: { query: 'select schema_name, region as tags from public.tenants where active' },
          name: '{region}/{name}',
          tags: ['paying'],
        },
      },
    );
    await fleet.database.query(
      `create table public.tenants (schema_name text, region text, active bool);
       insert into public.tenants values ('tenant_1', 'eu', true), ('tenant_2', 'us', true), ('tenant_3', 'us', false), ('tenant_4', 'us', true)`,
    );
    const fleetSettings = JSON.parse(await fleet.project.read('package.json'));
    fleetSettings.migtui.fleet.targets.schemas.query =
      'select schema_name, region, region as tags from public.tenants where active';
    await fleet.project.write('package.json', JSON.stringify(fleetSettings));
    const engine = await fleet.open();
    const status = await engine.fleetStatus({});
    expect(shown(status)).toEqual(['us/tenant_4: gone', 'eu/tenant_1: behind', 'us/tenant_2: behind']);
    expect(status.targets[1]?.tags).toEqual(['paying', 'eu']);
    expect(shown(await engine.fleetStatus({ tags: ['us'], only: ['*_2'] }))).toEqual(['us/tenant_2: behind']);
  });

  test('from a module, from a function, and the contexts of the config', async () => {
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one] }, undefined, {
      packageJson: {},
      files: {
        'fleet.js': `export default async function* () { yield 'tenant_1'; yield { schema: 'tenant_2', name: 'second', tags: ['x'] }; }`,
        'migtui.config.js': `export default { fleet: { targets: [{ module: './fleet.js', tags: ['m'] }, () => [{ schema: 'tenant_1', name: 'third' }], { contexts: true }] } };`,
      },
    });
    const status = await (await fleet.open()).fleetStatus({});
    expect(status.targets.map(({ name, tags }) => [name, tags.join()]).sort()).toEqual([
      ['default', ''],
      ['second', 'm,x'],
      ['tenant_1', 'm'],
      ['third', ''],
    ]);
  });

  test('none, none selected, and duplicate names', async () => {
    const none = await fleetOf({}, {});
    expect(await failureOf((await none.open()).fleetStatus({}))).toMatchObject({
      code: 'no-targets',
      next: expect.stringContaining('docs/fleet.md'),
    });
    await closeAll();
    const some = await fleetOf(
      { tenant_1: [one] },
      { targets: [{ schemas: 'tenant_*' }, { schemas: 'tenant_?' }] },
    );
    expect(await failureOf((await some.open()).fleetStatus({}))).toMatchObject({ code: 'fleet-names' });
    await closeAll();
    const other = await fleetOf({ tenant_1: [one] });
    const engine = await other.open();
    expect(await failureOf(engine.fleetStatus({ only: ['x*'] }))).toMatchObject({
      message: 'None of the 1 targets of the fleet matches --only and --tag.',
    });
    const shares = await Promise.all([1, 2].map(index => engine.fleetStatus({ shard: { index, of: 2 } })));
    expect(shares.map(({ targets }) => targets.length).sort()).toEqual([0, 1]);
  });

  test('a failing query is reported with the statement', async () => {
    const fleet = await fleetOf({}, { targets: { schemas: { query: 'select nmae from public.tenants' } } });
    expect(await failureOf((await fleet.open()).fleetStatus({}))).toMatchObject({
      code: 'fleet-query',
      message: expect.stringContaining('relation "public.tenants" does not exist'),
      sql: { statement: 'select nmae from public.tenants' },
    });
  });

  test('an unreachable server does not affect the others', async () => {
    const fleet = await fleetOf(
      { tenant_1: [one] },
      {
        targets: [{ schemas: 'tenant_*' }, { databases: ['postgres://127.0.0.1:1/gone'] }],
      },
    );
    const status = await (await fleet.open()).fleetStatus({});
    expect(status.targets.map(({ name, state, failure }) => [name, state, failure?.code])).toEqual([
      ['gone', 'unreachable', 'database-unreachable'],
      ['tenant_1', 'behind', undefined],
    ]);
  });
});
