import { Failure } from '../../foundation/failure.ts';
import type { RevisionGraph } from '../../revisions/graph.ts';
import type { RevisionRequest } from '../api.ts';

/** The parents of a new revision. @throws TargetError `multiple-heads` and others; Failure `not-a-head` */
export function parentsOf(graph: RevisionGraph, { head, splice }: RevisionRequest): string[] {
  if (graph.ids.length === 0) return [];
  const parents = graph.resolve(head ?? 'head');
  const inner = parents.filter(id => graph.children(id).length > 0);
  if (inner.length > 0 && splice !== true) {
    throw new Failure({
      code: 'not-a-head',
      message: `${inner.join(', ')} is not a head: a revision on top of it starts a second branch.`,
      next: 'Choose a head, or use --splice to start a branch.',
      candidates: graph.heads,
    });
  }
  return parents;
}

/**
 * The contents of `dependsOn`. Labels remain labels, because they follow their branch.
 * @throws TargetError; Failure `depends-on-lineage`
 */
export function dependenciesOf(
  graph: RevisionGraph,
  targets: readonly string[],
  revises: readonly string[],
): string[] {
  const labels = new Set(graph.ids.flatMap(id => graph.get(id)?.labels ?? []));
  const lineage = new Set(graph.ancestors(revises));
  return targets.flatMap(target => {
    const ids = graph.resolve(target);
    const covered = ids.filter(id => lineage.has(id));
    if (covered.length > 0) {
      throw new Failure({
        code: 'depends-on-lineage',
        message: `${covered.join(', ')} is already an ancestor: there is no need to depend on it.`,
        next: 'Omit it.',
      });
    }
    return labels.has(target) ? [target] : ids;
  });
}

/** The label, if it is valid and nothing else has that name. @throws Failure `label-taken` | `bad-label` */
export function freeLabel(graph: RevisionGraph, label: string): string {
  const invalid = [...new Set(label.match(/[@:+\s]/g) ?? [])];
  if (label === '' || invalid.length > 0) {
    const found = invalid.map(one => (/\s/.test(one) ? 'white space' : one)).join(' and ');
    throw new Failure({
      code: 'bad-label',
      message: `"${label}" cannot be a label: it ${label === '' ? 'is empty' : `contains ${found}`}.`,
      next: 'Use letters, digits, - and _.',
    });
  }
  const holder = graph.ids.find(id => id === label || graph.get(id)?.labels.includes(label));
  if (holder !== undefined || /^(head|heads|base|current)$/.test(label)) {
    throw new Failure({
      code: 'label-taken',
      message:
        holder === undefined
          ? `"${label}" cannot be a label: it is the name of a target.`
          : `The label "${label}" is taken by ${holder}.`,
      next: 'Choose another.',
    });
  }
  return label;
}
