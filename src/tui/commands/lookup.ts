import { partOf } from '../dialogs/parts.ts';
import { topDialog } from '../dialogs/stack.ts';
import type { TuiSettings } from '../settings.ts';
import type { State } from '../state/model.ts';
import { isRevisionPane } from '../state/moving.ts';
import { type Command, type Group, groups, type Scope } from './command.ts';
import { commands } from './table.ts';

let all: readonly Command[] | undefined;
const table = (): readonly Command[] => {
  all ??= commands();
  return all;
};

/** The keys of a command, the person's own where they have set some. */
export const keysOf = (command: Command, settings: Pick<TuiSettings, 'keys'>): readonly string[] =>
  settings.keys[command.id] ?? command.keys;

/** Whose commands work now, innermost first. */
export function scopesOf(state: State): readonly Scope[] {
  const dialog = topDialog(state);
  if (dialog) return [...partOf(dialog).scopes(dialog, state), 'dialog', 'always'];
  return [
    ...(state.search ? (['searching'] as const) : []),
    state.focus,
    ...(isRevisionPane(state.focus) ? (['revisions'] as const) : []),
    'panes',
    'always',
  ];
}

/** The command that a key is for now. */
export function commandFor(state: State, key: string): Command | null {
  for (const scope of scopesOf(state)) {
    for (const command of table()) {
      if (command.where.includes(scope) && keysOf(command, state.settings).includes(key)) return command;
    }
  }
  return null;
}

/** What the footer shows: the commands that do something here, most wanted first, with their first key. */
export function footerCommands(state: State): readonly { readonly key: string; readonly command: Command }[] {
  const scopes = new Set(scopesOf(state));
  return table()
    .filter(command => command.footer !== undefined && command.where.some(scope => scopes.has(scope)))
    .filter(command => (command.disabled?.(state) ?? null) === null)
    .sort((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
    .flatMap(command => {
      const key = keysOf(command, state.settings).find(one => commandFor(state, one) === command);
      return key === undefined ? [] : [{ key, command }];
    });
}

export const paletteCommands = (state: State): readonly Command[] => {
  const scopes = new Set(scopesOf(state));
  return table().filter(command => !command.keyOnly && command.where.some(scope => scopes.has(scope)));
};

export interface KeyRow {
  readonly id: string;
  /** As people write them: `j, Down`. */
  readonly keys: string;
  readonly about: string;
  readonly danger: boolean;
  /** Why it does nothing now. */
  readonly disabled: string | null;
}

/** Every command with its keys by group. Without a state nothing is disabled: for the README. */
export function keyTable(
  state: State | null,
  settings: Pick<TuiSettings, 'keys'> = state?.settings ?? { keys: {} },
) {
  const row = (command: Command): KeyRow => ({
    id: command.id,
    keys: keysOf(command, settings).map(keyName).join(', '),
    about: command.about,
    danger: command.danger ?? false,
    disabled: state === null || command.group === 'In dialogs' ? null : (command.disabled?.(state) ?? null),
  });
  return groups.map((group: Group) => ({
    group,
    rows: table()
      .filter(
        command => command.group === group && (keysOf(command, settings).length > 0 || !command.keyOnly),
      )
      .map(row),
  }));
}

const names: Readonly<Record<string, string>> = {
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'shift+tab': 'Shift-Tab',
  space: 'Space',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  delete: 'Delete',
};

/** A key as people write it. */
export const keyName = (key: string): string =>
  names[key] ??
  (key.startsWith('ctrl+')
    ? `Ctrl-${key.slice(5).toUpperCase()}`
    : key.startsWith('alt+')
      ? `Alt-${key.slice(4)}`
      : key);
