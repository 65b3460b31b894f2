import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';

/*
 * Node's permission model compares the path that the code gives, and then follows symbolic links. A link in
 * the project could therefore open any file. Here, functions that read receive the path without links, so
 * that the permission model judges the file itself.
 */

const { realpathSync, lstatSync } = fs;
const { native } = realpathSync;
const { apply, getPrototypeOf } = Reflect;
const { from, isBuffer } = Buffer;
const { isPrototypeOf: isPrototype } = Object.prototype;
const { isProxy } = types;

/** Functions of `fs` whose first argument is the path of something that they read; most have a `Sync` form. */
const readers = ['open', 'readFile', 'opendir', 'readdir', 'openAsBlob'];

/**
 * Replaces the functions that read files.
 * @param file an open file, to recognise others
 * @param refuse throws: the path leads to a place that cannot be read
 */
export function readRealPaths(file: object, refuse: () => never): void {
  const handles = getPrototypeOf(file) as object;
  const real = (path: unknown): unknown => {
    // Its answers could change.
    if (isProxy(path)) refuse();
    // An open file, not a path.
    if (typeof path === 'number' || apply(isPrototype, handles, [path])) return path;
    // A copy: an object may give another path each time.
    const copy = copyOf(path);
    try {
      return native(copy);
    } catch {
      if (exists(copy)) refuse();
      return copy;
    }
  };
  const replace = (target: object, name: string): void => {
    const original = Reflect.get(target, name) as unknown;
    if (typeof original !== 'function') return;
    const value = function (this: unknown, ...all: unknown[]): unknown {
      all[0] = real(all[0]);
      return apply(original, this, all);
    };
    Object.defineProperty(target, name, { value, writable: false, configurable: false });
  };
  for (const name of readers) {
    replace(fs, name);
    replace(fs, `${name}Sync`);
    replace(fs.promises, name);
  }
}

function copyOf(path: unknown): string | Buffer {
  if (typeof path === 'string') return path;
  if (isBuffer(path) || path instanceof Uint8Array) return from(path);
  return fileURLToPath(path as URL);
}

/** Whether something may be there, even if it is a link to nothing. */
function exists(path: string | Buffer): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    return code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ERR_ACCESS_DENIED';
  }
}
