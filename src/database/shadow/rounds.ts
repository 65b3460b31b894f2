import type { ObjectSql } from './statements.ts';
import type { Trial } from './trial.ts';

/** Statements in the order in which they ran, and those that fail or do not exist. */
export interface Tried {
  readonly ran: readonly ObjectSql[];
  readonly failed: readonly ObjectSql[];
}

/** Runs each object's statements. One that fails may need another object first: it is tried again after the others. */
export async function runInRounds(trial: Trial, statements: readonly ObjectSql[]): Promise<Tried> {
  const ran: ObjectSql[] = [];
  let left = statements;
  for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
    before = left.length;
    const failed: ObjectSql[] = [];
    for (const one of left) {
      if (one.sql.length > 0 && (await trial.run(one.sql)) === null) ran.push(one);
      else failed.push(one);
    }
    left = failed;
  }
  return { ran, failed: left };
}
