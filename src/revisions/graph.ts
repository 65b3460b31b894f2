import { type Fork, forkOf } from './fork.ts';
import { LabelSpread } from './labels.ts';
import { historyOf } from './lanes/history.ts';
import type { LaneRow } from './lanes/lanes.ts';
import { basesOf, headsOf, realHeadsOf } from './lineage.ts';
import { type Links, link, namesOf, type RevisionInput } from './links.ts';
import { type Mark, marksOf } from './marks.ts';
import { topological } from './order.ts';
import { planDowngrade } from './plans/downgrade.ts';
import type { Plan } from './plans/plan.ts';
import { type Rebase, rebaseOf } from './plans/rebase.ts';
import { planStamp } from './plans/stamp.ts';
import { gapsOf, type State, stateOf, tipsOf } from './plans/state.ts';
import { planUpgrade } from './plans/upgrade.ts';
import { GraphError, type GraphProblem } from './problems.ts';
import type { Revision } from './revision.ts';
import type { OpenSquash } from './squash.ts';
import { type Range, rangeOf } from './targets/range.ts';
import { resolveTarget } from './targets/target.ts';

/**
 * The revisions of a project and their relations. Immutable. Results do not depend on the order of the input.
 * Methods take the applied revisions of a database as a list of ids, in any order.
 */
export class RevisionGraph {
  readonly #links: Links;
  readonly #input: readonly RevisionInput[];
  #labels: LabelSpread | undefined;

  private constructor(links: Links, input: readonly RevisionInput[]) {
    this.#links = links;
    this.#input = input;
  }

  /**
   * Builds the graph.
   * @throws GraphError with all problems at once
   */
  static from(revisions: Iterable<RevisionInput>): RevisionGraph {
    const { graph, problems } = RevisionGraph.inspect(revisions);
    if (problems.length > 0) throw new GraphError(problems);
    return graph;
  }

  /**
   * Builds as much as possible from broken revisions, to show them. Nothing may run while there are problems.
   * @param logged the revisions in the migrations table, see `on`
   */
  static inspect(
    revisions: Iterable<RevisionInput>,
    logged?: Iterable<string>,
  ): {
    graph: RevisionGraph;
    problems: readonly GraphProblem[];
  } {
    const input = [...revisions];
    const { links, problems } = link(input, logged);
    return { graph: new RevisionGraph(links, input), problems };
  }

  /**
   * The graph for a database with this log. If only some of the revisions that a squashed revision replaces
   * are applied, the graph contains those revisions instead of it. Returns the same graph if there is no such
   * revision.
   */
  on(logged: Iterable<string>): RevisionGraph {
    const { folded, open } = this.#links.squashes;
    if (folded.size + open.size === 0) return this;
    return new RevisionGraph(link(this.#input, logged).links, this.#input);
  }

  /** All ids, sorted by name. */
  get ids(): readonly string[] {
    return this.#links.ids;
  }

  /** All ids, oldest first: requirements of a revision come before it, ties sorted by name. */
  get order(): string[] {
    return this.#names(this.#links.order);
  }

  /** `order` up to the last of these ids. */
  orderTo(ids: readonly string[]): string[] {
    const { order } = this;
    const wanted = new Set(ids);
    return order.slice(0, order.findLastIndex(id => wanted.has(id)) + 1);
  }

  /** Revisions that none revises, by name. */
  get heads(): string[] {
    return this.#names(headsOf(this.#links));
  }

  /** Heads that no other revision depends on, by name: the target `heads`. */
  get realHeads(): string[] {
    return this.#names(realHeadsOf(this.#links));
  }

  /** Revisions that revise none (roots), by name. */
  get bases(): string[] {
    return this.#names(basesOf(this.#links));
  }

  has(id: string): boolean {
    return this.#links.places.has(id);
  }

  /** The revision as declared. */
  get(id: string): Revision | undefined {
    const place = this.#links.places.get(id);
    return place === undefined ? undefined : this.#links.revisions[place];
  }

  /** The revisions that revise this one, by name. */
  children(id: string): string[] {
    return this.#at(id, place => this.#names(this.#links.children.of(place)));
  }

  /** What must be applied before this one: `revises` and the resolved `dependsOn`. */
  needs(id: string): string[] {
    return this.#at(id, place => this.#names(this.#links.needs.of(place)));
  }

  /** The labels that reach this revision, by name: declared here or inherited. */
  labelsOf(id: string): string[] {
    if (this.#links.labels.size === 0) return [];
    this.#labels ??= new LabelSpread(this.#links);
    const labels = this.#labels;
    return this.#at(id, place => labels.of(place));
  }

  /** More than one revision revises it. */
  isBranchPoint(id: string): boolean {
    return this.children(id).length > 1;
  }

  /** It revises more than one. */
  isMergePoint(id: string): boolean {
    return this.#at(id, place => [...this.#links.parents.of(place)]).length > 1;
  }

  /** The revisions and everything that must be applied before them (including dependencies), oldest first. */
  ancestors(ids: Iterable<string>): string[] {
    return this.#closure(ids, 'needs');
  }

  /** The revisions and all their descendants (including dependents), oldest first. */
  descendants(ids: Iterable<string>): string[] {
    return this.#closure(ids, 'neededBy');
  }

  /**
   * The tips of the applied revisions, by name: Alembic stores them in its version table and marks them
   * `(current)`.
   */
  current(applied: Iterable<string>): string[] {
    return this.#names(tipsOf(this.#links, this.#state(applied).applied));
  }

  /**
   * The marks of every revision that has any: `head` or `effective head`, `current`, `branchpoint`,
   * `mergepoint`.
   */
  marks(applied: Iterable<string>): Map<string, Mark[]> {
    return marksOf(this.#links, this.#state(applied));
  }

  /** The pending revisions, in the order in which `upgrade heads` runs them. */
  pending(applied: Iterable<string>): string[] {
    const open = this.#state(applied).applied.map(one => 1 - one);
    if (!open.includes(0)) return this.order;
    return this.#names(topological(this.#links.needs, this.#links.neededBy, open));
  }

  /**
   * The applied revisions of the graph: a squashed revision instead of those it replaces. Includes missing
   * ones.
   */
  applied(logged: Iterable<string>): string[] {
    const { applied, missing } = this.#state(logged);
    return [...this.#names([...this.#links.order].filter(place => applied[place] === 1)), ...missing];
  }

  /** The ids that a squashed revision in the graph replaces; empty for any other revision. */
  replaces(id: string): readonly string[] {
    return this.#links.squashes.folded.get(id) ?? [];
  }

  /** Squashed revisions that are not in the graph because only some of the replaced revisions are applied. */
  get openSquashes(): ReadonlyMap<string, OpenSquash> {
    return this.#links.squashes.open;
  }

  /** Pending although a descendant is applied (out of order), by name. */
  gaps(applied: Iterable<string>): string[] {
    return this.#names(gapsOf(this.#links, this.#state(applied).applied));
  }

  /** Applied but not in the graph, because no file declares them. By name. */
  missing(applied: Iterable<string>): string[] {
    return [...this.#state(applied).missing];
  }

  /**
   * The ids of a target, by name; empty for `base`. Relative targets count from `applied`.
   * @throws TargetError with a code, and candidates if there are any
   */
  resolve(target: string, applied?: Iterable<string>): string[] {
    const state = applied === undefined ? undefined : this.#state(applied);
    return this.#names(resolveTarget(this.#links, target, state).sort((a, b) => a - b));
  }

  /**
   * Parses `a:b`, `a:` and `:b`.
   * @throws TargetError `bad-range`, and those of the targets
   */
  range(text: string, applied?: Iterable<string>): Range {
    return rangeOf(this.#links, text, applied === undefined ? undefined : this.#state(applied));
  }

  /**
   * The targets with all their requirements, except applied ones; parents and dependencies first, ties sorted
   * by name.
   * @throws TargetError
   */
  upgrade(target: string | readonly string[], applied: Iterable<string>): Plan {
    return planUpgrade(this.#links, [target].flat(), this.#state(applied));
  }

  /**
   * The applied descendants of the target, children first. The target stays.
   * @throws TargetError `missing-revision` if an applied revision without a file is in the way, and others
   */
  downgrade(target: string, applied: Iterable<string>): Plan {
    return planDowngrade(this.#links, target, this.#state(applied));
  }

  /**
   * Changes log rows only: along the lineage of the targets, the applied set becomes the targets and their
   * requirements. `purge` empties the table first, including missing revisions.
   * @throws TargetError
   */
  stamp(target: string | readonly string[], applied: Iterable<string>, { purge = false } = {}): Plan {
    return planStamp(this.#links, [target].flat(), this.#state(applied), purge);
  }

  /**
   * The rows of the history, newest first, for `layoutLanes`. Applied revisions that are not in the graph
   * have no edges and are placed above the first revision with a smaller name.
   */
  history(missing: Iterable<string> = []): LaneRow[] {
    return historyOf(this.#links, missing);
  }

  /**
   * The nearest common ancestors of several revisions, and the revisions above them on each side.
   * @throws TargetError `overlapping-targets` if one is an ancestor of another
   */
  fork(heads: readonly string[]): Fork {
    return forkOf(this.#links, heads);
  }

  /**
   * The changes that put an unapplied branch on top of another revision.
   * @throws TargetError `already-applied`, `overlapping-targets`, and those of names
   */
  rebase(branch: string, onto: string, applied: Iterable<string>): Rebase {
    return rebaseOf(this.#links, branch, onto, this.#state(applied));
  }

  #state(applied: Iterable<string>): State {
    return stateOf(this.#links, applied);
  }

  #names(places: ArrayLike<number>): string[] {
    return namesOf(this.#links, places);
  }

  #at<T>(id: string, answer: (place: number) => T[]): T[] {
    const place = this.#links.places.get(id);
    return place === undefined ? [] : answer(place);
  }

  #closure(ids: Iterable<string>, edges: 'needs' | 'neededBy'): string[] {
    const places = [...this.#state(ids).applied.entries()]
      .filter(([, one]) => one === 1)
      .map(([place]) => place);
    const members = this.#links[edges].reach(places);
    return this.#names(topological(this.#links.needs, this.#links.neededBy, members));
  }
}
