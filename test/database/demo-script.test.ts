import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { makeDemo, migtui } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { describeDatabase } from './introspect.ts';
import { hasPsql, likePsql, psql } from './psql.ts';

/*
 * The demo: an SQL script has the same effect as a run.
 */

const rows = `
  insert into chats (title, created_at) values ('Tea', '2026-11-12'), ('Coffee; and cake', '2026-11-13');
  insert into messages (chat_id, text, sent_at)
  values (1, 'Darjeeling', '2026-11-12'), (1, '', '2026-11-13'), (2, 'It''s "fine" :here', '2026-11-14')`;

/** Changes one database with runs and the other with the equivalent scripts, and compares them. */
async function startDemo(send: (database: Database, script: string) => Promise<void>) {
  const [demo, online, offline] = await Promise.all([makeDemo(), createDatabase(), createDatabase()]);
  process.env.DATABASE_URL = online.url;
  const engine = await openEngine({ root: demo.root }, () => {});
  return {
    async both(sql: string): Promise<void> {
      for (const database of [online, offline]) await database.query(sql);
    },
    async move(command: 'upgrade' | 'downgrade' | 'stamp', from: string, to: string): Promise<void> {
      const preview = await engine.preview({ command, targets: [to] });
      expect((await engine.run(preview, {})).failure).toBeNull();
      await send(offline, await engine.script({ command, targets: [`${from}:${to}`] }));
      const there = await describeDatabase(online);
      expect([command, to, await describeDatabase(offline)]).toEqual([command, to, there]);
    },
    close: () => engine.close(),
  };
}

test.each([
  { how: 'sent as psql would', send: likePsql },
  ...(hasPsql ? [{ how: 'in psql itself', send: psql }] : []),
])('the demo is upgraded, downgraded and stamped by its SQL script, $how', async ({ send }) => {
  const demo = await startDemo(send);
  await demo.move('upgrade', 'base', 'add_user_id_to_chats');
  await demo.both(rows);
  await demo.move('upgrade', 'add_user_id_to_chats', 'heads');
  await demo.both(
    `insert into reactions (message_id, user_id, emoji, created_at) values (1, 7, '🍵', '2026-11-20')`,
  );
  await demo.move('downgrade', 'heads', 'fill_text_length');
  await demo.move('downgrade', 'fill_text_length', 'base');
  await demo.move('upgrade', 'base', 'heads');
  await demo.move('downgrade', 'heads', 'base');
  await demo.move('stamp', 'base', 'heads');
  await demo.move('stamp', 'heads', 'add_user_id_to_chats');
  await demo.close();
});

test('the script of the whole demo is written without a server', async () => {
  const demo = await makeDemo();
  const env = { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/nowhere' };
  const { code, stdout, stderr } = await migtui(demo, ['upgrade', 'base:heads', '--sql'], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const database = await createDatabase();
  await likePsql(database, stdout);
  expect(await database.query('select count(*)::int as n from mikro_orm_migrations')).toEqual([{ n: 5 }]);
});
