import { Failure } from '../../foundation/failure.ts';
import type { RevisionGraph } from '../../revisions/graph.ts';
import { listed } from '../../revisions/targets/target-error.ts';

/** A range of revisions that one revision can replace. */
export interface SquashRange {
  /** Oldest first. */
  readonly line: readonly string[];
  /** The parents of the range, by `revises`. */
  readonly revises: readonly string[];
  /** Its other dependencies. */
  readonly dependsOn: readonly string[];
  readonly labels: readonly string[];
  /** Everything that must be applied before it, in order. */
  readonly base: readonly string[];
  /** The last revision of the range. */
  readonly tip: string;
}

/**
 * The revisions of an inclusive range, if they can be squashed: no revision outside has a parent inside,
 * and the range ends in one revision.
 * @throws TargetError of the range; Failure `nothing-to-squash` | `several-ends` | `branch-inside`
 */
export function squashRange(graph: RevisionGraph, text: string, applied: Iterable<string>): SquashRange {
  const line = graph.range(text, applied).revisions;
  if (line.length < 2) {
    throw new Failure({
      code: 'nothing-to-squash',
      message: `"${text}" is ${line.length === 0 ? 'no revision' : `${line[0]} alone`}: a squash combines several revisions into one.`,
      next: 'Name the first and the last of a line: migtui squash <from>:<to>. See migtui history.',
    });
  }
  const inside = new Set(line);
  const tips = line.filter(id => !graph.children(id).some(child => inside.has(child)));
  if (tips.length > 1) {
    throw new Failure({
      code: 'several-ends',
      message: `"${text}" ends in ${tips.length} revisions: ${listed(tips)}.`,
      next: 'Specify one end, or merge the heads first: migtui merge.',
      candidates: tips,
    });
  }
  const tip = tips[0] as string;
  const others = graph.ids.filter(id => !inside.has(id));
  const followed = (id: string): string | undefined =>
    graph.needs(id).find(need => need !== tip && inside.has(need));
  const onInside = others.filter(id => followed(id) !== undefined);
  if (onInside[0] !== undefined) throw branchInside(graph, tip, onInside, followed(onInside[0]) as string);
  const parents = outside(
    line.flatMap(id => graph.get(id)?.revises ?? []),
    inside,
  );
  const revises = parents.filter(id => !graph.ancestors(parents.filter(one => one !== id)).includes(id));
  const needed = outside(
    line.flatMap(id => graph.needs(id)),
    inside,
  );
  const base = graph.ancestors(needed);
  const lineage = new Set(graph.ancestors(revises));
  return {
    line,
    revises,
    dependsOn: needed.filter(id => !lineage.has(id)),
    labels: [...new Set(line.flatMap(id => graph.get(id)?.labels ?? []))],
    base,
    tip,
  };
}

/** @param parent the revision inside that the first of `others` follows */
function branchInside(graph: RevisionGraph, tip: string, others: readonly string[], parent: string): Failure {
  const [first = ''] = others;
  const revises = graph.get(first)?.revises.includes(parent) ? 'revises' : 'depends on';
  const more = others.length > 1 ? ` The same is true of ${listed(others.slice(1))}.` : '';
  const above = new Set(graph.descendants([tip]));
  const merged = graph.descendants([first]).find(id => above.has(id));
  return new Failure({
    code: 'branch-inside',
    message: `${first} ${revises} ${parent}, which is inside the range. Only the last revision of a range may have followers.${more}`,
    next: `Squash up to ${parent}, or ${
      merged === undefined
        ? 'put that branch on top of the line first: migtui merge --rebase'
        : `up to ${merged}, which merges it`
    }.`,
    candidates: others,
  });
}

function outside(ids: readonly string[], inside: ReadonlySet<string>): string[] {
  return [...new Set(ids)].filter(id => !inside.has(id));
}
