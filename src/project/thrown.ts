import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What somebody's code threw while it was loaded, in one line for a person. */
export function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'object' ? JSON.stringify(error) : String(error);
  const lines = stripColours(error.message)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  // esbuild's (tsx) first line only counts; the next has the place and the words
  const said = /^Transform failed/.test(lines[0] ?? '') ? lines[1] : lines[0];
  return said?.replace(/^.*?:\d+:\d+: ERROR: /, '') ?? error.name;
}

/** The line of `path` (absolute) that an error came from, 1-based; undefined when its stack does not name the file. */
export function lineIn(path: string, error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const name = basename(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`[\\\\/]${name}(?:\\?[^:\\s)]*)?:(\\d+)`);
  const found = place.exec(`${stripColours(error.message)}\n${error.stack ?? ''}`);
  const line = found ? Number(found[1]) : undefined;
  return line !== undefined && line <= linesOf(path) ? line : undefined;
}

/** The package that an import did not find; null when that is not what was thrown. */
export function missingPackage(error: unknown): string | null {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return null;
  const found = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(String(message))?.[1];
  if (!found || found.includes('\\')) return null;
  return found.split('/', found.startsWith('@') ? 2 : 1).join('/');
}

/** Loaders may generate more lines than a file has; those mean nothing to its author. */
function linesOf(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('\n').length;
  } catch {
    return 0;
  }
}

function stripColours(text: string): string {
  return text.replaceAll(/\u001b\[[0-9;]*m/g, '');
}
