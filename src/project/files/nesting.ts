import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** The parser survives more levels of brackets than these, and more operators of these kinds. */
const mostLevels = 1_000;
const mostChained = 2_000;

/** Shorter sources cannot be nested deeply enough; longer ones can be by any operator, characters. */
const leastLength = 3_000;
const mostLength = 40_000;

const parsing = `
const source = require('node:fs').readFileSync(0, 'utf8');
try { require(process.argv[1]).parseSync(process.argv[2], source).program; } catch {}
`;

/**
 * Whether parsing a source would overflow the stack of the native parser, which ends the process. A source that
 * might is parsed in a process of its own first.
 */
export function overflowsParser(file: string, source: string): boolean {
  if (source.length < leastLength) return false;
  if (source.length <= mostLength && !mayOverflow(source)) return false;
  const parser = createRequire(import.meta.url).resolve('oxc-parser');
  const { status, error } = spawnSync(process.execPath, ['-e', parsing, '--', parser, file], {
    input: source,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return error === undefined && status !== 0;
}

/** Without regard to strings and comments, whose characters count too: then the source is only parsed twice. */
function mayOverflow(source: string): boolean {
  let levels = 0;
  let chained = 0;
  for (let at = 0; at < source.length; at++) {
    switch (source[at]) {
      case '(':
      case '[':
      case '{':
        if (++levels > mostLevels) return true;
        break;
      case ')':
      case ']':
      case '}':
        levels = Math.max(0, levels - 1);
        break;
      case '?':
      case '!':
      case '~':
      case '=':
      case '<':
        chained++;
        break;
      case 'f':
        if (source[at - 1] === 'i') chained++;
    }
  }
  return chained > mostChained;
}
