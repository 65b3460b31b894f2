import { Edges } from './edges.ts';
import { cycles, topological } from './order.ts';
import type { GraphProblem, GraphProblemCode } from './problems.ts';
import type { Revision } from './revision.ts';
import { foldSquashes, type Squashes } from './squash.ts';

/** A revision as input: omitted fields are empty. */
export type RevisionInput = Pick<Revision, 'id' | 'revises'> & Partial<Revision>;

/**
 * The graph in arrays, for up to 100,000 revisions. A revision is its index in the list of ids sorted by
 * name, so index order is name order.
 */
export interface Links {
  readonly ids: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly revisions: readonly Revision[];
  /** Declared label -> the revision that declares it. */
  readonly labels: ReadonlyMap<string, number>;
  /** `revises`, in declared order, and its reverse. */
  readonly parents: Edges;
  readonly children: Edges;
  /** `revises` and the resolved `dependsOn` together, and its reverse. */
  readonly needs: Edges;
  readonly neededBy: Edges;
  /** Every revision, oldest first. */
  readonly order: Int32Array;
  readonly squashes: Squashes;
}

/**
 * Links the revisions by name, in any input order, and finds all problems. Broken parts are left out of the
 * arrays (an unknown parent, one edge of each cycle, …), so a broken project can still be shown; nothing may
 * run on it.
 * @param logged the revisions in the migrations table, which decide how squashed revisions are folded; see
 * `foldSquashes`
 */
export function link(
  input: Iterable<RevisionInput>,
  logged?: Iterable<string>,
): { links: Links; problems: GraphProblem[] } {
  const problems: GraphProblem[] = [];
  const report = (code: GraphProblemCode, { id, file, line }: Revision, message: string): void => {
    problems.push({
      code,
      message,
      revision: id,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
    });
  };

  const given: Revision[] = [];
  for (const revision of sorted(input)) {
    const first = given.at(-1);
    if (first?.id !== revision.id) given.push(revision);
    else {
      const where = first.file === undefined ? '' : ` (the other is in ${first.file})`;
      report('duplicate-id', revision, `${revision.id} exists more than once${where}`);
    }
  }
  const { revisions, squashes, problems: wrong } = foldSquashes(given, logged);
  problems.push(...wrong);
  const ids = revisions.map(revision => revision.id);
  const places = new Map(ids.map((id, place) => [id, place]));
  const labels = linkLabels(revisions, places, report);

  const parents: [number[], number[]] = [[], []];
  const needs: [number[], number[]] = [[], []];
  const linkedFrom = new Int32Array(ids.length).fill(-1);
  for (const [place, revision] of revisions.entries()) {
    for (const parent of revision.revises) {
      const target = places.get(parent);
      if (target === place) report('self-parent', revision, `${revision.id} revises itself`);
      else if (target === undefined) {
        report('unknown-parent', revision, `${revision.id} revises ${parent}, which does not exist`);
      } else if (linkedFrom[target] !== place) {
        linkedFrom[target] = place;
        parents[0].push(place);
        parents[1].push(target);
        needs[0].push(place);
        needs[1].push(target);
      }
    }
    for (const dependency of revision.dependsOn) {
      const target = places.get(dependency) ?? labels.get(dependency);
      if (target === place) report('self-dependency', revision, `${revision.id} depends on itself`);
      else if (target === undefined) {
        const message = `${revision.id} depends on ${dependency}, which is neither a revision nor a label`;
        report('unknown-dependency', revision, message);
      } else if (linkedFrom[target] !== place) {
        linkedFrom[target] = place;
        needs[0].push(place);
        needs[1].push(target);
      }
    }
  }
  const lineage = Edges.pack(ids.length, ...parents);
  const isAll = needs[0].length === parents[0].length;
  const acyclic = withoutCycles(
    revisions,
    lineage,
    isAll ? lineage : Edges.pack(ids.length, ...needs),
    report,
  );
  return { links: { ids, places, revisions, labels, squashes, ...acyclic }, problems };
}

/** The ids at these places. */
export function namesOf({ ids }: Links, places: ArrayLike<number>): string[] {
  const names = new Array<string>(places.length);
  for (let at = 0; at < places.length; at++) names[at] = ids[places[at]!]!;
  return names;
}

type Report = (code: GraphProblemCode, revision: Revision, message: string) => void;

/** Complete revisions by name; of two with the same name, the first by file. */
function sorted(input: Iterable<RevisionInput>): Revision[] {
  const all = Array.from(input, complete);
  const key = (revision: Revision): string => `${revision.file ?? ''}\0${JSON.stringify(revision)}`;
  return all.sort((a, b) => {
    if (a.id !== b.id) return a.id < b.id ? -1 : 1;
    const [left, right] = [key(a), key(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}

/** The revision with all fields; the same object if it has them. */
function complete(given: RevisionInput): Revision {
  const { dependsOn, labels, replaces, inferred } = given;
  if (dependsOn && labels && replaces && inferred !== undefined) return given as Revision;
  return {
    ...given,
    dependsOn: dependsOn ?? [],
    labels: labels ?? [],
    replaces: replaces ?? [],
    inferred: inferred ?? false,
  };
}

/** The words of the target grammar, which are no labels. */
export const RESERVED: ReadonlySet<string> = new Set(['head', 'heads', 'base', 'current']);

function linkLabels(
  revisions: readonly Revision[],
  places: ReadonlyMap<string, number>,
  report: Report,
): Map<string, number> {
  const labels = new Map<string, number>();
  for (const [place, revision] of revisions.entries()) {
    for (const label of revision.labels) {
      const other = labels.get(label);
      if (places.has(label)) {
        report('label-is-id', revision, `label ${label} of ${revision.id} is the name of a revision`);
      } else if (other !== undefined) {
        const message = `label ${label} of ${revision.id} is already used by ${revisions[other]!.id}`;
        report('duplicate-label', revision, message);
      } else if (RESERVED.has(label) || !/^[^\s@:]+$/.test(label)) {
        const message = `label ${JSON.stringify(label)} of ${revision.id} contains characters that targets use`;
        report('bad-label', revision, `${message}; use a word other than ${[...RESERVED].join(', ')}`);
      } else labels.set(label, place);
    }
  }
  return labels;
}

/** Reports each cycle once, and drops the edges that close them. */
function withoutCycles(
  revisions: readonly Revision[],
  parents: Edges,
  needs: Edges,
  report: Report,
): Pick<Links, 'parents' | 'children' | 'needs' | 'neededBy' | 'order'> {
  const neededBy = needs.reversed();
  const order = topological(needs, neededBy);
  if (order.length === revisions.length) {
    return { parents, children: parents === needs ? neededBy : parents.reversed(), needs, neededBy, order };
  }
  const name = (place: number): string => revisions[place]!.id;
  const lineage = cycles(parents);
  const inLineage = new Set(lineage.flat());
  const dependent = cycles(needs).filter(group => !group.some(place => inLineage.has(place)));
  for (const [code, groups] of [
    ['cycle', lineage],
    ['dependency-cycle', dependent],
  ] as const) {
    for (const group of groups) {
      const names = group.slice(0, 10).map(name).join(', ') + (group.length > 10 ? ', …' : '');
      const how = code === 'cycle' ? 'revise' : 'revise or depend on';
      report(code, revisions[group[0]!]!, `these ${how} each other in a circle: ${names}`);
    }
  }
  const closing = new Uint8Array(revisions.length);
  for (const place of cycles(needs).flat()) closing[place] = 1;
  const forwards = (from: number, to: number): boolean => !(closing[from] && closing[to] && to > from);
  const cut = { parents: parents.filter(forwards), needs: needs.filter(forwards) };
  const cutReversed = cut.needs.reversed();
  return {
    ...cut,
    children: cut.parents.reversed(),
    neededBy: cutReversed,
    order: topological(cut.needs, cutReversed),
  };
}
