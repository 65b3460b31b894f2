import { createHash } from 'node:crypto';
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

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The source without its declarations and byte order mark. */
function code(source: string, { members }: Pick<ParsedMigration, 'members'>): string {
  const declared = Object.values(members).sort((a, b) => b.start - a.start);
  return declared
    .reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), source)
    .replace(/^\uFEFF+/, '');
}

const space = /\s+/y;
const lineComment = /\/\/.*/y;
const regexFlags = /[a-z]*/y;
const other = /[^\s'"`/{}]+|[\s\S]/y;

/** After these, a slash divides; elsewhere, it starts a regular expression. */
const operand = /[\w$)\]}'"`]$/;
/** Words after which a slash does not divide. After some of them, a new line ends the statement. */
const word = /\b(?:return|throw|yield|break|continue|case|typeof|void|delete|in|of|await)$/;

/** The source with each white space outside of literals as one character. */
function folded(source: string): string {
  const text = source.replace(/\r\n?/g, '\n').trim();
  let result = '';
  let at = 0;
  let last = '';
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
  while (at < text.length) {
    const blank = take(space);
    if (blank !== '') {
      // A new line may end a comment or a statement.
      result += inLineComment || (blank.includes('\n') && word.test(last)) ? '\n' : ' ';
      inLineComment = false;
      continue;
    }
    const comment = take(lineComment) || takeTo(endOfBlockComment(text, at));
    if (comment !== '') {
      result += comment.replace(/\s+/g, ' ').trimEnd();
      inLineComment = comment.startsWith('//');
      continue;
    }
    const one = text[at] as string;
    const depth = open.at(-1);
    const inTemplate = one === '`' || (one === '}' && depth === 0);
    if (inTemplate) {
      last = takeTo(endOfLiteral(text, at, templateStop));
      if (one === '}') open.pop();
      if (last.endsWith('${')) open.push(0);
    } else {
      const startsRegex = one === '/' && (!operand.test(last) || word.test(last));
      const body = startsRegex && at >= noRegex ? takeTo(endOfRegex(text, at)) : '';
      const started = body && body + take(regexFlags);
      if (startsRegex && started === '') noRegex = Math.max(noRegex, endOfLine(text, at));
      const stop = stringStops.get(one);
      last = started || (stop ? takeTo(endOfLiteral(text, at, stop)) : take(other));
      if (depth !== undefined && last === '{') open[open.length - 1] = depth + 1;
      if (depth !== undefined && last === '}') open[open.length - 1] = depth - 1;
    }
    result += last;
  }
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
