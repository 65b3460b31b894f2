import type { Overview } from '../../engine/api.ts';
import { ask, type Change, only } from './effect.ts';
import type { Loaded, State } from './model.ts';
import { selectedId } from './select.ts';

/**
 * How long the cursor must rest on a revision before its data is requested, ms, so that holding a key
 * requests nothing.
 */
const rest = 40;
/** Maximum number of cached details; the oldest are removed. */
const kept = 300;

/** Waits for the cursor to rest; the Detail pane then requests its data. */
export function wantDetail(state: State): Change {
  const id = selectedId(state);
  if (id === null || state.link.is !== 'ready') return only(state);
  const token = state.lastTicket + 1;
  return [
    { ...state, lastTicket: token, detailToken: token },
    [{ type: 'later', ms: rest, topic: 'detail', token }],
  ];
}

export function remember<T>(
  map: ReadonlyMap<string, Loaded<T>>,
  id: string,
  value: Loaded<T>,
): ReadonlyMap<string, Loaded<T>> {
  const next = new Map(map);
  next.delete(id);
  next.set(id, value);
  if (next.size > kept) next.delete(next.keys().next().value as string);
  return next;
}

/** Requests the status, if there is an engine. */
export function refreshOverview(state: State): Change {
  if (state.overviewTicket !== null || state.link.is === 'lost') return only(state);
  const [asked, ticket, effect] = ask(state, { call: 'overview', args: [] });
  return [{ ...asked, overviewTicket: ticket }, [effect]];
}

/** Whether two statuses have the same revisions in the same state. */
export function sameRevisions(a: Overview, b: Overview): boolean {
  return (
    a.revisions.length === b.revisions.length &&
    a.revisions.every((row, index) => {
      const other = b.revisions[index];
      return (
        other !== undefined && row.id === other.id && row.state === other.state && row.edited === other.edited
      );
    })
  );
}
