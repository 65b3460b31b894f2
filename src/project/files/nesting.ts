import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { endOfBlockComment, endOfLine, endOfLiteral, stringStops, templateStop } from './literals.ts';

/** The parser survives at least so many brackets, operators and words inside one another. */
const mostNested = 2_000;

const parsing = `
const source = require('node:fs').readFileSync(0, 'utf8');
try { require(process.argv[1]).parseSync(process.argv[2], source).program; } catch {}
`;

/**
 * Whether parsing a source would overflow the stack of the native parser, which ends the process. A source that
 * might is parsed in a process of its own first.
 */
export function overflowsParser(file: string, source: string): boolean {
  if (source.length < mostNested || !mayOverflow(source)) return false;
  const parser = createRequire(import.meta.url).resolve('oxc-parser');
  const { status, error } = spawnSync(process.execPath, ['-e', parsing, '--', parser, file], {
    input: source,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return error === undefined && status !== 0;
}

/** Literals, comments, brackets, separators, operators and words. */
const token = /['"`]|\/[/*]|[([{]|[)\]}]|[,;]|[-+*/%&|^.?!~=<>:]|[\w$]+/g;

/**
 * Counts what may be inside of something else: open brackets, and the operators and words in each of them since the
 * last separator, which may be one expression. Counting too much only costs time. Exported for tests.
 */
export function mayOverflow(source: string): boolean {
  /** Of each open bracket, the count before it and whether it belongs to a template. */
  const open: { readonly outer: number; readonly isTemplate: boolean }[] = [];
  /** The count outside of the innermost bracket, and in it. */
  let outer = 0;
  let inner = 0;
  const push = (isTemplate: boolean): void => {
    open.push({ outer, isTemplate });
    outer += inner + 1;
    inner = 0;
  };
  /** Reads the part of a template that starts at `at`. */
  const template = (at: number): void => {
    token.lastIndex = endOfLiteral(source, at, templateStop);
    if (source.startsWith('${', token.lastIndex - 2)) push(true);
  };
  token.lastIndex = 0;
  for (let found = token.exec(source); found; found = token.exec(source)) {
    const { 0: text, index } = found;
    const stop = stringStops.get(text);
    if (stop) token.lastIndex = endOfLiteral(source, index, stop);
    else if (text === '`') template(index);
    else if (text === '//') token.lastIndex = endOfLine(source, index);
    else if (text === '/*') token.lastIndex = endOfBlockComment(source, index);
    else if (text === '(' || text === '[' || text === '{') push(false);
    else if (text === ')' || text === ']' || text === '}') {
      const last = open.pop();
      if (last) {
        inner = outer - last.outer;
        outer = last.outer;
      }
      if (last?.isTemplate) template(index);
    } else if (text === ',' || text === ';') inner = 0;
    else inner++;
    if (outer + inner > mostNested) return true;
  }
  return false;
}
