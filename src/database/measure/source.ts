import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import { learnFromUrl } from '../../foundation/secrets/sources.ts';

/** The source of a copy. */
export type DataSource =
  /** A database of the shadow's server. */
  | { readonly kind: 'template'; readonly name: string }
  /** A database elsewhere. */
  | { readonly kind: 'database'; readonly url: string; readonly name: string }
  /** A format that pg_restore reads: custom, directory and tar. */
  | { readonly kind: 'archive'; readonly path: string }
  /** SQL as written by pg_dump, optionally compressed with gzip. */
  | { readonly kind: 'sql'; readonly path: string; readonly gzip: boolean };

/**
 * Detects the kind of a `--data` argument.
 * @param from a file or folder, a URL, or the name of a database on the shadow's server
 * @param shadow URL of that server
 * @throws Failure `bad-data` for a file that is not a dump
 */
export function dataSource(from: string, shadow: string): DataSource {
  if (/^postgres(ql)?:\/\//.test(from)) {
    learnFromUrl(from);
    const name = decodeURIComponent(new URL(from).pathname.slice(1));
    if (name === '') throw badData('The URL of --data names no database.', 'Add it: postgres://…/name');
    return serverOf(from) === serverOf(shadow)
      ? { kind: 'template', name }
      : { kind: 'database', url: from, name };
  }
  if (!existsSync(from)) return { kind: 'template', name: from };
  if (statSync(from).isDirectory()) {
    if (existsSync(join(from, 'toc.dat'))) return { kind: 'archive', path: from };
    throw badData(
      `The folder ${from} is not a dump: it has no toc.dat.`,
      'Create one: pg_dump --format=directory',
    );
  }
  return fileSource(from);
}

/** Display name of the source, for measurements. */
export function nameOfSource(source: DataSource): string {
  return source.kind === 'archive' || source.kind === 'sql' ? basename(source.path) : source.name;
}

function fileSource(path: string): DataSource {
  const head = Buffer.alloc(512);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  if (head.subarray(0, 5).toString('latin1') === 'PGDMP') return { kind: 'archive', path };
  if (head.subarray(257, 262).toString('latin1') === 'ustar') return { kind: 'archive', path };
  if (head[0] === 0x1f && head[1] === 0x8b) return { kind: 'sql', path, gzip: true };
  const text = head.subarray(0, head.indexOf(0) < 0 ? head.length : head.indexOf(0));
  if (text.length === head.length || statSync(path).size === text.length) {
    return { kind: 'sql', path, gzip: false };
  }
  throw badData(
    `${path} is neither a dump of pg_dump nor SQL.`,
    'Create one: pg_dump --format=custom --file=…',
  );
}

/** Host and port; the names of the local machine are equivalent. */
function serverOf(url: string): string {
  const { hostname, port } = new URL(url);
  const host = ['127.0.0.1', '[::1]', ''].includes(hostname) ? 'localhost' : hostname.toLowerCase();
  return `${host}:${port || 5432}`;
}

function badData(message: string, next: string): Failure {
  return new Failure({ code: 'bad-data', message, next });
}
