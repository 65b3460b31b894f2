import type { Look, RevisionRow } from '../../engine/api.ts';
import type { LaneRow } from '../../revisions/lanes.ts';
import { simplify } from '../../revisions/simplify.ts';
import { filterOf } from './filter.ts';
import type { State } from './model.ts';

/** The rows of the history that are on show: all, or what the filter lets through. */
export interface Shown {
  readonly rows: readonly RevisionRow[];
  /** The same for drawing: joined over what is hidden. */
  readonly lanes: readonly LaneRow[];
  /** Where each revision stands. */
  readonly index: ReadonlyMap<string, number>;
}

interface Known {
  readonly all: Shown;
  filtered: { readonly filter: string; readonly shown: Shown } | null;
}

const known = new WeakMap<Look, Known>();
const nothing: Shown = { rows: [], lanes: [], index: new Map() };

/** What the history shows. Made once for the same look and filter. */
export function shownHistory({ look, filter }: Pick<State, 'look' | 'filter'>): Shown {
  if (!look) return nothing;
  let all = known.get(look);
  if (!all) {
    all = { all: shown(look.revisions, look.revisions), filtered: null };
    known.set(look, all);
  }
  if (filter === '') return all.all;
  if (all.filtered?.filter !== filter) all.filtered = { filter, shown: filtered(look, filter) };
  return all.filtered.shown;
}

function filtered({ revisions }: Look, filter: string): Shown {
  const fits = filterOf(filter);
  const kept = revisions.map(fits);
  return shown(
    revisions.filter((_, place) => kept[place]),
    simplify(revisions, place => kept[place] === true),
  );
}

const shown = (rows: readonly RevisionRow[], lanes: readonly LaneRow[]): Shown => ({
  rows,
  lanes,
  index: new Map(rows.map(({ id }, place) => [id, place])),
});
