import { edit } from '../../drawing/text/field.ts';
import type { Command, Scope } from '../keymap/command.ts';
import { keysOf } from '../keymap/keys.ts';
import { paneScopes } from '../keymap/scopes.ts';
import type { State } from '../state/model.ts';
import { topDialog } from '../state/stack.ts';
import { commands, typeOf } from './registry.ts';

/** The scopes whose commands work now, innermost first. */
export function scopesOf(state: State): readonly Scope[] {
  const dialog = topDialog(state);
  const finding = dialog?.finding ? ['finding'] : [];
  return dialog
    ? [...finding, ...typeOf(dialog).scopes(dialog, state), 'dialog', 'always']
    : paneScopes(state);
}

/** The command of a key in the current state. */
export const commandFor = (state: State, key: string): Command | null => keysIn(state).get(key) ?? null;

const maps = new WeakMap<State['settings'], Map<string, ReadonlyMap<string, Command>>>();

/** Every key that has an effect now. Computed once for the same scopes. */
function keysIn(state: State): ReadonlyMap<string, Command> {
  const scopes = scopesOf(state);
  const known = maps.get(state.settings) ?? new Map<string, ReadonlyMap<string, Command>>();
  maps.set(state.settings, known);
  const name = scopes.join(' ');
  let keys = known.get(name);
  if (!keys) {
    const made = new Map<string, Command>();
    const { settings } = state;
    // the user's keys come before the defaults of other commands, but not before those of a dialog or a search
    const typing = scopes.includes('dialog') || scopes.includes('searching');
    for (const group of typing ? scopes.map(scope => [scope]) : [scopes]) {
      const here = group.flatMap(scope => commands.filter(({ where }) => where.includes(scope)));
      const own = here.filter(({ id }) => id in settings.keys);
      for (const command of [...own, ...here]) {
        for (const key of keysOf(command, settings)) if (!made.has(key)) made.set(key, command);
      }
    }
    keys = made;
    known.set(name, made);
  }
  return keys;
}

/** The footer: the available commands, most important first, with their first key. */
export function footerCommands(state: State): readonly { readonly key: string; readonly command: Command }[] {
  const scopes = new Set(scopesOf(state));
  return commands
    .filter(command => command.footer !== undefined && command.where.some(scope => scopes.has(scope)))
    .filter(command => (command.disabled?.(state) ?? null) === null && !command.hidden?.(state))
    .sort((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
    .flatMap(command => {
      const key = keysOf(command, state.settings).find(
        one => commandFor(state, one) === command && !isTyped(state, one),
      );
      return key === undefined ? [] : [{ key, command }];
    });
}

/** Whether a key edits the text field before it is looked up as a command. */
function isTyped(state: State, key: string): boolean {
  const dialog = topDialog(state);
  const field = dialog && typeOf(dialog).field?.(dialog, state);
  return field ? edit(field, key) !== null : false;
}
