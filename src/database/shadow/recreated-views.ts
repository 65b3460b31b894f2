import { keyOf } from './effects.ts';
import type { Fact } from './inventory.ts';
import { same } from './statements.ts';
import type { Trial } from './trial.ts';

const dropOfView = /^drop view if exists (.+?) cascade;?\s*$/i;

/**
 * Removes the statements that drop a view and create it again unchanged: with the view they would drop everything
 * that reads it, which MikroORM does not create again.
 */
export async function withoutRecreatedViews(trial: Trial, statements: readonly string[]): Promise<string[]> {
  if (!statements.some(statement => dropOfView.test(statement))) return [...statements];
  const before = new Map((await trial.inventory()).map(fact => [keyOf(fact), definitionOf(fact)]));
  let left = [...statements];
  for (const drop of statements) {
    const view = dropOfView.exec(drop)?.[1]?.toLowerCase();
    const create = view && statements.find(one => one.toLowerCase().startsWith(`create view ${view} as `));
    if (!create) continue;
    const after = await trial.apart(async () =>
      (await trial.run([drop, create])) === null ? trial.inventory() : null,
    );
    if (!after) continue;
    // what is missing was dropped with the view; the view itself is there
    const isSame = after.every(fact => {
      const earlier = before.get(keyOf(fact));
      return earlier !== undefined && same(earlier, definitionOf(fact));
    });
    if (isSame) left = left.filter(one => one !== drop && one !== create);
  }
  if (left.length === statements.length) return left;
  // another statement may need the view to be gone
  const runs = await trial.apart(async () => (await trial.run(left.filter(one => one !== ''))) === null);
  return runs ? left : [...statements];
}

/** Without properties that MikroORM does not support: a view that is created again has lost its privileges. */
function definitionOf(fact: Fact): Fact {
  const { privileges, owner, ...is } = fact.is;
  return { ...fact, is };
}
