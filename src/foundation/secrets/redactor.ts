import { mapStrings } from '../map-strings.ts';
import { mask, maskPlaces, placeBegins } from './places.ts';

/** Shorter passwords may be parts of ordinary words, characters. */
const shortest = 6;
/** From this length on, letters alone are not an ordinary word. */
const longWord = 12;

/** Longer words that are common as passwords but also appear in texts for other reasons. */
const ordinary = new Set(
  `accounts administrator application authentication character characters connection constraint customer customers
   database databases default_user developer development document documents extension function functions language
   localhost messages migration migrations migrator password passwords permission postgres postgresql postgres1
   procedure production products reference references reporting revision revisions security sequence sequences
   sessions settings statement statements template template0 template1 test123 timestamp timestamptz transaction
   transactions undefined username`.split(/\s+/),
);

/** How strictly a password is matched: anywhere, as a separate word, or only in places for passwords. */
type Distinction = 'anywhere' | 'word' | 'place';

/**
 * Removes passwords from texts: known passwords everywhere, and unknown ones where a password is expected
 * (see places.ts). A short or ordinary one, such as `a` or `postgres`, is masked only in those places;
 * otherwise other text would become unreadable. Runs in linear time.
 */
export class Redactor {
  readonly #anywhere = new Set<string>();
  readonly #words = new Set<string>();
  #pattern: RegExp | null = null;

  /**
   * Call this with every password as soon as it is known.
   * @param names that may equal the password and are shown: database, user, host
   */
  learn(password: unknown, names: readonly unknown[] = []): void {
    if (typeof password !== 'string') return;
    const distinction = distinctionOf(password, names);
    if (distinction === 'place') return;
    const known = distinction === 'anywhere' ? this.#anywhere : this.#words;
    if (known.has(password)) return;
    const before = known.size;
    for (const form of formsOf(password)) known.add(form);
    if (known.size > before) this.#pattern = patternOf(this.#anywhere, this.#words);
  }

  /** The text without passwords. Idempotent. */
  redact(text: string): string {
    return maskPlaces(this.#pattern ? text.replace(this.#pattern, mask) : text);
  }

  /** How many characters at the end of a text may be the beginning of a password. */
  unfinished(text: string): number {
    let longest = placeBegins(text);
    for (const form of [...this.#anywhere, ...this.#words]) {
      for (let length = Math.min(form.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(form.slice(0, length))) longest = length;
      }
    }
    return longest;
  }

  /** Does the same for every string in a plain value. Returns the same value if there is nothing to mask. */
  redactAll<T>(value: T): T {
    return mapStrings(value, text => this.redact(text));
  }
}

/** The redactor of this process. All output passes through it. */
export const redactor = new Redactor();

/** The text after redaction by the process's redactor. */
export function redact(text: string): string {
  return redactor.redact(text);
}

function distinctionOf(password: string, names: readonly unknown[]): Distinction {
  const word = password.toLowerCase();
  if (password.length < shortest || ordinary.has(word) || /^\**$/.test(password)) return 'place';
  if (names.some(name => typeof name === 'string' && name.toLowerCase() === word)) return 'place';
  if (password.length >= longWord || !/^(?:\p{L}+|\d+)$/u.test(password)) return 'anywhere';
  // Only letters or only digits: a short one may be an ordinary word or a number.
  return password.length < 8 ? 'place' : 'word';
}

/** A password in plain form, and as written in URLs, SQL, JSON, JavaScript and `.pgpass`. */
function formsOf(password: string): Set<string> {
  const json = JSON.stringify(password).slice(1, -1);
  const backslashes = password.replaceAll('\\', '\\\\');
  const encoded = [encodeOrKeep(password, encodeURIComponent), encodeOrKeep(password, encodeURI)];
  return new Set([
    password,
    ...encoded,
    ...encoded.map(form => form.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase())),
    password.replaceAll("'", "''"),
    backslashes.replaceAll("'", "''"),
    backslashes.replaceAll("'", "\\'"),
    backslashes.replaceAll(':', '\\:'),
    json,
    json.replaceAll("'", "''"),
    JSON.stringify(json).slice(1, -1),
  ]);
}

function encodeOrKeep(text: string, encode: (text: string) => string): string {
  try {
    return encode(text);
  } catch {
    // lone surrogates
    return text;
  }
}

function patternOf(anywhere: ReadonlySet<string>, words: ReadonlySet<string>): RegExp {
  const quoted = (forms: ReadonlySet<string>): string[] =>
    // Longest first, because one password may be a prefix of another.
    [...forms].sort((a, b) => b.length - a.length).map(form => form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const parts = [
    ...quoted(anywhere),
    ...quoted(words).map(word => `(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`),
  ];
  return new RegExp(parts.join('|'), 'gu');
}
