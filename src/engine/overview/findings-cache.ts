import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../foundation/built-from.ts';
import { cacheFolder } from '../../foundation/cache-folder.ts';
import { replaceFile } from '../../foundation/replace-file.ts';
import type { Finding } from '../api.ts';

/** Maximum number of results that are kept; the oldest are forgotten first. */
const most = 30;

interface Content {
  readonly build: string;
  readonly entries: readonly (readonly [key: string, findings: readonly Finding[]])[];
}

/**
 * Caches the findings of the revisions of a project that were linted last, each by everything it depends on. The
 * cache is used only by the build that wrote it. Of two processes that write at the same time, one result is lost,
 * which only costs time.
 */
export class FindingsCache {
  readonly #file: string | null;
  readonly #build: string | null;

  constructor(file: string | null, build: string | null) {
    this.#file = file;
    this.#build = build;
  }

  /** The cache of a project; where the sources of migtui themselves run, it keeps nothing. */
  static of({ root, folder }: { readonly root: string; readonly folder: string | null }): FindingsCache {
    const inside = folder === null ? null : cacheFolder(root);
    return new FindingsCache(inside && join(inside, 'findings', `${hashOf([root, folder])}.json`), build);
  }

  /** Whether anything is kept. */
  get kept(): boolean {
    return this.#file !== null && this.#build !== null;
  }

  /** @param key plain value */
  read(key: unknown): readonly Finding[] | null {
    return this.#entries().get(hashOf(key)) ?? null;
  }

  /** A cache that cannot be written is not an error. */
  keep(key: unknown, findings: readonly Finding[]): void {
    if (this.#file === null || this.#build === null) return;
    const entries = this.#entries();
    entries.delete(hashOf(key));
    entries.set(hashOf(key), findings);
    const content: Content = { build: this.#build, entries: [...entries].slice(-most) };
    // The statements may contain passwords.
    replaceFile(this.#file, JSON.stringify(content), true);
  }

  #entries(): Map<string, readonly Finding[]> {
    if (this.#file === null) return new Map();
    try {
      const { build, entries } = JSON.parse(readFileSync(this.#file, 'utf8')) as Content;
      return new Map(build === this.#build ? entries : []);
    } catch {
      return new Map();
    }
  }
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
