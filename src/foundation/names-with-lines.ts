import { mapStrings } from './map-strings.ts';
import { sanitise } from './sanitise.ts';

/*
 * Names from outside that contain line breaks, such as the names in a migrations table. SQL and messages keep
 * their line breaks when they are shown; a name in them must not look like several lines of output. Whoever
 * reads names from outside has them learned here, and all output passes through here.
 */

/** The names, longest first because one may contain another, with the form that is shown. */
let known: readonly Name[] = [];
const all = new Set<string>();

interface Name {
  readonly name: string;
  readonly shown: string;
  /** Finds it in a text as a whole word; null: it has no visible character. */
  readonly pattern: RegExp | null;
}

const lineBreak = /[\n\r]/;
const word = /[\p{L}\p{N}_]/u;

/**
 * Call this with names from outside before they can appear in a text.
 * @param part the part of a name that is also shown alone
 */
export function learnNames(names: Iterable<unknown>, part?: (name: string) => string): void {
  const before = all.size;
  for (const name of names) {
    if (typeof name !== 'string' || !lineBreak.test(name)) continue;
    all.add(name);
    if (part && lineBreak.test(part(name))) all.add(part(name));
  }
  if (all.size === before) return;
  known = [...all].sort((a, b) => b.length - a.length).map(nameOf);
}

function nameOf(name: string): Name {
  const quoted = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const [before, after] = [name.at(0) ?? '', name.at(-1) ?? ''].map(edge => word.test(edge));
  const pattern = new RegExp(
    `${before ? '(?<![\\p{L}\\p{N}_])' : ''}${quoted}${after ? '(?![\\p{L}\\p{N}_])' : ''}`,
    'gu',
  );
  return { name, shown: sanitise(name), pattern: name.trim() === '' ? null : pattern };
}

/** The text with all such names on one line. */
export function namesOnOneLine(text: string): string {
  if (known.length === 0 || !lineBreak.test(text)) return text;
  if (all.has(text)) return sanitise(text);
  let shown = text;
  for (const { name, shown: replacement, pattern } of known) {
    if (pattern && shown.includes(name)) shown = shown.replace(pattern, () => replacement);
  }
  return shown;
}

/** The same for all texts in a plain value, except those that are just such a name: they identify something. */
export function textsOnOneLine<T>(value: T): T {
  if (known.length === 0) return value;
  return mapStrings(value, text => (all.has(text) ? text : namesOnOneLine(text)));
}
