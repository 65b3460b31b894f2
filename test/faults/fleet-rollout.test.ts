import { afterEach, describe, expect, test } from 'vitest';
import type { FleetStatus } from '../../src/engine/api.ts';
import {
  closeAll,
  failsIn,
  fleetOf,
  migrations,
  one,
  openFleet,
  schemaSql,
  three,
  toHead,
  two,
  upgradeFleet,
} from '../fleet/support.ts';
import { migtui } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

afterEach(closeAll);

const shown = ({ targets }: FleetStatus) => targets.map(({ name, state }) => `${name}: ${state}`);

describe('a run', () => {
  test('databases of the server by pattern, name and URL, with the password of the config', async () => {
    const name = `shop "${Math.random().toString(36).slice(2)}`;
    const databases = [
      await createDatabase({ name: `${name} a` }),
      await createDatabase({ name: `${name} b` }),
    ];
    for (const database of databases) {
      await database.query(
        schemaSql('shop', [one])
          .replace(/create schema "shop";\n/, '')
          .replaceAll('"shop"', 'public'),
      );
    }
    const url = new URL(databases[0]!.url);
    const bare = `postgres://${url.host}/${encodeURIComponent(`${name} b`)}`;
    for (const targets of [
      { databases: `${name}*` },
      { databases: `postgres://${url.host}/${encodeURIComponent(name)}*` },
      { databases: [`${name} a`, bare] },
      {
        databases: { query: `select datname from pg_database where datname like '${name}%'`, on: 'postgres' },
      },
    ]) {
      const fleet = await fleetOf({}, { targets });
      const status = await (await fleet.open()).fleetStatus({});
      expect(shown(status)).toEqual([`${name} a: behind`, `${name} b: behind`]);
      expect(JSON.stringify(status)).not.toContain('horse');
      await closeAll();
    }
  });

  test('uses the largest table of the group in its findings', async () => {
    const wide = {
      ...migrations,
      [two]: { up: 'alter table "chats" alter column "title" type varchar(10)' },
    };
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one] }, undefined, { migrations: wide });
    await fleet.database.query(
      `insert into tenant_2.chats (title) select 'x' from generate_series(1, 30000); analyze tenant_2.chats`,
    );
    const { groups } = await (await openFleet(fleet)).fleetPlan(toHead);
    expect(groups[0]?.table).toMatchObject({ target: 'tenant_2', name: 'chats', rows: 30_000 });
    expect(groups[0]?.table?.bytes).toBeGreaterThan(500_000);
  });

  test('two at once wait for each other and run nothing twice', async () => {
    const fleet = await fleetOf(Object.fromEntries([1, 2, 3, 4, 5, 6].map(at => [`tenant_${at}`, [one]])));
    const both = await Promise.all([
      upgradeFleet(await openFleet(fleet)),
      upgradeFleet(await openFleet(fleet)),
    ]);
    expect(both.map(({ counts }) => counts.failed)).toEqual([0, 0]);
    expect(both.reduce((sum, { counts }) => sum + counts.done, 0)).toBe(6);
    expect(await fleet.applied('tenant_6')).toEqual([one, two, three]);
  });

  test('a downgrade and a stamp', async () => {
    const fleet = await fleetOf({ tenant_1: [one, two, three], tenant_2: [one] });
    const engine = await openFleet(fleet);
    const down = { plan: { command: 'downgrade' as const, targets: [one] } };
    expect((await upgradeFleet(engine, down)).counts).toMatchObject({ done: 1, there: 1 });
    expect(await fleet.applied('tenant_1')).toEqual([one]);
    const stamp = { plan: { command: 'stamp' as const, targets: ['head'] } };
    expect((await upgradeFleet(engine, stamp)).counts).toMatchObject({ done: 2 });
    expect(await fleet.applied('tenant_2')).toEqual([one, two, three]);
  });

  test('too many failures stop it', async () => {
    const fleet = await fleetOf(
      Object.fromEntries([1, 2, 3, 4, 5].map(at => [`tenant_${at}`, [one, two]])),
      { targets: { schemas: 'tenant_*' }, onError: 'continue', maxFailures: 30 },
      { migrations: { ...migrations, [three]: { up: 'select 1 / 0' } } },
    );
    const result = await upgradeFleet(await openFleet(fleet), { parallel: 1 });
    expect(result.counts).toMatchObject({ failed: 2, 'not tried': 3 });
    expect(result.stopped).toBe('More than 30 % of the targets failed.');
    expect(result.errors).toMatchObject([{ targets: ['tenant_1', 'tenant_2'] }]);
  });

  test('asks after a wave, and ends without a terminal', async () => {
    const fleet = await fleetOf({ tenant_1: [], tenant_2: [], tenant_3: [] });
    const waves = [{ name: 'canary', targets: 1 }];
    const engine = await openFleet(fleet, event => {
      if (event.kind === 'paused') void engine.fleetContinue(true);
    });
    const alone = await upgradeFleet(engine, { waves }, { pauseAfter: ['canary'] });
    expect(alone.counts).toMatchObject({ done: 1, 'not tried': 2 });
    expect(alone.stopped).toBe('It was paused after canary.');
    const interactive = await upgradeFleet(engine, { waves }, { pauseAfter: ['canary'], interactive: true });
    expect(interactive.counts).toMatchObject({ done: 2, there: 1, 'not tried': 0 });
  });

  test('when cancelled, targets in progress finish and no others start', async () => {
    const fleet = await fleetOf(
      Object.fromEntries([1, 2, 3, 4].map(at => [`tenant_${at}`, [one, two]])),
      undefined,
      { migrations: { ...migrations, [three]: { up: 'select pg_sleep(0.3)' } } },
    );
    const engine = await openFleet(fleet, event => {
      if (event.kind === 'target') void engine.fleetCancel('after-step');
    });
    const result = await upgradeFleet(engine, { parallel: 1 });
    expect(result.counts).toMatchObject({ done: 1, 'not tried': 3, failed: 0 });
    expect(result.stopped).toBe('It was cancelled.');
  });

  test('databases run on separate connections', async () => {
    const name = `fleet_${Math.random().toString(36).slice(2)}`;
    const databases = await Promise.all(['a', 'b'].map(one => createDatabase({ name: `${name}_${one}` })));
    const fleet = await fleetOf({}, { targets: { databases: `${name}_*` } });
    const result = await upgradeFleet(await openFleet(fleet));
    expect(result.counts).toMatchObject({ done: 2, failed: 0 });
    for (const database of databases) {
      expect(await database.query('select name from mikro_orm_migrations order by id')).toHaveLength(3);
    }
    expect(
      await fleet.database.query(`select 1 from pg_class where relname = 'mikro_orm_migrations'`),
    ).toEqual([]);
  });
});

test('the command line: one JSON object per line, and exit code 0 only if all are done', async () => {
  const fleet = await fleetOf(
    { tenant_1: [one, two], tenant_2: [one, two] },
    { targets: { schemas: 'tenant_*' } },
    { migrations: { ...migrations, [three]: failsIn('tenant_2') } },
  );
  const { code, stdout } = await migtui(fleet.project, ['fleet', 'upgrade', 'head', '--yes', '--json']);
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatchObject({ kind: 'finished', result: { counts: { done: 1, failed: 1 } } });
  expect(lines.filter(({ kind }) => kind === 'target-done').length).toBe(2);
  const fine = await migtui(fleet.project, ['fleet', 'upgrade', 'head', '--yes', '--only', 'tenant_1']);
  expect(fine).toMatchObject({ code: 0 });
  const none = await migtui(fleet.project, ['fleet', 'upgrade', 'head', '--only', 'x*']);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('None of the 2 targets of the fleet matches');
});
