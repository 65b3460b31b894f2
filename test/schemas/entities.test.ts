import { describe, expect, test } from 'vitest';
import type { Draft, EngineApi } from '../../src/engine/api.ts';
import { asking, later, projectOf, running } from '../authoring/support.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';
import { type EntityChange, entityChanges, helpers } from './entity-changes.ts';

/*
 * For every entity change, autogenerate produces the schema of the new entities, and its downgrade restores
 * the old one.
 */

/** Number of changes per draft, each in its own tables. */
const size = 15;

type Numbered = EntityChange & { readonly table: string };

const numbered: readonly Numbered[] = entityChanges.map((change, at) => ({
  ...change,
  table: `t${String(at).padStart(3, '0')}`,
}));
const batches = Array.from({ length: Math.ceil(numbered.length / size) }, (_, at) =>
  numbered.slice(at * size, (at + 1) * size),
);

function sourceOf(batch: readonly Numbered[], side: 'before' | 'after'): string {
  const lists = batch
    .filter(one => one[side] !== '')
    .map(one => `  ...[${one[side].replaceAll('$', one.table)}].flat(),`);
  return `${helpers}\nexport const entities: any[] = [\n  table('always', {}),\n${lists.join('\n')}\n];\n`;
}

/** Everything matches, and there is nothing to generate. */
async function upToDate(engine: EngineApi): Promise<void> {
  expect(await engine.check(['entities', 'snapshot', 'drift'])).toMatchObject({ findings: [], skipped: [] });
  await expect(engine.draftRevision({ message: 'again', autogenerate: true })).rejects.toMatchObject({
    code: 'no-changes',
  });
}

async function generated(engine: EngineApi, message: string, renames: readonly string[]): Promise<Draft> {
  const draft = await engine.draftRevision({ message, autogenerate: true, renames, noRename: true });
  await engine.write(draft);
  return draft;
}

describe.each(sampled(batches.map(batch => [batch.map(({ what }) => what).join('; '), batch] as const)))(
  '%s',
  (_, batch) => {
    test('a fixed point, up and down', async () => {
      const database = await createDatabase();
      let project = await projectOf({ url: database.url, entities: sourceOf(batch, 'before') });
      await asking(project.root, async engine => {
        await generated(engine, 'before', []);
        await running(engine, 'upgrade', 'head');
        await upToDate(engine);
      });
      project = await later(project, { entities: sourceOf(batch, 'after') });
      const renames = batch.flatMap(one => (one.renames ?? []).map(text => text.replaceAll('$', one.table)));
      const draft = await asking(project.root, engine => generated(engine, 'after', renames));
      const losses = draft.warnings.filter(warning => warning.startsWith('The downgrade'));
      project = await later(project);
      await asking(project.root, async engine => {
        await running(engine, 'upgrade', 'head');
        await upToDate(engine);
        await running(engine, 'downgrade', '-1');
        const { findings } = await engine.check(['drift']);
        expect({ losses, findings: findings.flatMap(({ effects }) => effects) }).toEqual({
          losses: [],
          findings: [],
        });
      });
    });
  },
);
