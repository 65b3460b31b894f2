import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { startAgent } from './support.ts';

const chats = 'Migration20260101000000_chats';
const rows = 'Migration20260102000000_rows';
const alone = 'Migration20260103000000_alone';

/** A new embedded project for each, because its folder is the database. */
const project = () =>
  makeProject({
    pglite: true,
    config: `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }`,
    migrations: {
      [chats]: { up: 'create table "chats" ("id" serial primary key, "title" text)' },
      [rows]: {
        up: [`insert into "chats" ("title") values ('a')`, `insert into "chats" ("title") values ('b')`],
      },
      [alone]: {
        up: ['create table "one" ("id" int)', 'create table "two" ("id" int)'],
        transactional: false,
      },
    },
  });

// events: started, batch, step, statement, done, step-done, step, 2 x (statement, done), step-done, batch-done, batch, step, …
test.each(
  sampled([
    { at: 8, applied: [], outcome: 'rolled back', unsettled: [] },
    { at: 12, applied: [chats, rows], outcome: 'done', unsettled: [] },
    { at: 16, applied: [chats, rows], outcome: 'started', unsettled: [alone] },
  ]),
)('an embedded database whose run is killed at event $at', async ({ at, applied, outcome, unsettled }) => {
  const { root } = await project();
  const agent = await startAgent();
  await agent.order({ root, url: '', at, accident: 'die' });
  await agent.end();
  const engine = await openEngine({ root }, () => {});
  const overview = await engine.overview();
  expect(overview.revisions.filter(({ state }) => state === 'applied').map(({ id }) => id)).toEqual(
    applied.toReversed(),
  );
  expect(overview.unsettled.map(({ revision }) => revision)).toEqual(unsettled);
  expect((await engine.journal())[0]).toMatchObject({ outcome });
  for (const revision of unsettled) await engine.resolveRevision(revision, 'applied');
  const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
  if (preview.plan.steps.length > 0) expect((await engine.run(preview, {})).failure).toBeNull();
  expect(await engine.overview()).toMatchObject({ pending: [], unsettled: [] });
  await engine.close();
});
