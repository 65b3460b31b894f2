import { expect, test } from 'vitest';
import { createDatabase } from '../support/server.ts';
import { engineOn, projectOf, running } from './support.ts';

test('check leaves out owners and grants according to the settings, and says so', async () => {
  const database = await createDatabase();
  const project = await projectOf({
    url: database.url,
    migrations: { Migration20260101000000_items: { revises: [], up: 'create table items (id int)' } },
  });
  const { name } = await database.createRole();
  const strict = await engineOn(project.root, { shadow: database.url });
  await running(strict, 'upgrade', 'head');
  await database.query(`alter table items owner to ${name}; grant select on items to public`);
  const found = await strict.check(['drift']);
  await strict.close();
  expect(found.findings[0]?.effects.length).toBeGreaterThan(0);
  expect(found.notCompared).not.toContain('owners');

  const lenient = await engineOn(project.root, { shadow: database.url, notCompared: ['owners', 'grants'] });
  const left = await lenient.check(['drift']);
  await lenient.close();
  expect(left).toMatchObject({
    clean: true,
    notCompared: expect.stringMatching(/^owners and grants \(the setting "notCompared"\), roles/),
  });
});
