import { expect, test } from 'vitest';
import type { PlanStart, Preview } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const named = (index: number) => `Migration${20260101000000 + index}`;

test('a long plan reports its first steps before the preview returns, a short one does not', async () => {
  const database = await createDatabase();
  const { root } = await makeProject({
    url: database.url,
    migrations: Object.fromEntries(
      Array.from({ length: 320 }, (_, index) => [named(index), { up: `create table t${index} ()` }]),
    ),
  });
  const starts: PlanStart[] = [];
  const reported = Promise.withResolvers<void>();
  const engine = await openEngine({ root }, event => {
    if (event.type !== 'plan-start') return;
    starts.push(event.start);
    // The process is free once before the preview continues.
    setImmediate(reported.resolve);
  });
  try {
    await engine.preview({ command: 'upgrade', targets: ['+20'] });
    expect(starts).toEqual([]);
    let returned: Preview | null = null;
    const asked = engine.preview({ command: 'upgrade', targets: ['head'] }).then(preview => {
      returned = preview;
      return preview;
    });
    await reported.promise;
    expect(starts).toHaveLength(1);
    const { request, databaseName, count, first } = starts[0] as PlanStart;
    expect(returned).toBeNull();
    const preview = await asked;
    expect({ request, databaseName, count }).toEqual({
      request: preview.request,
      databaseName: database.name,
      count: 320,
    });
    expect(first).toEqual(
      preview.steps
        .slice(0, 100)
        .map(({ revision, action, preview: sql }) => ({ revision, action, preview: sql })),
    );
  } finally {
    await engine.close();
    await database.drop();
  }
});

test('a long plan that cannot be undone names every revision without down()', async () => {
  const database = await createDatabase();
  const { root } = await makeProject({
    url: database.url,
    // MikroORM's default is the folder of the first project of this process.
    config: 'baseDir: import.meta.dirname,',
    migrations: Object.fromEntries(
      Array.from({ length: 320 }, (_, index) => [
        named(index),
        {
          up: `create table t${index} ()`,
          ...(![5, 315].includes(index) && { down: `drop table t${index}` }),
        },
      ]),
    ),
  });
  const starts: PlanStart[] = [];
  const engine = await openEngine({ root }, event => {
    if (event.type === 'plan-start') starts.push(event.start);
  });
  const stamp = async (target: string) => {
    const preview = await engine.preview({ command: 'stamp', targets: [target] });
    expect((await engine.run(preview, {})).failure).toBeNull();
    starts.length = 0;
  };
  const undoing = () => engine.preview({ command: 'downgrade', targets: ['base'] });
  try {
    await stamp('head');
    // One of the first steps, which come from the newest revision down, and one of the rest.
    await expect(undoing()).rejects.toMatchObject({ code: 'no-down', candidates: [named(315), named(5)] });
    expect(starts).toEqual([]);
    await stamp(named(310));
    // Only one of the rest.
    await expect(undoing()).rejects.toMatchObject({ code: 'no-down', candidates: [named(5)] });
    expect(starts.map(({ first }) => first[0]?.revision)).toEqual([named(310)]);
  } finally {
    await engine.close();
    await database.drop();
  }
});
