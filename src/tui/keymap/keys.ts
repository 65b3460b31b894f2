import type { Line } from '../../drawing/text/span.ts';
import { widthOf } from '../../drawing/text/width.ts';
import type { TuiSettings } from '../settings.ts';
import type { State } from '../state/model.ts';
import { type Command, dialogGroups, type Group, groups, type Scope } from './command.ts';
import { paneScopes } from './scopes.ts';

/** The keys of a command, or those in the user's settings. */
export const keysOf = (command: Command, settings: Pick<TuiSettings, 'keys'>): readonly string[] =>
  settings.keys[command.id] ?? command.keys;

/** Scopes without a dialog; a command of all panes works in each of them. */
const inPanes: readonly Scope[] = ['panes', 'revisions', 'filtered', 'detail', 'log'];

/**
 * The keys of a command that reach it: without the default keys that the user's settings give to another command
 * wherever this one works.
 */
function reachableKeys(
  command: Command,
  commands: readonly Command[],
  settings: Pick<TuiSettings, 'keys'>,
): readonly string[] {
  const keys = keysOf(command, settings);
  if (command.id in settings.keys) return keys;
  const others = commands.filter(({ id }) => id !== command.id && id in settings.keys);
  const isTaken = (key: string): boolean =>
    command.where.every(scope =>
      others.some(
        other =>
          keysOf(other, settings).includes(key) &&
          (other.where.includes(scope) || (other.where.includes('panes') && inPanes.includes(scope))),
      ),
    );
  return keys.filter(key => !isTaken(key));
}

/** The commands that the palette offers. */
export const paletteCommands = (commands: readonly Command[], state: State): readonly Command[] => {
  const scopes = new Set(paneScopes(state));
  return commands.filter(command => !command.keyOnly && command.where.some(scope => scopes.has(scope)));
};

export interface KeyRow {
  readonly id: string;
  /** Display form: `j, Down`. */
  readonly keys: string;
  readonly about: string;
  readonly danger: boolean;
  /** Why it is disabled. */
  readonly disabled: string | null;
}

export interface KeyGroup {
  readonly group: Group;
  readonly rows: readonly KeyRow[];
}

/** All commands with their keys by group. Without a state, nothing is disabled: for the docs. */
export function keyTable(
  commands: readonly Command[],
  state: State | null,
  settings: Pick<TuiSettings, 'keys'> = state?.settings ?? { keys: {} },
): readonly KeyGroup[] {
  const row = (command: Command): KeyRow => ({
    id: command.id,
    keys: reachableKeys(command, commands, settings).map(keyName).join(', '),
    about: command.about,
    danger: command.danger ?? false,
    disabled:
      state === null || dialogGroups.includes(command.group) ? null : (command.disabled?.(state) ?? null),
  });
  return groups.map((group: Group) => ({
    group,
    rows: commands
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

/** Keys with a name instead of a character. */
export const namedKeys: readonly string[] = Object.keys(names);

/** The display form of a key. */
export const keyName = (key: string): string =>
  names[key] ??
  (key.startsWith('ctrl+')
    ? `Ctrl-${key.slice(5).toUpperCase()}`
    : key.startsWith('alt+')
      ? `Alt-${key.slice(4)}`
      : key);

/** The key at a column of a line, including the words after it: the target of a click. */
export function keyAt(line: Line, column: number): string | null {
  let from = 0;
  let key: string | null = null;
  for (const { text, style } of line) {
    const named = style === 'key' || style === 'badge';
    if (named) key = keyNamed(text.trim());
    else if (style !== 'dim' && style !== undefined) key = null;
    // Three spaces separate the keys.
    const shown = named ? text : text.trimEnd();
    if (column >= from && column < from + widthOf(shown)) return key;
    from += widthOf(text);
    if (!named && shown !== text) key = null;
  }
  return null;
}

const keyNamed = (name: string): string | null => {
  const known = Object.entries(names).find(([, word]) => word === name)?.[0];
  if (known) return known;
  if (name.startsWith('Ctrl-')) return `ctrl+${name.slice(5).toLowerCase()}`;
  return [...name].length === 1 ? name : null;
};
