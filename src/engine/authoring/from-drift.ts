import { isRefusal } from '../../database/connect/connection.ts';
import { Failure } from '../../foundation/failure.ts';
import type { MigrationSql } from '../../project/entities.ts';
import { driftFrom } from './compare.ts';
import type { OnDisk, Workspace } from './workspace.ts';

/** The contents of a revision that keeps manual changes. */
export interface KeptDrift {
  readonly sql: MigrationSql;
  readonly warnings: readonly string[];
}

/**
 * The SQL of manual changes in the live database, and its reverse; tested on the shadow.
 * @throws Failure `pending-first` if the database is not at the head that the new revision revises;
 * `no-drift`
 */
export async function sqlFromDrift(
  workspace: Workspace,
  { graph }: OnDisk,
  revises: readonly string[],
): Promise<KeptDrift> {
  const { database, done } = await workspace.session.state();
  if (isRefusal(database)) throw new Failure(database.failure);
  const order = graph.ancestors(revises);
  const pending = order.filter(id => !done.has(id));
  const beyond = [...done.keys()].filter(id => !order.includes(id));
  if (pending.length + beyond.length > 0) {
    throw new Failure({
      code: 'pending-first',
      message: `The database is not at ${revises.join(', ') || 'base'}, so its drift cannot become a revision on top of that.`,
      next: 'Apply what is pending with "migtui upgrade head", or specify the current revision with --head.',
    });
  }
  const { effects, keep, revert, notKept } = await driftFrom(workspace, order);
  if (effects.length === 0) {
    throw new Failure({
      code: 'no-drift',
      message: 'The live schema matches the applied revisions: there is nothing to keep.',
      next: 'To make a revision from the entities use --autogenerate.',
    });
  }
  if (keep.length === 0) {
    throw new Failure({
      code: 'cannot-keep-drift',
      message: `migtui cannot write SQL that keeps this: ${notKept.join(', ')}.`,
      next: 'Write the revision by hand with "migtui revision -m …", then stamp it.',
    });
  }
  const undone = effects.filter(({ words }) => words.endsWith('(no SQL for this)'));
  return {
    sql: { up: [...keep], down: [...revert] },
    warnings: [
      ...(notKept.length > 0
        ? [`Not included, because migtui cannot write SQL for it or it is INVALID: ${notKept.join(', ')}.`]
        : []),
      ...(undone.length > 0
        ? [`The downgrade does not restore ${undone.map(({ object }) => object).join(', ')}.`]
        : []),
    ],
  };
}
