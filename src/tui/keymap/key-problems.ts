import { graphemes } from '../../drawing/text/graphemes.ts';
import type { TuiSettings } from '../settings.ts';
import type { Command } from './command.ts';
import { namedKeys } from './keys.ts';

/** Problems in the user's own keys: unknown commands, keys that no terminal sends. As text. */
export function keyProblems(
  commands: readonly Command[],
  { keys }: Pick<TuiSettings, 'keys'>,
): readonly string[] {
  const ids = new Set(commands.map(({ id }) => id));
  return Object.entries(keys).flatMap(([id, own]) =>
    ids.has(id)
      ? own
          .filter(key => !isKey(key))
          .map(key => `settings: "${key}" for ${id} is not a key. Keys are ${examples}`)
      : [`settings: there is no command "${id}" to give keys to. ? shows the commands`],
  );
}

const examples =
  'single characters, ctrl+a to ctrl+z, and enter, esc, tab, shift+tab, space, up, pagedown, …';

const isKey = (key: string): boolean =>
  namedKeys.includes(key) || /^ctrl\+[a-z]$/.test(key) || [...graphemes.segment(key)].length === 1;
