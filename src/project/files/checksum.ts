import { hash } from 'node:crypto';
import { endOfBlockComment, endOfLine, endOfLiteral, stringStops, templateStop } from './literals.ts';
import type { ParsedMigration } from './parsed-migration.ts';

/**
 * SHA-256, hex, of what a migration does. Its declarations, a byte order mark, line endings, and white space outside of
 * literals do not count, so adopting, rebasing and indenting are no edits. Every character of a string or template
 * counts.
 */
export function checksumOf(source: string, parsed: Pick<ParsedMigration, 'members'>): string {
  // The first line distinguishes it from the former checksum of any other file.
  return sha256(`2\n${folded(code(source, parsed))}`);
}

/** The checksum of earlier versions of migtui, in which white space inside of literals did not count either. */
export function formerChecksumOf(source: string, parsed: Pick<ParsedMigration, 'members'>): string {
  return sha256(code(source, parsed).replace(/[^\S\uFEFF]+/g, ' '));
}

const sha256 = (text: string): string => hash('sha256', text);

/** The source without its declarations and byte order mark. */
function code(source: string, { members }: Pick<ParsedMigration, 'members'>): string {
  const declared = Object.values(members).sort((a, b) => b.start - a.start);
  return declared
    .reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), source)
    .replace(/^\uFEFF+/, '');
}

const lineComment = /\/\/.*/y;
const regexFlags = /[a-z]*/y;
const blank = /\s/;

/** After these, a slash divides; elsewhere, it starts a regular expression. */
const operand = /[\w$)\]}'"`]$/;
/** Words after which a slash does not divide. After some of them, a new line ends the statement. */
const word = /\b(?:return|throw|yield|break|continue|case|typeof|void|delete|in|of|await)$/;

/** Characters of ASCII, by code: white space, those that begin a token of another kind, and all others. */
const [plain, space, special] = [0, 1, 2];
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  return blank.test(char) ? space : `'"\`/{}`.includes(char) ? special : plain;
});

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return kinds[code] ?? (blank.test(text[at] as string) ? space : plain);
}

/** The position after the characters of this kind. */
function endOfKind(text: string, at: number, kind: number): number {
  let end = at;
  while (end < text.length && kindAt(text, end) === kind) end++;
  return end;
}

/** The source with each white space outside of literals as one character. */
function folded(source: string): string {
  const text = (source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source).trim();
  let result = '';
  /** Up to here, the text is in the result. */
  let copied = 0;
  let at = 0;
  /** The last token. */
  let [start, end] = [0, 0];
  let inLineComment = false;
  /** Before this position, no slash starts a regular expression. */
  let noRegex = 0;
  /** The number of open braces in each open `${`. */
  const open: number[] = [];
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const takeTo = (end: number): string => {
    const found = text.slice(at, end);
    at = end;
    return found;
  };
  /** Everything up to `at`, with `short` instead of the text since `from`. */
  const copy = (from: number, short: string): void => {
    result += text.slice(copied, from) + short;
    copied = at;
  };
  const afterWord = (): boolean => word.test(text.slice(start, end));
  while (at < text.length) {
    const from = at;
    const kind = kindAt(text, at);
    if (kind === space) {
      at = endOfKind(text, at, space);
      const lines = text.slice(from, at).includes('\n');
      // A new line may end a comment or a statement.
      const short = inLineComment || (lines && afterWord()) ? '\n' : ' ';
      if (at - from > 1 || text[from] !== short) copy(from, short);
      inLineComment = false;
      continue;
    }
    if (kind === plain) {
      start = at;
      at = endOfKind(text, at, plain);
      end = at;
      continue;
    }
    const one = text[at] as string;
    if (one === '/') {
      const comment = take(lineComment) || takeTo(endOfBlockComment(text, at));
      if (comment !== '') {
        copy(from, comment.replace(/\s+/g, ' ').trimEnd());
        inLineComment = comment.startsWith('//');
        continue;
      }
    }
    const depth = open.at(-1);
    let last: string;
    if (one === '`' || (one === '}' && depth === 0)) {
      last = takeTo(endOfLiteral(text, at, templateStop));
      if (one === '}') open.pop();
      if (last.endsWith('${')) open.push(0);
    } else {
      const before = text.slice(start, end);
      const startsRegex = one === '/' && (!operand.test(before) || word.test(before));
      const body = startsRegex && at >= noRegex ? takeTo(endOfRegex(text, at)) : '';
      const started = body && body + take(regexFlags);
      if (startsRegex && started === '') noRegex = Math.max(noRegex, endOfLine(text, at));
      const stop = stringStops.get(one);
      last = started || takeTo(stop ? endOfLiteral(text, at, stop) : at + 1);
      if (depth !== undefined && last === '{') open[open.length - 1] = depth + 1;
      if (depth !== undefined && last === '}') open[open.length - 1] = depth - 1;
    }
    start = from;
    end = at;
  }
  copy(at, '');
  return result;
}

/** The position after the second slash of a regular expression; `at` if it has none on its line. */
function endOfRegex(text: string, at: number): number {
  let inClass = false;
  regexStop.lastIndex = at + 1;
  for (let found = regexStop.exec(text); found; found = regexStop.exec(text)) {
    if (found[0] === '\n') return at;
    if (found[0] === '/' && !inClass) return regexStop.lastIndex;
    if (found[0] === '[') inClass = true;
    if (found[0] === ']') inClass = false;
  }
  return at;
}

const regexStop = /\\.|[/[\]\n]/g;
