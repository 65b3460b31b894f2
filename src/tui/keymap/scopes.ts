import type { State } from '../state/model.ts';
import { isRevisionPane } from '../state/moving.ts';
import type { Scope } from './command.ts';

/** The scopes whose commands work without a dialog, innermost first. */
export function paneScopes(state: State): readonly Scope[] {
  return [
    ...(state.search ? (['searching'] as const) : []),
    ...(state.filter !== '' && state.focus === 'history' ? (['filtered'] as const) : []),
    state.focus,
    ...(isRevisionPane(state.focus) ? (['revisions'] as const) : []),
    'panes',
    'always',
  ];
}
