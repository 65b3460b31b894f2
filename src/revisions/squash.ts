import type { Action, Step } from './plans/plan.ts';
import type { GraphProblem } from './problems.ts';
import type { Revision } from './revision.ts';

/** The squashed revisions of a project in one graph. */
export interface Squashes {
  /**
   * Squashed revisions in the graph, and all ids that each replaces, including squashed ones and those they
   * replace.
   */
  readonly folded: ReadonlyMap<string, readonly string[]>;
  /** The declared `replaces` of each squashed revision, also of those that another one replaces. */
  readonly declared: ReadonlyMap<string, readonly string[]>;
  /** Ids that are not in the graph, mapped to the squashed revision that replaces them. */
  readonly replacedBy: ReadonlyMap<string, string>;
  /** Squashed revisions that are not in the graph because only some of the replaced revisions are logged. */
  readonly open: ReadonlyMap<string, OpenSquash>;
  /** The last revisions that each squashed revision replaces. */
  readonly tips: ReadonlyMap<string, readonly string[]>;
}

/** A squashed revision whose replaced revisions must be completed first. */
export interface OpenSquash {
  readonly replaces: number;
  /** Those not in the log. */
  readonly unapplied: readonly string[];
}

/** The revisions of the graph, and the problems. */
export interface Folded {
  readonly revisions: readonly Revision[];
  readonly squashes: Squashes;
  readonly problems: readonly GraphProblem[];
}

const none: Squashes = {
  folded: new Map(),
  declared: new Map(),
  replacedBy: new Map(),
  open: new Map(),
  tips: new Map(),
};

/**
 * Puts each squashed revision in the place of the revisions that it replaces. If the log has only some of
 * them, they stay in the graph and the squashed revision is left out until all are applied.
 * @param logged the revisions in the migrations table; undefined: unknown, so every squashed revision is in
 * place
 */
export function foldSquashes(revisions: readonly Revision[], logged?: Iterable<string>): Folded {
  const squashes = new Map(
    revisions.filter(({ replaces }) => replaces.length > 0).map(one => [one.id, one] as const),
  );
  if (squashes.size === 0) return { revisions, squashes: none, problems: [] };
  return new Folding(revisions, squashes, logged && new Set(logged)).fold();
}

/** The rows of the replaced revisions that are written or deleted with a revision's row. */
export function rowsWith(
  { folded }: Squashes,
  logged: ReadonlySet<string>,
  revision: string,
  action: Action,
): Pick<Step, 'with'> {
  const comes = action === 'up' || action === 'log';
  const rows = (folded.get(revision) ?? []).filter(id => logged.has(id) !== comes);
  return rows.length > 0 ? { with: rows } : {};
}

class Folding {
  readonly #revisions: readonly Revision[];
  readonly #byId: ReadonlyMap<string, Revision>;
  readonly #squashes: ReadonlyMap<string, Revision>;
  readonly #log: ReadonlySet<string> | undefined;
  readonly #problems: GraphProblem[] = [];
  readonly #members = new Map<string, readonly string[]>();
  readonly #folded = new Map<string, readonly string[]>();
  readonly #replacedBy = new Map<string, string>();
  readonly #open = new Map<string, OpenSquash>();

  constructor(
    revisions: readonly Revision[],
    squashes: ReadonlyMap<string, Revision>,
    log: ReadonlySet<string> | undefined,
  ) {
    this.#revisions = revisions;
    this.#byId = new Map(revisions.map(one => [one.id, one]));
    this.#squashes = squashes;
    this.#log = log;
  }

  fold(): Folded {
    const owner = new Map<string, string>();
    for (const squash of this.#squashes.values()) this.#members.set(squash.id, this.#membersOf(squash));
    for (const { id, replaces } of this.#squashes.values()) {
      for (const member of replaces) {
        const other = owner.get(member);
        if (other === undefined) owner.set(member, id);
        else if (other !== id) {
          this.#report('replaced-twice', id, `${id} replaces ${member}, which ${other} replaces already`);
        }
      }
    }
    for (const id of this.#squashes.keys()) if (!owner.has(id)) this.#decide(id);
    const tips = new Map([...this.#squashes.values()].map(one => [one.id, this.#tipsOf(one)]));
    const kept = this.#revisions.filter(({ id }) => !this.#replacedBy.has(id) && !this.#open.has(id));
    const declared = new Map([...this.#squashes.values()].map(one => [one.id, one.replaces]));
    return {
      revisions: kept.map(one => this.#relinked(one, tips)),
      squashes: {
        folded: this.#folded,
        declared,
        replacedBy: this.#replacedBy,
        open: this.#open,
        tips,
      },
      problems: this.#problems,
    };
  }

  /** All revisions that it replaces, including those replaced by squashed revisions among them. */
  #membersOf(squash: Revision): readonly string[] {
    const members = new Set<string>();
    const todo = [...squash.replaces].reverse();
    for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
      if (id === squash.id) {
        this.#report('replaces-itself', id, `${id} replaces itself`);
        continue;
      }
      if (members.has(id)) continue;
      members.add(id);
      todo.push(...(this.#squashes.get(id)?.replaces ?? []).toReversed());
    }
    return [...members];
  }

  /** Folds a squashed revision, or keeps the replaced revisions. */
  #decide(id: string): void {
    const members = this.#members.get(id) ?? [];
    const log = this.#log;
    const partly = log !== undefined && !this.#isApplied(id) && members.some(member => log.has(member));
    if (!partly) {
      this.#fold(id, members);
      return;
    }
    const { replaces } = this.#squashes.get(id) as Revision;
    const unapplied = replaces.filter(member => !this.#isApplied(member));
    const gone = unapplied.filter(member => !this.#byId.has(member));
    if (gone.length > 0) {
      const done = replaces.length - unapplied.length;
      this.#report(
        'half-squashed',
        id,
        `${id} replaces ${replaces.length} revisions, but only ${done === 0 ? 'some' : done} of them ${done === 1 ? 'is' : 'are'} applied here, and the files of others are missing (${some(gone)}). Check out a commit that has these files, upgrade this database, then return to this commit`,
      );
      this.#fold(id, members);
      return;
    }
    this.#open.set(id, { replaces: replaces.length, unapplied });
    for (const member of replaces) if (this.#squashes.has(member)) this.#decide(member);
  }

  #fold(id: string, members: readonly string[]): void {
    this.#folded.set(id, members);
    for (const member of members) this.#replacedBy.set(member, id);
  }

  #isApplied(id: string, seen: ReadonlySet<string> = new Set()): boolean {
    if (this.#log?.has(id)) return true;
    const replaces = this.#squashes.get(id)?.replaces ?? [];
    if (replaces.length === 0 || seen.has(id)) return false;
    const deeper = new Set(seen).add(id);
    return replaces.every(member => this.#isApplied(member, deeper));
  }

  /** The replaced revisions that no other replaced revision revises; without files, the last one named. */
  #tipsOf({ replaces }: Revision): readonly string[] {
    const revised = new Set(replaces.flatMap(member => this.#byId.get(member)?.revises ?? []));
    const tips = replaces.filter(member => this.#byId.has(member) && !revised.has(member));
    return tips.length > 0 ? tips : replaces.slice(-1);
  }

  #relinked(revision: Revision, tips: ReadonlyMap<string, readonly string[]>): Revision {
    const inGraph = (id: string): readonly string[] => {
      const squash = this.#replacedBy.get(id);
      if (squash !== undefined) return [squash];
      if (!this.#open.has(id)) return [id];
      return (tips.get(id) ?? []).flatMap(tip => (tip === id ? [] : inGraph(tip)));
    };
    const moved = (ids: readonly string[]): boolean =>
      ids.some(id => this.#replacedBy.has(id) || this.#open.has(id));
    if (!moved(revision.revises) && !moved(revision.dependsOn)) return revision;
    return {
      ...revision,
      revises: [...new Set(revision.revises.flatMap(inGraph))],
      dependsOn: [...new Set(revision.dependsOn.flatMap(inGraph))],
    };
  }

  #report(code: GraphProblem['code'], id: string, message: string): void {
    const { file, line } = this.#byId.get(id) ?? {};
    this.#problems.push({
      code,
      message,
      revision: id,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
    });
  }
}

function some(ids: readonly string[]): string {
  return ids.length > 3 ? `${ids.slice(0, 3).join(', ')}, …` : ids.join(', ');
}
