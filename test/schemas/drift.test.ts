import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineApi } from '../../src/engine/api.ts';
import { engineOn, projectOf } from '../authoring/support.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { manualChanges, schema } from './manual-changes.ts';

/* A comparison finds every possible manual change, and its SQL reverts it. */

const revision = 'Migration20260101000000_schema';

let database: Database;
let engine: EngineApi;

async function start(): Promise<void> {
  database = await createDatabase();
  const project = await projectOf({
    url: database.url,
    migrations: { [revision]: { revises: [], up: schema } },
  });
  engine = await engineOn(project.root);
  const result = await engine.run(await engine.preview({ command: 'upgrade', targets: ['head'] }), {});
  expect(result.failure).toBeNull();
}

beforeAll(async () => {
  await start();
  await database.query(
    `do $$ begin create role judge_other; exception when duplicate_object then null; end $$`,
  );
});
afterAll(() => engine.close());

describe('manual changes', () => {
  test('none: no false alarm', async () => {
    expect(await engine.compare('head')).toEqual({ same: true, effects: [], sql: [] });
  });

  test('a table and its columns renamed at once are told as renames, and their rows stay', async () => {
    await database.query(`insert into users (email, name) values ('a@b', 'Ann')`);
    await database.query(
      `alter table users rename to people; alter table people rename name to title; alter table people rename note to remark; alter table people add nick text; alter sequence users_id_seq rename to people_id_seq`,
    );
    const { effects, sql } = await engine.compare('head');
    expect(effects.map(({ sign, words }) => `${sign} ${words}`)).toEqual([
      '~ table people renamed to users',
      '~ people.title renamed to name',
      '~ people.remark renamed to note',
      '~ people.id sequence name users_id_seq',
      '- people.nick text',
    ]);
    const { findings } = await engine.check(['drift']);
    expect(findings[0]?.message).toContain('it deletes data (drops column people.nick):');
    await database.query(sql.join('\n'));
    expect(await engine.compare('head')).toEqual({ same: true, effects: [], sql: [] });
    expect(await database.query(`select name from users`)).toEqual([{ name: 'Ann' }]);
    await database.query(`delete from users`);
  });

  test('a table that was moved to a schema that is not compared: says where its rows are', async () => {
    await database.query(`create schema elsewhere; alter table chain set schema elsewhere`);
    const { effects } = await engine.compare('head');
    expect(effects.map(({ sign, words }) => `${sign} ${words}`)).toEqual([
      '+ table chain (empty: its rows are probably in elsewhere.chain)',
    ]);
    await database.query(`alter table elsewhere.chain set schema public; drop schema elsewhere`);
    expect(await engine.compare('head')).toEqual({ same: true, effects: [], sql: [] });
  });

  test.each(sampled(manualChanges))('$sql', async ({ sql, irreparable }) => {
    await database.query(sql);
    try {
      const found = await engine.compare('head');
      expect(found.same).toBe(false);
      const unrepaired = found.effects.filter(({ words }) => words.endsWith('(no SQL for this)'));
      expect(unrepaired.length > 0, JSON.stringify(found, null, 1)).toBe(irreparable === true);
      if (irreparable) throw null;
      await database.query(found.sql.join('\n'));
      expect(await engine.compare('head')).toEqual({ same: true, effects: [], sql: [] });
    } catch (error) {
      await engine.close();
      await start();
      if (error !== null) throw error;
    }
  });
});
