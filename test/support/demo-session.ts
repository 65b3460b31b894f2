import { expect } from 'vitest';
import { makeDemo, migrationSource } from './project.ts';
import { asFound, openMigtui } from './pty.ts';
import type { Database } from './server.ts';

/*
 * A session with the demo, using only keys, on both of its databases: everything that can be done to a
 * database and to the files.
 */

const tea = 'Migration20270101120000_tea';
const rows = [
  `insert into "chats" ("title") values ('Tea')`,
  `insert into "messages" ("chat_id", "text", "text_length") select "id", 'Darjeeling', 10 from "chats"`,
];

/** @param database on a server; null: the demo's own, embedded in Node */
export async function demoSession(database: Database | null): Promise<void> {
  const slow = { timeout: 90_000 };
  const name = database?.name ?? 'chat';
  const demo = await makeDemo();
  const app = await openMigtui(demo.root, { env: { DATABASE_URL: database?.url } });
  await app.sees('Up SQL');
  await app.sees('2 heads');

  // Upgrade to the selected revision, which is one of the heads.
  await app.press('u');
  await app.sees('4 steps');
  await app.sees(database ? name : 'creates it');
  await app.press('Enter');
  await app.sees('Upgrade done', slow);
  await app.press('Enter');
  await app.sees('4 applied');
  await app.sees('1 pending');

  // Merge: the rehearsal, the file before it is written, the file.
  const before = await demo.list('migrations');
  await app.press('m');
  await app.sees('No conflict: every order gives the same schema.', slow);
  await app.sees('common ancestor');
  await app.press('Enter');
  await app.sees('Resolve heads');
  await app.press('m');
  await app.sees('Used as the name');
  await app.press('Enter');
  await app.sees("static readonly revises = ['Migration20261119161000_add_reactions'");
  expect(await demo.list('migrations')).toEqual(before);
  // Another key in between: the Enter that opened the draft may still be held down.
  await app.press('j', 'Enter');
  await app.sees('wrote migrations/Migration');
  await app.seesNo('2 heads');
  const merged = (await demo.list('migrations')).find(file => file.endsWith('_merge_heads.ts'));
  expect(await demo.read(`migrations/${merged}`)).toContain('static readonly revises');

  // Upgrade to head with the menu.
  await app.press('U');
  await app.sees('Upgrade to');
  await app.press('h');
  await app.sees('2 steps');
  await app.press('Enter');
  await app.sees('Upgrade done', slow);
  await app.press('Enter');
  await app.sees('up to date');

  // A new revision from the changed entities, its message pasted in two lines.
  const chat = await demo.read('demo/entities/chat.ts');
  await demo.write(
    'demo/entities/chat.ts',
    chat.replace('title: p.string(),', 'title: p.string(),\n    topic: p.string().nullable(),'),
  );
  await app.press('n');
  await app.sees('From the entities');
  await app.press('a');
  await app.sees('message');
  await app.paste('add topic\nto chats');
  await app.sees('add_topic_to_chats');
  await app.press('Enter');
  await app.sees('alter table "chats" add "topic"', slow);
  // The key that opened it does not confirm it while it may still be held down.
  await app.press('j', 'Enter');
  await app.sees('Written');
  await app.press('c');
  await app.sees('1 pending');
  await app.press('g');
  await app.sees(/▸ ○ +(\d+ )?add_topic_to_chats/);

  // upgrade +1
  await app.press('U');
  await app.sees('+1');
  await app.press('n');
  await app.sees('1 step');
  await app.press('Enter');
  await app.sees('Upgrade done', slow);
  await app.press('Enter');
  await app.sees('up to date');

  // Entities, revisions and database match.
  await app.press('c');
  await app.sees('Revisions, entities and the database agree', slow);
  await app.press('Esc');

  // A migration of another developer appears, and fails.
  const head = (await demo.list('migrations')).find(file => file.includes('add_topic'))?.slice(0, -3);
  const broken = migrationSource(tea, {
    up: [...rows, 'select * from chatz'],
    down: 'select 1',
    revises: [`${head}`],
  });
  await demo.addMigration(tea, broken);
  await app.sees('1 pending');
  await app.press('g', 'u');
  await app.sees('1 step');
  await app.press('Enter');
  await app.sees('relation "chatz" does not exist', slow);
  await app.sees('42P01');
  await app.sees('Upgrade failed');

  // Fixed in an editor, run again.
  await demo.addMigration(tea, broken.replace('select * from chatz', 'select * from chats'));
  await app.press('r');
  await app.sees('run on');
  await app.press('Enter');
  await app.sees('Upgrade done', slow);
  await app.press('Enter');
  await app.sees('up to date');

  // Downgrade: rows would be lost, so the database's name is required.
  await app.press('D');
  await app.sees('undo everything');
  await app.press('b');
  await app.sees('This destroys data.', slow);
  await app.press('Enter');
  await app.sees(`type ${name} to confirm`);
  await app.type(name.slice(0, -1));
  await app.press('Enter');
  await app.sees(`type ${name} to confirm`);
  await app.type(name.slice(-1));
  await app.sees('Enter to run');
  await app.press('Enter');
  await app.sees('Downgrade done', slow);
  await app.press('Enter');
  await app.sees('nothing applied');

  // Stamp: rows without the schema, which is reported first.
  await app.press('s');
  await app.sees('mark everything as applied');
  await app.press('h');
  await app.sees('log rows only', slow);
  await app.sees('The live schema does not match', slow);
  await app.sees('The migrations table would not match the schema');
  await app.type(name);
  await app.press('Enter');
  await app.sees('Stamp done', slow);
  await app.press('Enter');
  await app.sees('8 applied');

  // Who did what.
  await app.press('J');
  await app.sees('log   ');
  await app.sees('20270101120000 tea');
  await app.press('Esc', 'q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
  if (!database) return;
  expect(await database.query('select count(*)::int as n from mikro_orm_migrations')).toEqual([{ n: 8 }]);
  expect(await database.query(`select to_regclass('chats') as there`)).toEqual([{ there: null }]);
}
