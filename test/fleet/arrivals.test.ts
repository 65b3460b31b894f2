import { afterEach, expect, test } from 'vitest';
import { createDatabase } from '../support/server.ts';
import { closeAll, fleetOf, one, schemaSql, two } from './support.ts';

afterEach(closeAll);

test('the other contexts in which revisions are applied, and their size', async () => {
  const { database, project, open } = await fleetOf({});
  const staging = await createDatabase();
  await staging.query(`drop schema public; ${schemaSql('public', [one, two])}`);
  const urls = { default: database.url, staging: staging.url, live: 'postgres://ana@127.0.0.1:1/chat' };
  await project.write(
    'mikro-orm.config.js',
    `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
export default Object.entries(${JSON.stringify(urls)}).map(([contextName, clientUrl]) => defineConfig({
  contextName, clientUrl, baseDir: process.cwd(), extensions: [Migrator],
  entities: [], discovery: { warnWhenNoEntities: false },
  migrations: { path: 'migrations', snapshot: false },
}));
`,
  );
  const engine = await open({ context: 'default' });
  expect(await engine.arrivals()).toEqual([
    { context: 'staging', applied: [one, two], failure: null },
    { context: 'live', applied: [], failure: expect.objectContaining({ code: 'database-unreachable' }) },
  ]);
  expect(await engine.sizes()).toMatchObject({ [one]: 1, [two]: 1 });
  const fromStaging = await open({ context: 'staging' });
  expect((await fromStaging.arrivals()).map(({ context }) => context)).toEqual(['default', 'live']);
});
