import type { Key } from 'ink';
import { graphemes } from '../../drawing/text/graphemes.ts';

/** The names of Ink's key flags. */
const flags: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/**
 * The keys of one event, by the names that commands use. Keys that are typed fast arrive in one chunk,
 * including control characters; Esc and a key soon after it arrive as one with `meta`.
 */
export function keysOf(input: string, key: Key): readonly string[] {
  if (key.eventType === 'release') return [];
  const before = key.meta && !key.escape ? ['esc'] : [];
  if (key.tab) return [...before, key.shift ? 'shift+tab' : 'tab'];
  const named = flags.find(([flag]) => key[flag]);
  if (named) return [...before, named[1]];
  if (key.escape) return ['esc'];
  if (key.ctrl && input.length === 1) return [`ctrl+${input.toLowerCase()}`];
  return [...before, ...characters(input)];
}

function characters(input: string): string[] {
  return Array.from(graphemes.segment(input), ({ segment }) => segment)
    .flatMap(segment => (segment === '\r\n' ? ['\r'] : [segment]))
    .map(nameOf)
    .filter(name => name !== '');
}

function nameOf(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\r' || character === '\n') return 'enter';
  if (character === '\t') return 'tab';
  if (character === ' ') return 'space';
  if (character === '\u001b') return 'esc';
  if (code === 0x7f || code === 0x08) return 'backspace';
  if (code === 0) return '';
  if (code < 0x20) return `ctrl+${String.fromCharCode(code + 0x60)}`;
  return character;
}
