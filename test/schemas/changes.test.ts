import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headlineOf } from '../../src/drawing/text/rehearsal.ts';
import type { EngineApi, Rehearsal } from '../../src/engine/api.ts';
import { engineOn, projectOf } from '../authoring/support.ts';
import type { MigrationSketch } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

/*
 * Two branches from the same base, created at the same time by two developers:
 *
 *     base --- ours
 *         `--- theirs
 */
const base = 'Migration20260101000000_base';

const schema: MigrationSketch = {
  revises: [],
  up: [
    `create type mood as enum ('sad', 'ok')`,
    `create table chats (id serial primary key, title varchar(255) not null, topic text, mood mood)`,
    `create table messages (id serial primary key, chat_id int references chats, text text)`,
  ],
  down: [`drop table messages, chats`, `drop type mood`],
};

/** All pairs have the same base, in one project: a rehearsal uses only its two heads. */
const pairs: MigrationSketch[][] = [];
const idOf = (pair: number, side: number) =>
  `Migration2026020${side}0000${String(pair).padStart(2, '0')}_${['ours', 'theirs'][side]}`;
let engine: EngineApi;

beforeAll(async () => {
  const branches = pairs.flatMap((sides, pair) =>
    sides.map((sketch, side) => [idOf(pair, side), { revises: [base], ...sketch }] as const),
  );
  const project = await projectOf({ migrations: { [base]: schema, ...Object.fromEntries(branches) } });
  // On a server, where creating a scratch database takes a fraction of the time of PGlite.
  engine = await engineOn(project.root, { shadow: (await createDatabase()).url });
});
afterAll(() => engine.close());

/** A test of one pair: rehearses it, and returns the ids of its two heads. */
function rehearses(
  name: string,
  sides: readonly [MigrationSketch, MigrationSketch],
  expected: (found: Rehearsal, ours: string, theirs: string) => void,
): void {
  const pair = pairs.push([...sides]) - 1;
  test(name, async () => {
    const [ours, theirs] = [idOf(pair, 0), idOf(pair, 1)];
    expected(await engine.rehearse([ours, theirs]), ours, theirs);
  });
}

const changesIn = (effects: Rehearsal['differences']) => effects.map(({ sign, words }) => `${sign} ${words}`);

describe('a rehearsal compares two branches', () => {
  rehearses(
    'independent tables: they fit',
    [
      { up: 'create table reactions (id serial primary key)', down: 'drop table reactions' },
      { up: 'create table pins (id serial primary key)', down: 'drop table pins' },
    ],
    (found, ours, theirs) => {
      expect(found).toMatchObject({ verdict: 'fits', ancestors: [base], shared: [], differences: [] });
      expect(found.branches.map(branch => changesIn(branch.effects))).toEqual([
        ['+ table reactions'],
        ['+ table pins'],
      ]);
      expect(found.orders).toEqual([
        { heads: [ours, theirs], ok: true, failed: null },
        { heads: [theirs, ours], ok: true, failed: null },
      ]);
      expect(found.downAndUp).toEqual({ ok: true, words: [] });
    },
  );

  rehearses(
    'different columns of the same table: they fit, whatever order the columns get',
    [
      { up: 'alter table chats add last_read_at timestamptz', down: 'alter table chats drop last_read_at' },
      { up: 'alter table chats add user_id int not null default 0', down: 'alter table chats drop user_id' },
    ],
    found => {
      expect(found).toMatchObject({ verdict: 'fits', differences: [], shared: [] });
      expect(found.branches.map(branch => changesIn(branch.effects))).toEqual([
        ['+ chats.last_read_at timestamptz'],
        ['+ chats.user_id int not null default 0'],
      ]);
    },
  );

  const add = { up: 'alter table chats add user_id int', down: 'alter table chats drop user_id' };
  rehearses(
    'the same column added twice: no order runs, and the error is PostgreSQL’s',
    [add, add],
    (found, ours, theirs) => {
      expect(found.verdict).toBe('fails');
      expect(found.orders.map(({ ok, failed }) => [ok, failed?.revision])).toEqual([
        [false, theirs],
        [false, ours],
      ]);
      expect(found.orders[0]?.failed?.failure).toMatchObject({
        message: expect.stringContaining('column "user_id" of relation "chats" already exists'),
        sql: { sqlState: '42701', statement: 'alter table chats add user_id int' },
      });
      expect(found.shared).toEqual(['chats.user_id']);
    },
  );

  rehearses(
    'one drops what the other alters: one order fails',
    [
      { up: 'alter table chats drop topic', down: 'alter table chats add topic text' },
      {
        up: `alter table chats alter topic set default 'none'`,
        down: 'alter table chats alter topic drop default',
      },
    ],
    (found, ours, theirs) => {
      expect(found.verdict).toBe('fails');
      expect(found.orders.map(({ heads, ok, failed }) => [heads[0], ok, failed?.revision ?? null])).toEqual([
        [ours, false, theirs],
        [theirs, true, null],
      ]);
      expect(found.shared).toEqual(['chats.topic']);
      const failed = { revision: theirs, failure: expect.anything() };
      expect(found.remedies).toEqual([
        { kind: 'merge', branch: null, onto: null, ok: false, failed },
        { kind: 'rebase', branch: theirs, onto: ours, ok: false, failed },
        { kind: 'rebase', branch: ours, onto: theirs, ok: true, failed: null },
      ]);
      expect(headlineOf(found, id => id).text).toBe(`Only one order runs: ${theirs}, then ${ours}.`);
    },
  );

  rehearses(
    'one drops the table the other adds to',
    [
      { up: 'drop table messages', down: 'create table messages (id serial primary key)' },
      { up: 'alter table messages add edited boolean', down: 'alter table messages drop edited' },
    ],
    found => {
      expect(found).toMatchObject({ verdict: 'fails', shared: ['table messages'] });
    },
  );

  rehearses(
    'a rename against an alteration: one order fails',
    [
      { up: 'alter table chats rename title to name', down: 'alter table chats rename name to title' },
      {
        up: 'alter table chats alter title type text',
        down: 'alter table chats alter title type varchar(255)',
      },
    ],
    found => {
      expect(found.verdict).toBe('fails');
      expect(found.branches.map(branch => changesIn(branch.effects))).toEqual([
        ['~ chats.title renamed to name'],
        ['~ chats.title varchar(255) -> text'],
      ]);
      expect(found.shared).toEqual(['chats.title']);
    },
  );

  rehearses(
    'both add a value to an enum: the order of the values differs',
    [
      { up: `alter type mood add value 'glad'`, down: [] },
      { up: `alter type mood add value 'angry'`, down: [] },
    ],
    found => {
      expect(found).toMatchObject({ verdict: 'differs', shared: ['enum mood'] });
      expect(changesIn(found.differences)).toEqual([
        `~ enum mood order ('sad', 'ok', 'glad', 'angry') -> ('sad', 'ok', 'angry', 'glad')`,
      ]);
      expect(found.downAndUp?.ok).toBe(false);
    },
  );

  const check = (...values: string[]) =>
    `alter table chats drop constraint if exists topic_check; alter table chats add constraint topic_check check (topic in (${values.map(value => `'${value}'`)}))`;
  rehearses(
    'both widen an enum that is a check, as MikroORM writes them: the last one wins',
    [{ up: check('a', 'b') }, { up: check('a', 'c') }],
    found => {
      expect(found).toMatchObject({ verdict: 'differs', shared: ['chats constraint topic_check'] });
    },
  );

  rehearses(
    'a data migration against not null: it says that only rows will tell',
    [
      { up: `insert into messages (text) select topic from chats`, down: [] },
      {
        up: 'alter table messages alter text set not null',
        down: 'alter table messages alter text drop not null',
      },
    ],
    (found, ours, theirs) => {
      expect(found).toMatchObject({ verdict: 'overlaps', differences: [], shared: ['rows of messages'] });
      expect(found.caveats.join('\n')).toContain('Tested without the rows of the database');
      expect(found.caveats).toContainEqual(
        `${theirs} makes messages.text required: it fails if rows of messages violate it, and ${ours} of the other branch writes rows there.`,
      );
    },
  );

  rehearses(
    'rows decide nothing: emptied first, wider types, keys of new columns, not valid',
    [
      {
        up: [
          'truncate messages',
          'alter table messages alter text set not null',
          'alter table chats alter title type text',
        ],
        down: [],
      },
      {
        up: [
          'alter table messages add external_id int unique',
          'alter table messages add constraint positive check (id > 0) not valid',
        ],
        down: [],
      },
    ],
    found => {
      expect(found).toMatchObject({ verdict: 'fits', shared: [] });
      expect(found.caveats.filter(one => !one.startsWith('The entities'))).toEqual([]);
    },
  );

  rehearses(
    'rows decide: one sentence for each table of a branch',
    [
      {
        up: [
          'alter table chats alter title type varchar(10)',
          'alter table chats add constraint titles unique (title)',
        ],
      },
      { up: 'create table pins (id int)' },
    ],
    (found, ours) =>
      expect(found.caveats.filter(one => one.includes('it fails if rows'))).toEqual([
        `${ours} adds unique (title) to chats, changes the type of chats.title: it fails if rows of chats violate it.`,
      ]),
  );

  rehearses(
    'defaults that depend on the order: they differ, and where',
    [
      {
        up: `alter table chats alter topic set default 'a'`,
        down: 'alter table chats alter topic drop default',
      },
      {
        up: `alter table chats alter topic set default 'b'`,
        down: 'alter table chats alter topic drop default',
      },
    ],
    found => {
      expect(found).toMatchObject({ verdict: 'differs', shared: ['chats.topic'] });
      expect(changesIn(found.differences)).toEqual([`~ chats.topic default 'b' -> 'a'`]);
      expect(found.remedies.map(({ kind, ok }) => [kind, ok])).toEqual([
        ['merge', false],
        ['rebase', true],
        ['rebase', true],
      ]);
    },
  );

  const same = {
    up: 'alter table chats add if not exists user_id int',
    down: 'alter table chats drop if exists user_id',
  };
  rehearses('the identical change on both sides: it runs, and both touch the same', [same, same], found => {
    expect(found).toMatchObject({ verdict: 'overlaps', differences: [], shared: ['chats.user_id'] });
    expect(found.downAndUp).toEqual({ ok: true, words: [] });
  });

  rehearses(
    'a branch that has no way down',
    [{ up: 'create table reactions (id int)' }, { up: 'create table pins (id int)', down: [] }],
    (found, ours) => {
      expect(found.verdict).toBe('fits');
      expect(found.downAndUp).toEqual({ ok: false, words: [`${ours} has no down()`] });
    },
  );
});

describe('a rehearsal of more than two heads', () => {
  test('runs three in all six orders', async () => {
    const project = await projectOf({
      migrations: {
        [base]: schema,
        M1: { revises: [base], up: 'create table a (id int)', down: 'drop table a' },
        M2: { revises: [base], up: 'create table b (id int)', down: 'drop table b' },
        M3: { revises: [base], up: 'alter table chats add c int', down: 'alter table chats drop c' },
      },
    });
    const engine = await engineOn(project.root, { shadow: (await createDatabase()).url });
    const found = await engine.rehearse(['M1', 'M2', 'M3']);
    await engine.close();
    expect(found.orders).toHaveLength(6);
    expect(found).toMatchObject({ verdict: 'fits', everyOrder: true });
  });

  test('runs only some orders of four, and does not claim every order', async () => {
    const table = (name: string) => ({
      revises: [base],
      up: `create table ${name} (id int)`,
      down: `drop table ${name}`,
    });
    const project = await projectOf({
      migrations: { [base]: schema, M1: table('a'), M2: table('b'), M3: table('c'), M4: table('d') },
    });
    const engine = await engineOn(project.root, { shadow: (await createDatabase()).url });
    const found = await engine.rehearse([]);
    await engine.close();
    expect(found).toMatchObject({ verdict: 'fits', everyOrder: false });
    expect(found.remedies).toEqual([{ kind: 'merge', branch: null, onto: null, ok: true, failed: null }]);
    const { text } = headlineOf(found, id => id);
    expect(text).toBe(`No conflict: the ${found.orders.length} orders that were tried give the same schema.`);
  });

  test('leaves out an order that a dependency forbids, with a note', async () => {
    const project = await projectOf({
      migrations: {
        [base]: schema,
        M1: { revises: [base], up: 'create table a (id int)', down: 'drop table a' },
        M2: {
          revises: [base],
          dependsOn: ['M1'],
          up: 'alter table a add b int',
          down: 'alter table a drop b',
        },
      },
    });
    const engine = await engineOn(project.root);
    const found = await engine.rehearse([]);
    await engine.close();
    expect(found.orders.map(order => order.heads)).toEqual([['M1', 'M2']]);
    expect(found.caveats.join()).toContain('M2 depends on M1');
  });
});
