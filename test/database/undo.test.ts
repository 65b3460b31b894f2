import { expect, test } from 'vitest';
import type { EngineApi, PlanRequest } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';

const table = (name: string) => ({ up: `create table ${name} ()`, down: `drop table ${name}` });
const migrations = { M1: table('a'), M2: table('b'), M3: table('c') };

async function engineWith(config = "schemaGenerator: { ignoreSchema: ['migtui'] }"): Promise<{
  database: Database;
  engine: EngineApi;
  go(request: Partial<PlanRequest>): Promise<readonly string[]>;
}> {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations,
    config: `baseDir: process.cwd(), ${config}`,
  });
  const engine = await openEngine({ root: project.root }, () => {});
  return {
    database,
    engine,
    async go(request) {
      const preview = await engine.preview({ command: 'upgrade', targets: [], ...request });
      const { failure, tips } = await engine.run(preview, {});
      expect(failure).toBeNull();
      return tips;
    },
  };
}

const undo = { past: { kind: 'undo' } } as const;
const redo = { past: { kind: 'redo' } } as const;

test('undo reverts whole runs, redo repeats them, both as plans that are shown', async () => {
  const { database, engine, go } = await engineWith();
  await go({ targets: ['M1'] });
  await go({ targets: ['M3'] });
  const shown = await engine.preview({ command: 'upgrade', targets: [], ...undo });
  expect(shown).toMatchObject({
    request: { command: 'downgrade', past: { kind: 'undo', run: expect.any(String) } },
    steps: [
      { revision: 'M3', action: 'down', losses: ['drops table c (empty)'] },
      { revision: 'M2', action: 'down' },
    ],
    plan: { tips: ['M1'] },
  });
  expect(await go(undo)).toEqual(['M1']);
  const [newest] = await engine.journal();
  expect(newest?.undoes).toBe(shown.request.past?.run);
  expect(await go(undo)).toEqual([]);
  expect(await database.query("select to_regclass('a') as a")).toEqual([{ a: null }]);
  await expect(go(undo)).rejects.toMatchObject({ code: 'nothing-to-undo' });
  expect(await go(redo)).toEqual(['M1']);
  expect(await go(redo)).toEqual(['M3']);
  await expect(go(redo)).rejects.toMatchObject({ code: 'nothing-to-redo' });
  await go({ command: 'stamp', targets: ['M2'] });
  const stamp = await engine.preview({ command: 'upgrade', targets: [], ...undo });
  expect(stamp).toMatchObject({
    request: { command: 'stamp' },
    steps: [{ revision: 'M3', action: 'log' }],
  });
  await engine.close();
});

test('changes by others since then are not overwritten', async () => {
  const { database, engine, go } = await engineWith();
  await go({ targets: ['M2'] });
  const shown = await engine.preview({ command: 'upgrade', targets: [], ...undo });
  await database.query("insert into mikro_orm_migrations (name) values ('M3')");
  await expect(go(undo)).rejects.toMatchObject({
    code: 'cannot-undo',
    message: expect.stringContaining('M3 depends on M2'),
  });
  await database.query("delete from mikro_orm_migrations where name <> 'M1'");
  await expect(go(undo)).rejects.toMatchObject({
    message: expect.stringContaining('M2 is not applied anymore'),
  });
  await database.query("insert into mikro_orm_migrations (name) values ('M2')");
  await go({ targets: ['M3'] });
  await expect(engine.preview(shown.request)).rejects.toMatchObject({
    code: 'nothing-to-undo',
    message: expect.stringMatching(/^Another run was made since: [0-9a-f]{8}\.$/),
  });
  await engine.close();
});

test('without a journal it says so', async () => {
  const { engine, go } = await engineWith('');
  await go({ targets: ['M1'] });
  await expect(go(undo)).rejects.toMatchObject({ code: 'no-journal' });
  await engine.close();
});
