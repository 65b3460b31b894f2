import { afterEach, expect, test } from 'vitest';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

const database = { schemas: ['public', 'tenant_1', 'tenant_2'] };

test('another schema is selected from those with a migrations table; the header and the commands show it', async () => {
  const app = await openScreen({ database });
  await app.sees('3 pending', 'schema public');
  await app.press('S');
  await app.sees('Schema for migrations', 'from the config, current', 'tenant_1  has a migrations table');
  await app.press('Down', 'Enter');
  await app.sees('SCHEMA tenant_1', '5 pending', '$ migtui --schema tenant_1');
  await app.press('U', 'h');
  await app.sees('5 steps', 'schema tenant_1');
  await app.press('Enter');
  await app.sees('Upgrade done');
  await app.press('Enter', '5', 'z');
  await app.sees('$ migtui upgrade heads --yes --schema tenant_1');
});

test('back to the schema of the config', async () => {
  const app = await openScreen({ database, project: { schema: 'tenant_2' } });
  await app.sees('SCHEMA tenant_2');
  await app.press('S');
  await app.sees('has a migrations table, current');
  await app.type('pub');
  await app.press('Enter');
  await app.sees('schema public', '5 pending');
  await app.seesNot('SCHEMA');
  expect(app.engine.project.schema).toBeNull();
});

test('the header shows it on narrow screens too, also with many other parts', async () => {
  const app = await openScreen({ columns: 60, rows: 16, project: { schema: 'tenant_1', protected: true } });
  await app.sees('PROTECTED', 'SCHEMA tenant_1');
});

test('a new name can be typed, and is always quoted', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('S');
  await app.sees('Schema for');
  await app.type(`it's new`);
  await app.sees(`it's new  no migrations table yet: the first run creates it`);
  await app.press('Enter');
  await app.sees(`SCHEMA it's new`, `$ migtui --schema 'it'\\''s new'`);
  expect(app.engine.project.schema).toBe(`it's new`);
});

test('one that cannot be opened can be changed again', async () => {
  const app = await openScreen({ database });
  await app.sees('3 pending');
  await app.press('S');
  await app.type('a.b');
  await app.press('Enter');
  await app.sees('"a.b" cannot be the schema');
  await app.press('S');
  await app.sees('from the config', 'tenant_1');
  await app.press('Enter');
  await app.sees('3 pending', 'schema public');
});

test('Esc, and selecting the open one, change nothing', async () => {
  const app = await openScreen({ database });
  await app.sees('3 pending');
  await app.press('S', 'Esc', 'S', 'Enter');
  await app.sees('3 pending', 'schema public');
  expect(app.engine.calls).not.toContain('restart');
});

test('another context begins without a schema', async () => {
  const app = await openScreen({ project: { contexts: ['default', 'staging'], schema: 'tenant_1' } });
  await app.sees('SCHEMA tenant_1');
  await app.press('C', 'Down', 'Enter');
  await app.sees('staging', '$ migtui --context staging');
  await app.seesNot('SCHEMA');
});
