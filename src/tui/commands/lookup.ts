import { partOf } from '../dialogs/parts.ts';
import { topDialog } from '../dialogs/stack.ts';
import type { State } from '../state/model.ts';
import type { Command, Scope } from './command.ts';
import { keysOf } from './keys.ts';
import { paneScopes } from './scopes.ts';

/** Whose commands work now, innermost first. */
export function scopesOf(state: State): readonly Scope[] {
  const dialog = topDialog(state);
  return dialog ? [...partOf(dialog).scopes(dialog, state), 'dialog', 'always'] : paneScopes(state);
}

/** The command that a key is for now. */
export function commandFor(state: State, key: string): Command | null {
  for (const scope of scopesOf(state)) {
    for (const command of state.commands) {
      if (command.where.includes(scope) && keysOf(command, state.settings).includes(key)) return command;
    }
  }
  return null;
}

/** What the footer shows: the commands that do something here, most wanted first, with their first key. */
export function footerCommands(state: State): readonly { readonly key: string; readonly command: Command }[] {
  const scopes = new Set(scopesOf(state));
  return state.commands
    .filter(command => command.footer !== undefined && command.where.some(scope => scopes.has(scope)))
    .filter(command => (command.disabled?.(state) ?? null) === null && !command.hidden?.(state))
    .sort((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
    .flatMap(command => {
      const key = keysOf(command, state.settings).find(one => commandFor(state, one) === command);
      return key === undefined ? [] : [{ key, command }];
    });
}
