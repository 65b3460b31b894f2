import type { RevisionGraph } from '../../src/revisions/graph.ts';
import type { RevisionInput } from '../../src/revisions/links.ts';
import { TargetError } from '../../src/revisions/targets/target-error.ts';

/** A graph with Alembic 1.8.1's recorded results. */
export interface Recording {
  readonly revisions: readonly RevisionInput[];
  readonly heads: readonly string[];
  readonly realHeads: readonly string[];
  readonly bases: readonly string[];
  readonly cases: readonly Case[];
}

/** A request, its version table, and Alembic's result: lists are sorted. */
export interface Case {
  readonly op: 'resolve' | 'range' | 'upgrade' | 'downgrade' | 'stamp';
  readonly target: string | readonly string[];
  readonly state: readonly string[];
  readonly answer: Answer;
}

export interface Answer {
  /** Of resolve and range. */
  readonly ids?: readonly string[];
  readonly steps?: readonly string[];
  readonly tips?: readonly string[];
  /** An error message of Alembic, or of migtui. */
  readonly error?: string;
  /** An unintended Python error. */
  readonly crash?: string;
  /** Ours only. */
  readonly code?: string;
}

type Packed = [
  revisions: [id: string, revises: string[], dependsOn?: string[], labels?: string[]][],
  heads: string[],
  realHeads: string[],
  bases: string[],
  cases: [Case['op'], Case['target'], Case['state'], Answer][],
];

/** Unpacks the recorded results, which are stored compactly as lists. */
export function readRecordings(json: string): Recording[] {
  return (JSON.parse(json) as Packed[]).map(([revisions, heads, realHeads, bases, cases]) => ({
    revisions: revisions.map(([id, revises, dependsOn = [], labels = []]) => ({
      id,
      revises,
      dependsOn,
      labels,
    })),
    heads,
    realHeads,
    bases,
    cases: cases.map(([op, target, state, answer]) => ({ op, target, state, answer })),
  }));
}

/** migtui's result, in the format of a recorded one. */
export function ask(graph: RevisionGraph, { op, target, state }: Case): Answer {
  try {
    if (op === 'resolve') return { ids: graph.resolve(target as string) };
    if (op === 'range') return { ids: [...graph.range(target as string).revisions].sort() };
    const applied = graph.ancestors(state);
    if (op === 'stamp') return { tips: graph.stamp(target, applied).tips };
    const { steps, tips } = graph[op](target as string, applied);
    return { steps: steps.map(step => step.revision).sort(), tips };
  } catch (error) {
    if (error instanceof TargetError) return { error: error.message, code: error.code };
    throw error;
  }
}

/** The same result, or an error from both. */
export function agree(alembic: Answer, migtui: Answer): boolean {
  if (alembic.error !== undefined || alembic.crash !== undefined) return migtui.code !== undefined;
  const shape = ({ ids, steps, tips }: Answer): string => JSON.stringify([ids, steps, tips]);
  return migtui.code === undefined && shape(alembic) === shape(migtui);
}

/** An intended difference from Alembic 1.8.1. */
interface Exception {
  readonly reason: string;
  readonly covers: (one: Case, migtui: Answer, graph: RevisionGraph) => boolean;
}

const refused = ({ error, crash }: Answer): boolean => error !== undefined || crash !== undefined;
const targets = ({ target }: Case): string[] => [target].flat();
const written = (one: Case, pattern: RegExp): boolean => targets(one).some(target => pattern.test(target));

/** All of them. The first few return a result where Alembic fails; the others fail or correct an accident. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    reason:
      'reference: <target>+N and the like are targets everywhere; Alembic takes them in upgrade, downgrade and history only',
    covers: (one, { code }) =>
      ['stamp', 'resolve'].includes(one.op) &&
      refused(one.answer) &&
      code === undefined &&
      written(one, /[+-]\d+$/),
  },
  {
    reason: 'reference: a revision may be named by its digits or its slug',
    covers: (one, { code }, graph) => {
      const parts = targets(one).flatMap(target => target.replace(/[+-]\d+$/, '').split('@'));
      const names = (part: string, id: string): boolean =>
        id.startsWith('Migration') &&
        (id.slice(9).startsWith(part) || id.replace(/^\w+?_/, '').startsWith(part));
      const dated = parts.some(part => part !== '' && graph.ids.some(id => names(part, id)));
      return one.answer.error !== undefined && code === undefined && dated;
    },
  },
  {
    reason: 'a part of a name is looked for inside the branch; Alembic does so too, but not in a stamp',
    covers: (one, { code }) =>
      one.op === 'stamp' && one.answer.error !== undefined && code === undefined && written(one, /@\w+$/),
  },
  {
    reason: 'reference: each of several targets moves its own lineage; Alembic crashes at the second',
    covers: (one, { code }) => one.op === 'stamp' && one.answer.crash !== undefined && code === undefined,
  },
  {
    reason:
      'the same; Alembic loses a target that is current already, takes base among others for nothing, moves branches together, and lets effective heads push each other out',
    covers: (one, { code }, graph) => {
      if (one.op !== 'stamp' || code !== undefined || refused(one.answer)) return false;
      const each = targets(one).map(target => graph.resolve(target, graph.ancestors(one.state)));
      const all = each.flat();
      const overlap = all.some(id =>
        all.some(other => other !== id && graph.ancestors([other]).includes(id)),
      );
      const mixed = each.length > 1 && (each.some(ids => ids.length === 0) || written(one, /@/));
      return (all.length > 1 && (overlap || all.some(id => one.state.includes(id)))) || mixed;
    },
  },
  {
    reason:
      'reference: several targets only when none is an ancestor of another; Alembic writes rows that overlap',
    covers: (one, { code }) =>
      one.op === 'stamp' && targets(one).length > 1 && code === 'overlapping-targets',
  },
  {
    reason:
      'undoing a merge that is current takes that revision alone; Alembic refuses the step as ambiguous',
    covers: (one, { code }, graph) =>
      one.op === 'downgrade' &&
      written(one, /(^|@)-1$/) &&
      one.answer.error !== undefined &&
      code === undefined &&
      one.state.some(id => graph.isMergePoint(id)),
  },
  {
    reason: 'reference: -N from several current revisions is ambiguous; Alembic warns and takes any of them',
    covers: (one, { code }) =>
      one.op === 'downgrade' && written(one, /^-\d+$/) && one.state.length > 1 && code === 'ambiguous-walk',
  },
  {
    reason:
      'reference: nothing runs on a typo; Alembic does not look at the label of <label>@base, nor of a downgrade with one way to go',
    covers: (one, { code }) =>
      written(one, /@/) &&
      !refused(one.answer) &&
      ['unknown-target', 'ambiguous-target'].includes(code ?? ''),
  },
  {
    reason: 'reference: walking past base is an error; Alembic goes from base-1 to a head',
    covers: (one, { code }) => written(one, /(^|@)base-\d+$/) && code === 'past-base',
  },
  {
    reason:
      'no step is no step: Alembic looks for the start of <label>@<rev>+0 outside the branch in a downgrade, inside it in an upgrade',
    covers: (one, { code }) =>
      one.op === 'downgrade' &&
      written(one, /@.*[+-]0$/) &&
      (refused(one.answer) ? code === undefined : ['not-in-branch', 'multiple-heads'].includes(code ?? '')),
  },
  {
    reason:
      'reference: -N counts from current; where a database is empty Alembic counts a stamp from the heads of the project',
    covers: (one, { code }) =>
      one.op === 'stamp' && one.state.length === 0 && written(one, /^(.*@)?-\d+$/) && code === 'past-base',
  },
  {
    reason:
      'without a database Alembic counts -N from each head, from none when a revision stands for the label, and passes over base',
    covers: (one, { code }) =>
      one.op === 'resolve' && written(one, /^(.*@)?-\d+$/) && code !== 'unknown-target',
  },
  {
    reason:
      'a range shows what there is of it: Alembic crashes when an end is base, or when one head is an end',
    covers: (one, { code }) => one.op === 'range' && one.answer.crash !== undefined && code === undefined,
  },
  {
    reason:
      '<label>@base: shows what leads to the branch too; Alembic drops an end that does not carry the label itself',
    covers: (one, { code }) =>
      one.op === 'range' && written(one, /^\w+@base:/) && code === undefined && !refused(one.answer),
  },
];
