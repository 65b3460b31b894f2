/*
 * Finds the places where a text can contain a password, and masks them without knowing the password. Texts
 * can be very large and malicious, so each character is examined a bounded number of times: no regular
 * expression spans the text between two places.
 */

/** A range of a text that is a password. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** The replacement for a password. */
export const mask = '***';

/** What precedes a password: a URL scheme, a keyword, the port in a line of `.pgpass`. */
const triggers = /:\/\/|passwo?r?d|passphrase|pwd|:(?:\d{1,5}|\*):/gi;

/**
 * Masks passwords in known places: the userinfo of a URL, `password=…` and `"password": "…"`, `PASSWORD '…'`
 * in SQL, `--password …`, lines of `.pgpass`.
 */
export function maskPlaces(text: string): string {
  triggers.lastIndex = 0;
  let found = triggers.exec(text);
  if (found === null) return text;
  const urls = new Urls(text);
  let masked = '';
  let from = 0;
  for (; found; found = triggers.exec(text)) {
    const [word] = found;
    const { index } = found;
    const place =
      word === '://'
        ? urls.passwordAfter(index + word.length)
        : word.startsWith(':')
          ? inPassFile(text, index, index + word.length)
          : afterWord(text, index, index + word.length);
    if (!place) continue;
    masked += text.slice(from, place.start) + mask;
    from = place.end;
    triggers.lastIndex = from;
  }
  return from === 0 ? text : masked + text.slice(from);
}

/** The longest unfinished place that is waited for, characters. */
const longestUnfinished = 4096;

/** What comes before a password, cut at the end of a text. */
const cutTrigger = /(?:p(?:a(?:s(?:s(?:w(?:o(?:rd?)?)?|p(?:h(?:r(?:a(?:se?)?)?)?)?)?)?)?|wd?)?|:\/?)$/i;

/** How many characters at the end of a text begin a place whose end is not there yet; it ends with its line. */
export function placeBegins(text: string): number {
  const line = text.slice(Math.max(text.lastIndexOf('\n') + 1, text.length - longestUnfinished));
  triggers.lastIndex = 0;
  const found = triggers.exec(line)?.index ?? cutTrigger.exec(line.slice(-12))?.index;
  if (found === undefined) return 0;
  let start = triggers.lastIndex > 0 ? found : line.length - Math.min(12, line.length) + found;
  triggers.lastIndex = 0;
  // The word that contains it, such as `--password`.
  while (start > 0 && !space(line.charCodeAt(start - 1))) start--;
  return line.length - start;
}

const space = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0;
const quotes = `'"\``;

/** Finds userinfo. Remembers the results for the text it has scanned, so that nothing is scanned twice. */
class Urls {
  readonly #text: string;
  /** There is no `@` before a quote or a space up to this position. */
  #noneBefore = 0;
  /** The end of the last run of non-space characters, and the last `@` in it. */
  #runEnd = 0;
  #lastAt = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The password of a URL whose scheme ends at `start`. It ends at the last `@`, because people forget to
   * encode theirs.
   */
  passwordAfter(start: number): Place | null {
    const text = this.#text;
    let at = start;
    while (
      at < text.length &&
      !`:/@?#<>${quotes}`.includes(text[at] as string) &&
      !space(text.charCodeAt(at))
    )
      at++;
    if (text[at] !== ':') return null;
    const password = at + 1;
    const end = this.#atSign(password);
    return end > password ? { start: password, end } : null;
  }

  /** The last `@` before a quote, or, without a quote, the last one before a space; -1 if there is none. */
  #atSign(from: number): number {
    const text = this.#text;
    let found = -1;
    if (from >= this.#noneBefore) {
      let at = from;
      for (
        ;
        at < text.length && !`<>${quotes}`.includes(text[at] as string) && !space(text.charCodeAt(at));
        at++
      ) {
        if (text[at] === '@') found = at;
      }
      if (found < 0) this.#noneBefore = at;
    }
    if (found >= 0) return found;
    if (from >= this.#runEnd) {
      this.#lastAt = -1;
      let at = from;
      for (; at < text.length && !space(text.charCodeAt(at)); at++) if (text[at] === '@') this.#lastAt = at;
      this.#runEnd = at;
    }
    return this.#lastAt >= from ? this.#lastAt : -1;
  }
}

/** Maximum number of characters of a field in a line of `.pgpass`. */
const longestField = 255;

/** The fifth field of `host:port:database:user:password`; the line is recognised by its second field. */
function inPassFile(text: string, portStart: number, portEnd: number): Place | null {
  let start = portStart;
  while (start > 0 && portStart - start < longestField && isField(text, start - 1)) start--;
  if (start === portStart || (start > 0 && text[start - 1] === ':')) return null;
  let at = portEnd;
  for (let field = 0; field < 2; field++) {
    const from = at;
    while (at < text.length && at - from < longestField && isField(text, at)) at++;
    // A time of day consists of digits only.
    if (at === from || text[at] !== ':' || (field === 1 && /^\d+$/.test(text.slice(from, at)))) return null;
    at++;
  }
  let end = at;
  while (end < text.length && !space(text.charCodeAt(end)) && !quotes.includes(text[end] as string)) end++;
  return end > at ? { start: at, end } : null;
}

function isField(text: string, at: number): boolean {
  const character = text[at] as string;
  return character !== ':' && !quotes.includes(character) && !space(character.charCodeAt(0));
}

/** Values after `password:` that are not passwords: types, placeholders, calls, variables. */
const noValue =
  /^(?:\$\d+|\?|%s|\$\{|null\b|undefined\b|true\b|false\b|string\b|text\b|varchar\b|unknown\b|process\.|[\w.]{1,60}\()/i;

/** The value after a password keyword that ends at `end`. */
function afterWord(text: string, start: number, end: number): Place | null {
  const literal = inSql(text, end);
  if (literal !== undefined) return literal;
  let at = end;
  // The end of a quoted key, also in the form that JSON and JavaScript write inside strings.
  while (text[at] === '\\') at++;
  if (quotes.includes(text[at] ?? ' ') || text[at] === ']') at++;
  else at = end;
  const afterKey = at;
  while (at < text.length && space(text.charCodeAt(at))) at++;
  if (text[at] !== '=' && text[at] !== ':') {
    // `--password secret`
    return at > afterKey && afterKey === end && text.startsWith('--', start - 2) ? bare(text, at) : null;
  }
  const spaced = at > afterKey || text[at] === ':';
  at++;
  if (text[at] === '=' || text[at] === '>') at++;
  const separated = at;
  while (at < text.length && space(text.charCodeAt(at))) at++;
  const quoted = inQuotes(text, at);
  if (quoted !== undefined) return quoted;
  // A column mentioned in a statement or a type.
  const code = spaced || at > separated;
  if (code ? noValue.test(text.slice(at, at + 80)) : /^[$?]/.test(text.slice(at, at + 1))) return null;
  // The working folder of a shell (`PWD`).
  if (/^pwd$/i.test(text.slice(start, end)) && text[at] === '/') return null;
  return bare(text, at);
}

/** `password 'x'`, `password E'x'`, `password $$x$$`; undefined if no literal follows. */
function inSql(text: string, end: number): Place | null | undefined {
  let at = end;
  while (at < text.length && space(text.charCodeAt(at))) at++;
  if (at === end) return undefined;
  const prefix = /^(?:e|n|u&)(?=\\*')/i.exec(text.slice(at, at + 40));
  if (prefix) at += prefix[0].length;
  const tag = /^\$\w{0,60}\$/.exec(text.slice(at, at + 64))?.[0];
  if (tag) {
    const start = at + tag.length;
    const close = text.indexOf(tag, start);
    return { start, end: close < 0 ? text.length : close };
  }
  return inQuotes(text, at);
}

/**
 * The text between the quotes that begin at `at`. The quotes may be escaped because the whole text is inside
 * a string: `\"x\"`, `''x''`. Without a closing quote on the line, the rest of the line.
 * @returns undefined without quotes, null if they are empty
 */
function inQuotes(text: string, at: number): Place | null | undefined {
  let open = at;
  while (text[open] === '\\') open++;
  const quote = text[open];
  if (quote === undefined || !quotes.includes(quote)) return undefined;
  const escaped = open > at;
  open++;
  if (!escaped && quote === "'" && text[open] === "'") {
    const next = text[open + 1];
    if (next === undefined || (next !== "'" && (space(next.charCodeAt(0)) || ',;)}]&'.includes(next))))
      return null;
    if (next !== "'") return upTo(text, open + 1, "''");
  }
  if (escaped) return upTo(text, open, text.slice(at, open));
  let end = open;
  for (; end < text.length && text[end] !== '\n'; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === quote) {
      // Doubled: a quote within the literal.
      if (quote !== "'" || text[end + 1] !== quote) break;
      end++;
    }
  }
  end = Math.min(end, text.length);
  return end > open ? { start: open, end } : null;
}

function upTo(text: string, start: number, close: string): Place | null {
  let end = start;
  while (end < text.length && text[end] !== '\n' && !text.startsWith(close, end)) end++;
  return end > start ? { start, end } : null;
}

/**
 * An unquoted value: it ends at a space, a quote, or a character that ends values in URLs, options and
 * objects.
 */
function bare(text: string, start: number): Place | null {
  let end = start;
  while (end < text.length && !space(text.charCodeAt(end)) && !`'"\`&,;)}]`.includes(text[end] as string)) {
    end += text[end] === '\\' ? 2 : 1;
  }
  end = Math.min(end, text.length);
  return end > start ? { start, end } : null;
}
