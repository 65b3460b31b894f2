import type { FailureInfo } from '../../foundation/failure.ts';
import type { Effect } from '../../values/authoring.ts';
import { changesBetween, effectsOf } from './effects.ts';
import type { Inventory } from './inventory.ts';
import { runInRounds } from './rounds.ts';
import { statementsBetween } from './statements.ts';
import type { Trial } from './trial.ts';

/** The result of statements on a scratch database. */
export interface Proof {
  /** PostgreSQL refused a statement. */
  readonly failure: FailureInfo | null;
  /** Differences from the expected schema; empty: exactly the same. */
  readonly differences: readonly Effect[];
}

/** Whether the statements produced exactly the expected schema. */
export const isProven = ({ failure, differences }: Proof): boolean =>
  failure === null && differences.length === 0;

/**
 * Statements that turn one schema into another, each object in one statement, in an order in which they run.
 * Leaves the scratch database unchanged.
 * @returns null if there is no statement for an object, or none of the remaining statements runs
 */
export async function condense(
  trial: Trial,
  before: Inventory,
  after: Inventory,
  defaultSchema: string,
): Promise<readonly string[] | null> {
  const all = statementsBetween(before, after, defaultSchema).filter(({ follows }) => !follows);
  if (all.some(({ sql }) => sql.length === 0)) return null;
  return trial.apart(async () => {
    const { ran, failed } = await runInRounds(trial, all);
    return failed.length > 0 ? null : ran.flatMap(({ sql }) => sql);
  });
}

/**
 * Runs `up` and compares the result with the expected schema, then `down` and compares it with the schema
 * before. Leaves the scratch database unchanged.
 * @returns `down` null: it was not tried
 */
export async function prove(
  trial: Trial,
  { up, down }: { readonly up: readonly string[]; readonly down: readonly string[] | null },
  before: Inventory,
  after: Inventory,
): Promise<{ readonly up: Proof; readonly down: Proof | null }> {
  return trial.apart(async () => {
    const there = await proofOf(trial, up, after);
    const back = down !== null && isProven(there) ? await proofOf(trial, down, before) : null;
    return { up: there, down: back };
  });
}

async function proofOf(trial: Trial, sql: readonly string[], wanted: Inventory): Promise<Proof> {
  const failure = await trial.run(sql);
  if (failure !== null) return { failure, differences: [] };
  const differences = changesBetween(await trial.inventory(), wanted, { renames: false });
  return { failure, differences: effectsOf(differences) };
}
