import { BuildCache } from '../../foundation/build-cache.ts';
import { hashOf } from '../../foundation/hash-of.ts';
import type { Finding } from '../api.ts';

/** Maximum number of results that are kept; the oldest are forgotten first. */
const most = 30;

type Entry = readonly [key: string, findings: readonly Finding[]];

interface Content {
  readonly entries: readonly Entry[];
}

/**
 * Caches the findings of the revisions of a project that were linted last, each by everything it depends on. Of two
 * processes that write at the same time, one result is lost, which only costs time.
 */
export class FindingsCache {
  readonly #cache: BuildCache<Content>;

  constructor(cache: BuildCache<Content>) {
    this.#cache = cache;
  }

  /** The cache of a project. */
  static of({ root, folder }: { readonly root: string; readonly folder: string | null }): FindingsCache {
    return new FindingsCache(
      folder === null ? new BuildCache(null, null) : BuildCache.in(root, 'findings', [root, folder]),
    );
  }

  /** Whether anything is kept. */
  get kept(): boolean {
    return this.#cache.keeps;
  }

  /** @param key plain value */
  read(key: unknown): readonly Finding[] | null {
    return this.#entries().get(hashOf(key)) ?? null;
  }

  /** @param key plain value */
  keep(key: unknown, findings: readonly Finding[]): void {
    const entries = this.#entries();
    entries.delete(hashOf(key));
    entries.set(hashOf(key), findings);
    // The statements may contain passwords.
    this.#cache.write({ entries: [...entries].slice(-most) }, true);
  }

  #entries(): Map<string, readonly Finding[]> {
    return this.#cache.read(({ entries }) => new Map(entries)) ?? new Map();
  }
}
