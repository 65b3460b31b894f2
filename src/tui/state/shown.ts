import type { Overview, RevisionRow } from '../../engine/api.ts';
import type { LaneRow } from '../../revisions/lanes/lanes.ts';
import { simplify } from '../../revisions/lanes/simplify.ts';
import { filterOf, folded } from './filter.ts';
import type { State } from './model.ts';

/** The visible rows of the history: all, or those that match the filter. */
export interface Shown {
  readonly rows: readonly RevisionRow[];
  /** The same for drawing: linked across hidden ones. */
  readonly lanes: readonly LaneRow[];
  /** The row of each revision. */
  readonly index: ReadonlyMap<string, number>;
  /** In a folded graph: the number of hidden revisions between a revision and its nearest visible ancestors. */
  readonly hidden: ReadonlyMap<string, number>;
}

interface Known {
  readonly all: Shown;
  filtered: { readonly filter: string; readonly shown: Shown } | null;
}

const known = new WeakMap<Overview, Known>();
const nothing: Shown = { rows: [], lanes: [], index: new Map(), hidden: new Map() };

/** The visible history. Computed once for the same status and filter. */
export function shownHistory({ overview, filter }: Pick<State, 'overview' | 'filter'>): Shown {
  if (!overview) return nothing;
  let all = known.get(overview);
  if (!all) {
    all = { all: shown(overview.revisions, overview.revisions), filtered: null };
    known.set(overview, all);
  }
  if (filter === '') return all.all;
  if (all.filtered?.filter !== filter) all.filtered = { filter, shown: filtered(overview, filter) };
  return all.filtered.shown;
}

function filtered({ revisions }: Overview, filter: string): Shown {
  const fits = filterOf(filter);
  const kept = revisions.map(fits);
  return {
    ...shown(
      revisions.filter((_, place) => kept[place]),
      simplify(revisions, place => kept[place] === true),
    ),
    hidden: filter === folded ? hiddenBelow(revisions, kept) : new Map(),
  };
}

/** What a folded graph hides has one parent and one child each, so every hidden line is walked once. */
function hiddenBelow(revisions: readonly RevisionRow[], kept: readonly boolean[]): Map<string, number> {
  const places = new Map(revisions.map(({ id }, place) => [id, place]));
  const counts = new Map<string, number>();
  for (const [place, { id, revises }] of revisions.entries()) {
    if (!kept[place]) continue;
    let count = 0;
    for (const parent of revises) {
      let at = places.get(parent);
      while (at !== undefined && !kept[at]) {
        count++;
        at = places.get(revisions[at]?.revises[0] ?? '');
      }
    }
    if (count > 0) counts.set(id, count);
  }
  return counts;
}

const shown = (rows: readonly RevisionRow[], lanes: readonly LaneRow[]): Shown => ({
  rows,
  lanes,
  index: new Map(rows.map(({ id }, place) => [id, place])),
  hidden: new Map(),
});
