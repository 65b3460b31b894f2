import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Longer messages quote a file without line breaks, characters. */
const longest = 500;

/** An error that the user's code threw while it was loaded, in one readable line, shortened if it is very long. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'object' ? JSON.stringify(error) : String(error);
  const lines = stripColours(error.message)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  // esbuild's (tsx) first line only counts the errors; the next has the location and the message.
  const reported = /^Transform failed/.test(lines[0] ?? '') ? lines[1] : lines[0];
  const message = reported?.slice(0, longest + 100).replace(/^.*?:\d+:\d+: ERROR: /, '') ?? error.name;
  return message.length > longest ? `${message.slice(0, longest)} …` : message;
}

/**
 * The line in `path` (absolute) that an error came from, 1-based; undefined if its stack does not name the
 * file.
 */
export function lineIn(path: string, error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const name = basename(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`[\\\\/]${name}(?:\\?[^:\\s)]*)?:(\\d+)`);
  const found = place.exec(`${stripColours(error.message)}\n${error.stack ?? ''}`);
  const line = found ? Number(found[1]) : undefined;
  return line !== undefined && line <= linesOf(path) ? line : undefined;
}

/** A location in the project's own files. */
export interface SourcePlace {
  /** Relative to the project. */
  readonly file: string;
  readonly line: number;
  /** The file has git conflict markers. */
  readonly conflict: boolean;
}

/**
 * The location in the project's files where an error was thrown, or the file that does not parse; null if
 * none is named. Files of packages do not count.
 */
export function placeIn(root: string, error: unknown): SourcePlace | null {
  if (!(error instanceof Error)) return null;
  const real = existsSync(root) ? realpathSync(root) : root;
  const folders = [root, real].map(folder => folder + sep);
  for (const text of stripColours(`${error.message}\n${error.stack ?? ''}`).split('\n')) {
    for (const { 1: ending = '', 2: line, index } of text.matchAll(fileEnding)) {
      const path = pathBefore(text.slice(0, index + ending.length), folders);
      const base = folders.find(folder => path?.startsWith(folder));
      if (!path || base === undefined) continue;
      if (path.includes(`${sep}node_modules${sep}`) || !existsSync(path)) continue;
      const conflict = conflictLine(path);
      return { file: relative(base, path), line: conflict ?? Number(line), conflict: conflict !== null };
    }
  }
  return null;
}

/** The end of a source file's name, and its line. */
const fileEnding = /(\.[cm]?[jt]sx?)(?:\?[^:\s]{0,100})?:(\d{1,9})/g;

/** The path at the end of a text, if it is in one of the folders; null if it is not. */
function pathBefore(text: string, folders: readonly string[]): string | null {
  const url = text.lastIndexOf('file://');
  if (url >= 0 && !/\s/.test(text.slice(url))) {
    try {
      return fileURLToPath(text.slice(url));
    } catch {
      return null;
    }
  }
  const start = Math.max(...folders.map(folder => text.lastIndexOf(folder)));
  return start < 0 ? null : text.slice(start);
}

/** The first line with a git conflict marker, 1-based. */
function conflictLine(path: string): number | null {
  const at = readFileSync(path, 'utf8')
    .split('\n')
    .findIndex(line => /^<{7} /.test(line));
  return at < 0 ? null : at + 1;
}

/** The package that an import did not find; null for any other error. */
export function missingPackage(error: unknown): string | null {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return null;
  const found = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(String(message))?.[1];
  if (!found || found.includes('\\')) return null;
  return found.split('/', found.startsWith('@') ? 2 : 1).join('/');
}

/** Loaders may generate more lines than a file has; those line numbers are useless to its author. */
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
