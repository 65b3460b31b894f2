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
  const engine = await openEngine({ root }, event => {
    if (event.type === 'plan-start') starts.push(event.start);
  });
  try {
    await engine.preview({ command: 'upgrade', targets: ['+20'] });
    expect(starts).toEqual([]);
    let returned: Preview | null = null;
    const asked = engine.preview({ command: 'upgrade', targets: ['head'] }).then(preview => {
      returned = preview;
      return preview;
    });
    await expect.poll(() => starts).toHaveLength(1);
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
