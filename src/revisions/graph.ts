import { planDowngrade } from './downgrade.ts';
import { type Fork, forkOf } from './fork.ts';
import { LabelSpread } from './labels.ts';
import type { LaneRow } from './lanes.ts';
import { basesOf, headsOf, realHeadsOf } from './lineage.ts';
import { type Links, link, type RevisionInput } from './links.ts';
import { type Mark, marksOf } from './marks.ts';
import { topological } from './order.ts';
import type { Plan } from './plan.ts';
import { GraphError, type GraphProblem } from './problems.ts';
import { type Range, rangeOf } from './range.ts';
import { type Rebase, rebaseOf } from './rebase.ts';
import type { Revision } from './revision.ts';
import type { OpenSquash } from './squash.ts';
import { planStamp } from './stamp.ts';
import { gapsOf, type State, stateOf, tipsOf } from './state.ts';
import { resolveTarget } from './target.ts';
import { planUpgrade } from './upgrade.ts';

/**
 * The revisions of a project and how they stand on each other. Immutable; every answer is independent of the order
 * in which the revisions came. What a database has applied is given to each question as a list of ids, in any order.
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
   * @throws GraphError with every problem at once
   */
  static from(revisions: Iterable<RevisionInput>): RevisionGraph {
    const { graph, problems } = RevisionGraph.inspect(revisions);
    if (problems.length > 0) throw new GraphError(problems);
    return graph;
  }

  /**
   * Builds what can be built of broken revisions too, to be shown; nothing may run on it while there are problems.
   * @param logged what the database has logged, see `on`
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
   * The graph for a database with this log: where it has only a part of what a squashed revision replaces, the line
   * stands there in its place. The same graph where there is no such revision.
   */
  on(logged: Iterable<string>): RevisionGraph {
    const { folded, open } = this.#links.squashes;
    if (folded.size + open.size === 0) return this;
    return new RevisionGraph(link(this.#input, logged).links, this.#input);
  }

  /** Every id, by name. */
  get ids(): readonly string[] {
    return this.#links.ids;
  }

  /** Every id, oldest first: what a revision needs comes before it, ties by name. */
  get order(): string[] {
    return this.#names(this.#links.order);
  }

  /** Revisions that none revises, by name. */
  get heads(): string[] {
    return this.#names(headsOf(this.#links));
  }

  /** Heads that none depends on either, by name: the target `heads`. */
  get realHeads(): string[] {
    return this.#names(realHeadsOf(this.#links));
  }

  /** Revisions that revise none, by name. */
  get bases(): string[] {
    return this.#names(basesOf(this.#links));
  }

  has(id: string): boolean {
    return this.#links.places.has(id);
  }

  /** The revision as it was declared. */
  get(id: string): Revision | undefined {
    const place = this.#links.places.get(id);
    return place === undefined ? undefined : this.#links.revisions[place];
  }

  /** The revisions that revise this one, by name. */
  children(id: string): string[] {
    return this.#at(id, place => this.#names(this.#links.children.of(place)));
  }

  /** What must be applied before this one: `revises` and the revisions that `dependsOn` means. */
  needs(id: string): string[] {
    return this.#at(id, place => this.#names(this.#links.needs.of(place)));
  }

  /** The labels that reach this revision, by name: declared here, or spread from elsewhere. */
  labelsOf(id: string): string[] {
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

  /** The revisions and all that must be applied before them (dependencies included), oldest first. */
  ancestors(ids: Iterable<string>): string[] {
    return this.#closure(ids, 'needs');
  }

  /** The revisions and all that stand on them (dependencies included), oldest first. */
  descendants(ids: Iterable<string>): string[] {
    return this.#closure(ids, 'neededBy');
  }

  /** The tips of what is applied, by name: what Alembic keeps in its version table and marks `(current)`. */
  current(applied: Iterable<string>): string[] {
    return this.#names(tipsOf(this.#links, this.#state(applied).applied));
  }

  /** The marks of every revision that has some: `head` or `effective head`, `current`, `branchpoint`, `mergepoint`. */
  marks(applied: Iterable<string>): Map<string, Mark[]> {
    return marksOf(this.#links, this.#state(applied));
  }

  /** What is not applied, in the order `upgrade heads` runs it. */
  pending(applied: Iterable<string>): string[] {
    const open = this.#state(applied).applied.map(one => 1 - one);
    return this.#names(topological(this.#links.needs, this.#links.neededBy, open));
  }

  /** What is applied as the graph has it: a squashed revision in place of what it replaces. Missing ones included. */
  applied(logged: Iterable<string>): string[] {
    const { applied, missing } = this.#state(logged);
    return [...this.#names([...this.#links.order].filter(place => applied[place] === 1)), ...missing];
  }

  /** The ids that a squashed revision in the graph stands for; none for any other. */
  replaces(id: string): readonly string[] {
    return this.#links.squashes.folded.get(id) ?? [];
  }

  /** Squashed revisions that are not in the graph, because only a part of what they replace is applied. */
  get openSquashes(): ReadonlyMap<string, OpenSquash> {
    return this.#links.squashes.open;
  }

  /** Pending although a descendant is applied (out of order), by name. */
  gaps(applied: Iterable<string>): string[] {
    return this.#names(gapsOf(this.#links, this.#state(applied).applied));
  }

  /** Applied, but not in the graph: no file declares them. By name. */
  missing(applied: Iterable<string>): string[] {
    return [...this.#state(applied).missing];
  }

  /**
   * The ids that a target means, by name; none for `base`. Relative targets count from `applied`.
   * @throws TargetError with a code, and candidates where there are some
   */
  resolve(target: string, applied?: Iterable<string>): string[] {
    const state = applied === undefined ? undefined : this.#state(applied);
    return this.#names(resolveTarget(this.#links, target, state).sort((a, b) => a - b));
  }

  /**
   * Reads `a:b`, `a:` and `:b`.
   * @throws TargetError `bad-range`, and those of the targets
   */
  range(text: string, applied?: Iterable<string>): Range {
    return rangeOf(this.#links, text, applied === undefined ? undefined : this.#state(applied));
  }

  /**
   * The targets with all they need, less what is applied; parents and dependencies first, ties by name.
   * @throws TargetError
   */
  upgrade(target: string | readonly string[], applied: Iterable<string>): Plan {
    return planUpgrade(this.#links, [target].flat(), this.#state(applied));
  }

  /**
   * What is applied on top of the target, children first. The target stays.
   * @throws TargetError `missing-revision` when an applied revision without a file is in the way, and others
   */
  downgrade(target: string, applied: Iterable<string>): Plan {
    return planDowngrade(this.#links, target, this.#state(applied));
  }

  /**
   * Log rows only: along the lineage of the targets the applied set becomes the targets and all they need.
   * `purge` empties it first, missing revisions included.
   * @throws TargetError
   */
  stamp(target: string | readonly string[], applied: Iterable<string>, { purge = false } = {}): Plan {
    return planStamp(this.#links, [target].flat(), this.#state(applied), purge);
  }

  /**
   * The rows of the history, newest first, for `layoutLanes`. Revisions that are applied but not in the graph stand
   * alone, above the first revision of a smaller name.
   */
  history(missing: Iterable<string> = []): LaneRow[] {
    const { ids, needs, parents, order } = this.#links;
    const strays = [...new Set(missing)].filter(id => !this.has(id)).sort();
    const rows: LaneRow[] = [];
    const alone = (id: string): LaneRow => ({ id, revises: [], dependsOn: [] });
    for (let at = order.length - 1; at >= 0; at--) {
      const place = order[at]!;
      while (strays.length > 0 && strays.at(-1)! > ids[place]!) rows.push(alone(strays.pop()!));
      // parents come first among the needs
      const dependsOn = needs.of(place).subarray(parents.count(place));
      rows.push({
        id: ids[place]!,
        revises: this.#names(parents.of(place)),
        dependsOn: this.#names(dependsOn),
      });
    }
    return [...rows, ...strays.reverse().map(alone)];
  }

  /**
   * The nearest common ancestors of several revisions and what each has above them.
   * @throws TargetError `overlapping-targets` when one is an ancestor of another
   */
  fork(heads: readonly string[]): Fork {
    return forkOf(this.#links, heads);
  }

  /**
   * What to rewrite so that an unapplied branch stands on top of another revision.
   * @throws TargetError `already-applied`, `overlapping-targets`, and those of names
   */
  rebase(branch: string, onto: string, applied: Iterable<string>): Rebase {
    return rebaseOf(this.#links, branch, onto, this.#state(applied));
  }

  #state(applied: Iterable<string>): State {
    return stateOf(this.#links, applied);
  }

  #names(places: ArrayLike<number>): string[] {
    return Array.from(places, place => this.#links.ids[place]!);
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
