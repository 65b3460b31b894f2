import type { MikroORM } from '@mikro-orm/core';
import type { FailureInfo } from '../../foundation/failure.ts';
import { type Change, changesBetween } from './effects.ts';
import type { Inventory } from './inventory.ts';
import { ReplayFailure, type ReplayStep } from './revision-run.ts';
import type { Stage, Way } from './stage.ts';

/** The result of undoing a step, or of running it again. */
export interface Return {
  /** `same`: the schema was restored; `none`: there is no `down()`; `untried`: an earlier part failed. */
  readonly outcome: 'same' | 'differs' | 'failed' | 'none' | 'untried';
  /** The schema differences, from the expected to the actual state. */
  readonly differences: readonly Change[];
  readonly failure: FailureInfo | null;
}

/** One step on the shadow: run, undone, and run again. */
export interface RoundTrip {
  readonly step: ReplayStep;
  /** The schema changes of the step. */
  readonly changes: readonly Change[];
  /** Why the step itself failed; nothing else is then known. */
  readonly failure: FailureInfo | null;
  readonly undone: Return;
  readonly redone: Return;
}

const untried: Return = { outcome: 'untried', differences: [], failure: null };
const same: Return = { outcome: 'same', differences: [], failure: null };

/**
 * What undoing a step, or running it again, does not restore. Nothing undoes VALIDATE CONSTRAINT, and an unvalidated
 * constraint refuses the same new rows: validity does not count.
 */
export function notRestored(wanted: Inventory, actual: Inventory): readonly Change[] {
  return changesBetween(validated(wanted), validated(actual), { renames: false });
}

function validated(inventory: Inventory): Inventory {
  return inventory.map(fact => {
    const { definition } = fact.is;
    if (fact.kind !== 'constraint' || !definition?.endsWith(' NOT VALID')) return fact;
    return { ...fact, is: { ...fact.is, definition: definition.slice(0, -' NOT VALID'.length) } };
  });
}

/** The step that reverts this one. */
function inverse({ revision, action }: ReplayStep): ReplayStep {
  return { revision, action: action === 'up' ? 'down' : 'up' };
}

/** The known schema while steps are tried one after the other. */
export class RoundTrips {
  readonly #stage: Stage;
  readonly #read: (orm: MikroORM) => Promise<Inventory>;
  /** The key of the state after one more step. */
  readonly #next: (key: string, step: ReplayStep) => string;
  /** The schema before the next step; null: it must be read. */
  #before: { readonly at: number; readonly inventory: Inventory } | null = null;
  /** The open state is the result of undoing and redoing: the same schema, but possibly different rows. */
  #reused = false;

  constructor(
    stage: Stage,
    read: (orm: MikroORM) => Promise<Inventory>,
    next: (key: string, step: ReplayStep) => string,
  ) {
    this.#stage = stage;
    this.#read = read;
    this.#next = next;
  }

  /** Tries the step at index `at`, on the schema of the steps before it. */
  async try(way: Way, at: number): Promise<RoundTrip> {
    const step = way.steps[at] as ReplayStep;
    const before =
      this.#before?.at === at
        ? this.#before.inventory
        : await this.#read(await this.#stage.bring(part(way, at)));
    this.#before = null;
    let after: Inventory;
    try {
      after = await this.#read(await this.#forwards(part(way, at + 1)));
    } catch (error) {
      if (!(error instanceof ReplayFailure)) throw error;
      return { step, changes: [], failure: error.advised, undone: untried, redone: untried };
    }
    const changes = changesBetween(before, after);
    const there = this.#extended(part(way, at + 1), inverse(step));
    const undone = await this.#compare(there, before);
    if (undone.outcome === 'none') {
      this.#before = { at: at + 1, inventory: after };
      return { step, changes, failure: null, undone, redone: untried };
    }
    if (undone.outcome === 'failed') return { step, changes, failure: null, undone, redone: untried };
    const again = this.#extended(there, step);
    const redone = await this.#compare(again, after);
    if (undone.outcome === 'same' && redone.outcome === 'same') {
      // The next step continues from here, which saves replaying everything before it.
      this.#stage.rename(again.keys.at(-1) as string, way.keys[at + 1] as string);
      this.#before = { at: at + 1, inventory: after };
      this.#reused = true;
    }
    return { step, changes, failure: null, undone, redone };
  }

  /** A step that fails on rows left by undoing is tried again on a clean state. */
  async #forwards(way: Way): Promise<MikroORM> {
    const reused = this.#reused;
    this.#reused = false;
    try {
      return await this.#stage.bring(way);
    } catch (error) {
      if (!reused || !(error instanceof ReplayFailure)) throw error;
      this.#stage.forget();
      return this.#stage.bring(way);
    }
  }

  async #compare(way: Way, wanted: Inventory): Promise<Return> {
    try {
      const differences = notRestored(wanted, await this.#read(await this.#stage.bring(way)));
      return differences.length === 0 ? same : { outcome: 'differs', differences, failure: null };
    } catch (error) {
      if (!(error instanceof ReplayFailure)) throw error;
      return {
        outcome: error.reason.code === 'no-down' ? 'none' : 'failed',
        differences: [],
        failure: error.reason,
      };
    }
  }

  #extended({ steps, keys, sources }: Way, step: ReplayStep): Way {
    return { steps: [...steps, step], keys: [...keys, this.#next(keys.at(-1) as string, step)], sources };
  }
}

/** The first steps of a replay. */
function part({ steps, keys, sources }: Way, count: number): Way {
  return { steps: steps.slice(0, count), keys: keys.slice(0, count + 1), sources };
}
