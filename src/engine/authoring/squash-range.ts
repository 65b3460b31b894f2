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
  const onInside = others.filter(id =>
    graph.needs(id).some(need => need !== tip && inside.has(need) && !line.includes(id)),
  );
  if (onInside.length > 0) {
    throw new Failure({
      code: 'branch-inside',
      message: `${listed(onInside)} ${onInside.length === 1 ? 'stands' : 'stand'} inside "${text}": revisions can only follow the end of a squashed revision.`,
      next: 'Squash up to there and from there on, or put that branch on top of the line: migtui merge --rebase.',
      candidates: onInside,
    });
  }
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

function outside(ids: readonly string[], inside: ReadonlySet<string>): string[] {
  return [...new Set(ids)].filter(id => !inside.has(id));
}
