import { ask, type Change, only, type SideEffect } from '../../state/effect.ts';
import { remember } from '../../state/loading.ts';
import type { State } from '../../state/model.ts';
import { selectedId } from '../../state/select.ts';
import { tabOf } from './tabs.ts';

/** The cursor has stopped: requests the data of the selected revision and its tab. */
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
  } else if (missing?.call === 'lint') {
    const [asked, ticket, effect] = ask(next, missing);
    next = { ...asked, lints: remember(asked.lints, id, { is: 'loading', ticket }) };
    effects.push(effect);
  } else if (missing?.call === 'journal') {
    const [asked, ticket, effect] = ask(next, missing);
    next = { ...asked, journal: { is: 'loading', ticket } };
    effects.push(effect);
  }
  return [next, effects];
}
