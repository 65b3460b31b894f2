import { describe, expect, test } from 'vitest';
import { demoSession } from '../support/demo-session.ts';
import { makeDemo, stockCli } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';

describe.each(sampled(['PGlite', 'a server']))('the demo on %s', where => {
  test('upgrades, matches its entities, and is downgraded to base and upgraded again by the stock CLI', async () => {
    const demo = await makeDemo();
    const database = where === 'a server' ? await createDatabase() : null;
    const run = async (...args: string[]) => {
      const output = await stockCli(demo, args, { env: { DATABASE_URL: database?.url } });
      expect(output, args.join(' ')).toMatchObject({ code: 0 });
      return output.stdout;
    };
    const snapshot = await demo.read('migrations/.snapshot-chat.json');
    await run('migration:up');
    expect(await run('migration:check')).toContain('No changes required');
    expect(await run('schema:update', '--dump')).toContain('Schema is up-to-date');
    await run('migration:down', '--to', '0');
    await run('migration:up');
    // The files in git are what the stock CLI would write.
    expect(await demo.read('migrations/.snapshot-chat.json')).toBe(snapshot);
    await database?.drop();
  });
});

test('the data migration of the demo measures the existing messages, and its down() deletes the lengths', async () => {
  const demo = await makeDemo();
  const database = await createDatabase();
  const env = { DATABASE_URL: database.url };
  const to = (command: string, name: string) => stockCli(demo, [command, '--to', name], { env });
  await to('migration:up', 'Migration20261110141500_add_user_id_to_chats');
  await database.query(`
    insert into chats (title) values ('Tea');
    insert into messages (chat_id, text) values (1, 'Darjeeling'), (1, '')`);
  await to('migration:up', 'Migration20261113100000_fill_text_length');
  expect(await database.query('select text_length from messages order by id')).toEqual([
    { text_length: 10 },
    { text_length: 0 },
  ]);
  await to('migration:down', 'Migration20261110141500_add_user_id_to_chats');
  expect(await database.query('select * from messages where id = 1')).toEqual([
    { id: 1, chat_id: 1, text: 'Darjeeling', sent_at: expect.any(Date) },
  ]);
  await database.drop();
});

test('the demo embedded in Node goes through every flow in one session', { timeout: 300_000 }, () =>
  demoSession(null),
);
