import { expect, test } from 'vitest';
import { afterEachTest, open } from '../database/support.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { silentProxy } from '../support/silent-proxy.ts';

const revision = 'Migration20260101000000_first';

const closing = afterEachTest();

test('without a server at the end of a run, the current revisions are unknown', async () => {
  const database = await createDatabase();
  const proxy = await silentProxy(database.url, (_, piece) => {
    if (piece.includes(`select 'away'`)) void proxy.close();
  });
  closing.push(() => proxy.close().catch(() => {}));
  const project = await makeProject({
    url: proxy.through(database.url),
    config: 'baseDir: process.cwd(),',
    migrations: {
      [revision]: { up: ['create table "kept" ("id" int)', `select 'away'`], transactional: false },
    },
  });
  const app = await open(project.root);
  closing.push(() => app.close());
  const { steps, tipsUnknown } = await app.run(`up ${revision}`);
  expect(steps[0]).toMatchObject({ outcome: 'failed', changesRemain: true });
  expect(tipsUnknown).toBe(true);
}, 30_000);
