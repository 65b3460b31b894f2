import { afterEach, describe, expect, test } from 'vitest';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { type MigrationSketch, makeProject, type ProjectOptions } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { describeDatabase } from './introspect.ts';
import { runScript } from './psql.ts';
import { randomFrom, randomMigrations } from './random-project.ts';

const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function start(
  options: ProjectOptions,
): Promise<{ engine: EngineApi; online: Database; offline: Database }> {
  const [online, offline] = await Promise.all([createDatabase(), createDatabase()]);
  const project = await makeProject({ url: online.url, config: 'baseDir: process.cwd()', ...options });
  const engine = await openEngine({ root: project.root }, () => {});
  engines.push(engine);
  return { engine, online, offline };
}

/** Runs a request, runs its script, and compares the results. */
async function compare(
  { engine, online, offline }: Awaited<ReturnType<typeof start>>,
  command: 'upgrade' | 'downgrade' | 'stamp',
  from: string,
  to: string,
  transaction?: 'all' | 'each',
): Promise<void> {
  const preview = await engine.preview({ command, targets: [to], transaction });
  expect((await engine.run(preview, {})).failure).toBeNull();
  await runScript(offline, await engine.script({ command, targets: [`${from}:${to}`], transaction }));
  expect(await describeDatabase(offline)).toEqual(await describeDatabase(online));
}

const lock = 'Migration20260102000000_index';
const migrations: Record<string, MigrationSketch> = {
  Migration20260101000000_chats: {
    up: 'create table "chats" ("id" serial primary key, "title" text not null) -- the first',
    down: 'drop table "chats"',
  },
  [lock]: {
    up: 'create index concurrently "chats_title" on "chats" ("title")',
    down: 'drop index concurrently "chats_title"',
    transactional: false,
  },
  Migration20260103000000_topic: {
    up: ['alter table "chats" add column "topic" text', `insert into "chats" ("title") values ('a;b')`],
    down: 'alter table "chats" drop column "topic"; delete from "chats"',
  },
};

describe('the script has the same effect as the run', () => {
  test('up, down by one, stamp and up again', async () => {
    const both = await start({ migrations });
    await compare(both, 'upgrade', 'base', 'head');
    await compare(both, 'downgrade', 'head', lock);
    await compare(both, 'downgrade', lock, 'base', 'each');
    await compare(both, 'stamp', 'base', lock);
  });

  test.each([1, 2, 3])('random plans, seed %i', async seed => {
    const random = randomFrom(seed);
    const ids = Object.keys(randomMigrations(randomFrom(seed), 9)).sort();
    const both = await start({ migrations: randomMigrations(randomFrom(seed), 9) });
    const middle = ids[Math.floor(random() * ids.length)] as string;
    await compare(both, 'upgrade', 'base', middle, random() < 0.5 ? 'all' : 'each');
    await compare(both, 'upgrade', middle, 'heads');
    await compare(both, 'downgrade', ids.at(-1) as string, middle);
    await compare(both, 'downgrade', middle, 'base');
  });

  test('a separate table and schema for the log', async () => {
    const both = await start({ migrations, migrationsConfig: `tableName: 'ops.Applied'` });
    await compare(both, 'upgrade', 'base', 'head');
  });

  test('a schema for the migrations', async () => {
    const both = await start({
      migrations: { Migration20260101000000_chats: migrations.Migration20260101000000_chats! },
      migrationsConfig: `schema: 'tenant'`,
    });
    for (const database of [both.online, both.offline]) await database.query('create schema tenant');
    await compare(both, 'upgrade', 'base', 'head');
  });
});

describe('the SQL script', () => {
  test('lists its revisions and batches, and does not connect', async () => {
    const project = await makeProject({ migrations, config: 'baseDir: process.cwd()' });
    const engine = await openEngine({ root: project.root }, () => {});
    engines.push(engine);
    const script = await engine.script({ command: 'upgrade', targets: ['head'] });
    expect(script.split('\n').filter(line => /^(begin;|commit;|-- )/.test(line))).toEqual([
      '-- migtui: 3 steps, for a database at base',
      '-- run it with: psql -v ON_ERROR_STOP=1 -f <this file>',
      'begin;',
      '-- up Migration20260101000000_chats',
      'commit;',
      '-- without a transaction',
      `-- up ${lock}`,
      'begin;',
      '-- up Migration20260103000000_topic',
      'commit;',
    ]);
    await expect(engine.script({ command: 'downgrade', targets: ['base'] })).rejects.toMatchObject({
      code: 'range-needed',
    });
  });

  test('refuses a database in another state, without changes', async () => {
    const { engine, offline } = await start({ migrations });
    const script = await engine.script({ command: 'upgrade', targets: ['head'] });
    await runScript(offline, script);
    const before = await describeDatabase(offline);
    await expect(runScript(offline, script)).rejects.toThrow(
      'Migration20260101000000_chats is applied already',
    );
    await runScript(offline, await engine.script({ command: 'downgrade', targets: [`head:${lock}`] }));
    const down = await engine.script({ command: 'downgrade', targets: [`head:${lock}`] });
    await expect(runScript(offline, down)).rejects.toThrow('Migration20260103000000_topic is not applied');
    expect(before.length).toBeGreaterThan((await describeDatabase(offline)).length);
  });

  test('of a range first checks whether the database is at its start', async () => {
    const { engine, offline } = await start({ migrations });
    const upper = await engine.script({ command: 'upgrade', targets: [`${lock}:head`] });
    const empty = await describeDatabase(offline);
    await expect(runScript(offline, upper)).rejects.toThrow(
      `this script expects these revisions to be applied: ${lock}; nothing is applied here`,
    );
    expect(await describeDatabase(offline)).toEqual(empty);
    await runScript(offline, await engine.script({ command: 'upgrade', targets: ['+1'] }));
    await expect(runScript(offline, upper)).rejects.toThrow(
      `this script expects these revisions to be applied: ${lock}; ${lock} is not applied`,
    );
    await runScript(offline, await engine.script({ command: 'upgrade', targets: ['20260101:head'] }));
    const lower = await engine.script({ command: 'downgrade', targets: [`${lock}:base`] });
    await expect(runScript(offline, lower)).rejects.toThrow(
      'Migration20260103000000_topic is applied on top of it',
    );
  });

  test('of a range in the wrong direction is refused; between the same revision it only checks', async () => {
    const { engine, offline } = await start({ migrations });
    const range = (command: 'upgrade' | 'downgrade', text: string): Promise<string> =>
      engine.script({ command, targets: [text] });
    const reversed = { code: 'wrong-direction' };
    await expect(range('upgrade', `head:${lock}`)).rejects.toMatchObject({
      ...reversed,
      candidates: [`${lock}:head`],
    });
    await expect(range('upgrade', `${lock}:base`)).rejects.toMatchObject(reversed);
    await expect(range('downgrade', `${lock}:head`)).rejects.toMatchObject(reversed);
    await expect(range('downgrade', `base:${lock}`)).rejects.toMatchObject(reversed);
    for (const half of [`${lock}:`, `:${lock}`]) {
      await expect(range('downgrade', half)).rejects.toMatchObject({ code: 'range-needed' });
    }
    for (const command of ['upgrade', 'downgrade'] as const) {
      const nothing = await range(command, `${lock}:${lock}`);
      expect(nothing).toContain(`Nothing to do between ${lock} and ${lock}.`);
      await expect(runScript(offline, nothing)).rejects.toThrow('nothing is applied here');
    }
    const script = await engine.script({ command: 'upgrade', targets: ['current:base'] });
    expect(script).toContain('Nothing to do between current and base.');
  });

  test('refuses revisions whose SQL is known only when they run, by name', async () => {
    const reader = `import { Migration } from '@mikro-orm/migrations';
export class Migration20260104000000_reader extends Migration {
  override async up(): Promise<void> {
    for (const row of await this.execute('select id from chats')) this.addSql('select ' + row.id);
  }
}
`;
    const project = await makeProject({
      migrations: { ...migrations, Migration20260104000000_reader: reader },
      config: 'baseDir: process.cwd()',
    });
    const engine = await openEngine({ root: project.root }, () => {});
    engines.push(engine);
    await expect(engine.script({ command: 'upgrade', targets: ['head'] })).rejects.toMatchObject({
      code: 'sql-unknown',
      candidates: ['Migration20260104000000_reader'],
    });
    const partial = await engine.script({ command: 'upgrade', targets: ['head'], partial: true });
    expect(partial.trim().split('\n').slice(-3)).toEqual([
      '',
      "\\echo 'This script ends before Migration20260104000000_reader: its SQL is known only when it runs.'",
      "\\echo 'To continue: migtui upgrade Migration20260104000000_reader, then migtui upgrade current:head --sql'",
    ]);
    const offline = await createDatabase();
    await runScript(offline, partial);
    expect(await offline.query('select name from mikro_orm_migrations')).toHaveLength(3);
    await expect(
      engine.script({ command: 'upgrade', targets: ['Migration20260103000000_topic:head'], partial: true }),
    ).rejects.toMatchObject({ code: 'sql-unknown', next: expect.stringContaining('To continue: ') });
  });
});
