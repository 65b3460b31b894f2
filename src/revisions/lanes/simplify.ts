import type { LaneRow } from './lanes.ts';

/** A history in arrays: rows newest first, edges to later rows. */
interface Below {
  /** By `revises`, in declared order. */
  readonly parents: readonly (readonly number[])[];
  /** Only by `dependsOn`. */
  readonly others: readonly (readonly number[])[];
}

/**
 * The history of some of the rows, newest first, like `git log --graph -- path`: each row is linked to its
 * nearest kept ancestors. A line that includes a `dependsOn` is a `dependsOn`. Redundant lines, to rows
 * reachable over another line, are left out unless they were declared.
 */
export function simplify(rows: readonly LaneRow[], keeps: (place: number) => boolean): LaneRow[] {
  const below = linked(rows);
  const kept = Uint8Array.from(rows, (_, place) => (keeps(place) ? 1 : 0));
  const walk = new Walk(rows.length);
  // Runs of hidden rows are skipped: where each one leads.
  const over = new Int32Array(rows.length);
  for (let place = rows.length - 1; place >= 0; place--) {
    const [only, ...more] = below.parents[place]!;
    const passes = kept[place] === 0 && only !== undefined && more.length === 0;
    over[place] = passes && below.others[place]!.length === 0 ? over[only]! : place;
  }
  const parents: (readonly number[])[] = new Array(rows.length).fill([]);
  const others: (readonly number[])[] = new Array(rows.length).fill([]);
  const simple: Below = { parents, others };
  for (let place = rows.length - 1; place >= 0; place--) {
    if (kept[place] === 0) continue;
    const own = { parents: below.parents[place]!, others: below.others[place]! };
    if ([...own.parents, ...own.others].every(target => kept[target] === 1)) {
      parents[place] = own.parents;
      others[place] = own.others;
      continue;
    }
    const first = walk.nearest(own.parents, kept, over, at => below.parents[at]!);
    const byParents = new Set(first);
    const all = walk.nearest([...own.parents, ...own.others], kept, over, at => [
      ...below.parents[at]!,
      ...below.others[at]!,
    ]);
    const rest = all.filter(target => !byParents.has(target));
    const needed = walk.unreached(first, first, own.parents, at => simple.parents[at]!);
    parents[place] = needed;
    others[place] = walk.unreached([...first, ...rest], rest, own.others, at => [
      ...simple.parents[at]!,
      ...simple.others[at]!,
    ]);
  }
  const ids = (places: readonly number[]): string[] => places.map(place => rows[place]!.id);
  return rows.flatMap(({ id }, place) =>
    kept[place] === 0 ? [] : [{ id, revises: ids(parents[place]!), dependsOn: ids(others[place]!) }],
  );
}

function linked(rows: readonly LaneRow[]): Below {
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const further = (ids: readonly string[], place: number): number[] => [
    ...new Set(
      ids.flatMap(id => {
        const target = places.get(id);
        return target !== undefined && target > place ? [target] : [];
      }),
    ),
  ];
  const parents = rows.map(({ revises }, place) => further(revises, place));
  const others = rows.map(({ dependsOn }, place) =>
    further(dependsOn, place).filter(target => !parents[place]!.includes(target)),
  );
  return { parents, others };
}

/** Walks down, each with its own marks, so nothing has to be cleared in between. */
class Walk {
  readonly #seen: Int32Array;
  #now = 0;

  constructor(rows: number) {
    this.#seen = new Int32Array(rows);
  }

  /** The first kept rows on the way down, in the order of the edges. */
  nearest(
    from: readonly number[],
    kept: Uint8Array,
    over: Int32Array,
    next: (place: number) => readonly number[],
  ): number[] {
    const found: number[] = [];
    const now = ++this.#now;
    const todo = from.toReversed();
    for (let one = todo.pop(); one !== undefined; one = todo.pop()) {
      const place = over[one]!;
      if (this.#seen[place] === now) continue;
      this.#seen[place] = now;
      if (kept[place] === 1) found.push(place);
      else for (const target of next(place).toReversed()) todo.push(target);
    }
    return found;
  }

  /** Those of `places` that are not reachable from others in `starts`, and those that were `declared`. */
  unreached(
    starts: readonly number[],
    places: readonly number[],
    declared: readonly number[],
    next: (place: number) => readonly number[],
  ): number[] {
    if (starts.length < 2 || places.length === 0) return [...places];
    const now = ++this.#now;
    const last = places.reduce((most, place) => Math.max(most, place), 0);
    const todo = starts.flatMap(start => next(start));
    for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
      if (place > last || this.#seen[place] === now) continue;
      this.#seen[place] = now;
      todo.push(...next(place));
    }
    return places.filter(place => this.#seen[place] !== now || declared.includes(place));
  }
}
