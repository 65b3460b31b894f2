import type { Look } from '../../engine/api.ts';
import { tabOf } from '../panes/detail/tabs.ts';
import { ask, type Change, only, type SideEffect } from './effect.ts';
import type { Loaded, State } from './model.ts';
import { selectedId } from './select.ts';

/** How long the cursor rests on a revision before it is asked for, ms: holding a key asks for none. */
const rest = 40;
/** Details kept; the oldest go. */
const kept = 300;

/** Asks for what the detail pane is to show, if it is not known yet. */
export function wantDetail(state: State): Change {
  const id = selectedId(state);
  if (id === null || state.link.is !== 'ready' || isKnown(state, id)) return only(state);
  const token = state.lastTicket + 1;
  return [
    { ...state, lastTicket: token, detailToken: token },
    [{ type: 'later', ms: rest, topic: 'detail', token }],
  ];
}

function isKnown(state: State, id: string): boolean {
  return state.details.has(id) && tabOf(state.tab).missing(state, id) === null;
}

/** The cursor has rested: asks for the revision under it and for what its tab needs. */
export function loadDetail(state: State): Change {
  const id = selectedId(state);
  if (id === null || state.link.is !== 'ready') return only(state);
  const effects: SideEffect[] = [];
  let next = state;
  if (!next.details.has(id)) {
    const [asked, ticket, effect] = ask(next, { call: 'revision', args: [id] });
    next = { ...asked, details: remember(asked.details, id, { is: 'loading', ticket }) };
    effects.push(effect);
  }
  const missing = tabOf(next.tab).missing(next, id);
  if (missing?.call === 'effect') {
    const [asked, ticket, effect] = ask(next, missing);
    next = { ...asked, effects: remember(asked.effects, id, { is: 'loading', ticket }) };
    effects.push(effect);
  } else if (missing?.call === 'journal') {
    const [asked, ticket, effect] = ask(next, missing);
    next = { ...asked, journal: { is: 'loading', ticket } };
    effects.push(effect);
  }
  return [next, effects];
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

/** Looks again at everything, where there is an engine to ask. */
export function lookAgain(state: State): Change {
  if (state.looking !== null || state.link.is === 'lost') return only(state);
  const [asked, ticket, effect] = ask(state, { call: 'look', args: [] });
  return [{ ...asked, looking: ticket }, [effect]];
}

/** Whether two looks show the same revisions in the same state. */
export function sameRevisions(a: Look, b: Look): boolean {
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
