import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Draft, EngineApi } from '../../src/engine/api.ts';
import { changed, changes, model, sourceOf } from '../authoring/model.ts';
import { asking, later, projectOf, running } from '../authoring/support.ts';
import type { Project } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

/** Number of cases; set PROPERTY_RUNS for more, each takes about a second. */
const runs = Number(process.env.PROPERTY_RUNS ?? 12);

/*
 * Two developers change the entities of one project at random, each generates a revision, and the branches
 * are merged: either the rehearsal reports a conflict, or the merge, applied to a database, produces the
 * schema of the merged entities.
 */
test('merge and upgrade produce the schema of the merged entities, or a conflict is reported', {
  timeout: 60_000 + runs * 2_000,
}, async () => {
  const { url: shadow } = await createDatabase();
  const counts: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(model, changes, changes, async (start, ours, theirs) => {
      const [mine, yours] = [changed(start, ours), changed(start, theirs)];
      fc.pre(isDeepStrictEqual(mine, start) === false && isDeepStrictEqual(yours, start) === false);
      const database = await createDatabase();
      const base = await projectOf({ url: database.url, entities: sourceOf(start) });
      await revise(base, 'base', shadow);
      const one = await later(base, { entities: sourceOf(mine) });
      const other = await later(base, { entities: sourceOf(yours) });
      const files = {
        ...(await revise(one, 'ours', shadow)),
        ...(await revise(other, 'theirs', shadow)),
      };
      const merged = await later(base, { entities: sourceOf(changed(mine, theirs)), files });
      const result = await mergeHeads(merged, shadow);
      counts[result] = (counts[result] ?? 0) + 1;
      await database.drop();
    }),
    { numRuns: runs, interruptAfterTimeLimit: runs * 2_000, markInterruptAsFailure: false },
  );
  if (process.env.PROPERTY_RUNS) console.log(counts);
  expect(Object.keys(counts)).not.toEqual([]);
});

/** Generates and writes a revision; returns its files, or none if nothing changed. */
async function revise(project: Project, message: string, shadow: string): Promise<Record<string, string>> {
  return asking(
    project.root,
    async engine => {
      try {
        const draft = await drafted(engine, message);
        await engine.write(draft);
        return Object.fromEntries(draft.files.map(({ path, after }) => [path, after as string]));
      } catch (error) {
        if ((error as { code?: string }).code === 'no-changes') return {};
        throw error;
      }
    },
    { shadow },
  );
}

/** Like a user who confirms every possible rename. */
async function drafted(engine: EngineApi, message: string): Promise<Draft> {
  const renames: string[] = [];
  const notRenames: string[] = [];
  for (;;) {
    try {
      return await engine.draftRevision({ message, autogenerate: true, renames, notRenames });
    } catch (error) {
      const { code, candidates = [] } = error as { code?: string; candidates?: readonly string[] };
      if (code !== 'rename-or-not') throw error;
      const ends = (rename: string): string[] => [rename.replace(/:.*$/, ''), rename.replace(/[^.:]*:/, '')];
      for (const one of candidates) {
        const taken = renames.flatMap(ends);
        (ends(one).some(end => taken.includes(end)) ? notRenames : renames).push(one);
      }
    }
  }
}

async function mergeHeads(project: Project, shadow: string): Promise<string> {
  const result = await asking(
    project.root,
    async engine => {
      const { heads } = await engine.overview();
      if (heads.length < 2) return 'one head';
      const { verdict } = await engine.rehearse([]);
      if (verdict === 'fails' || verdict === 'differs') return verdict;
      const draft = await engine.draftMerge({ heads: [], message: 'merge', reconcile: true });
      await engine.write(draft);
      // Only the user can decide it, so the merge leaves it to a revision.
      if (draft.warnings.some(warning => warning.includes('may be a rename'))) {
        await engine.write(await drafted(engine, 'renames'));
      }
      return verdict;
    },
    { shadow },
  );
  if (result === 'fails' || result === 'differs') return result;
  await asking(
    project.root,
    async engine => {
      await running(engine, 'upgrade', 'head');
      const report = await engine.check(['heads', 'entities', 'drift', 'snapshot', 'pending']);
      // With one side unchanged there is no merge to reconcile.
      const found = report.findings.filter(({ kind }) => result !== 'one head' || kind === 'heads');
      expect(found).toEqual([]);
      expect(report.skipped).toEqual([]);
    },
    { shadow },
  );
  return result;
}
