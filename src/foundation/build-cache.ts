import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as thisBuild } from './built-from.ts';
import { cacheFolder } from './cache-folder.ts';
import { hashOf } from './hash-of.ts';
import { replaceFile } from './replace-file.ts';

/**
 * A JSON file about a project that only the build that wrote it reads, because it depends on the code. A file that
 * is absent, damaged or of another build is empty, and one that cannot be written is not an error.
 */
export class BuildCache<Content extends object> {
  readonly #file: string | null;
  readonly #build: string | null;

  /** Without a file or a build, it keeps nothing. */
  constructor(file: string | null, build: string | null) {
    this.#file = file;
    this.#build = build;
  }

  /**
   * In the project's cache folder; where the sources of migtui themselves run, it keeps nothing.
   * @param kind the folder inside
   * @param of distinguishes the files of a kind
   */
  static in<Content extends object>(root: string, kind: string, of: readonly unknown[]): BuildCache<Content> {
    const inside = cacheFolder(root);
    const file = inside && join(inside, kind, `${hashOf(of).slice(0, 16)}.json`);
    return new BuildCache<Content>(file, thisBuild);
  }

  /** Whether it can keep anything. */
  get keeps(): boolean {
    return this.#file !== null && this.#build !== null;
  }

  /** @returns what `parse` makes of the content; null: there is none, or `parse` failed */
  read<T>(parse: (content: Content) => T): T | null {
    if (this.#file === null || this.#build === null) return null;
    try {
      const { build, ...content } = JSON.parse(readFileSync(this.#file, 'utf8'));
      return build === this.#build ? parse(content as Content) : null;
    } catch {
      return null;
    }
  }

  /** @param isPrivate only the user can read it */
  write(content: Content, isPrivate = false): void {
    if (this.#file === null || this.#build === null) return;
    replaceFile(this.#file, jsonParts({ build: this.#build, ...content }), isPrivate);
  }
}

/** Number of elements of a list in one part. */
const partLength = 2_000;

/** JSON in parts: a long text as a whole would take more memory than everything else. */
function* jsonParts(content: object): Generator<string> {
  let separator = '{';
  for (const [key, value] of Object.entries(content)) {
    yield `${separator}${JSON.stringify(key)}:`;
    separator = ',';
    if (!Array.isArray(value)) {
      yield JSON.stringify(value);
      continue;
    }
    for (let at = 0; at < value.length; at += partLength) {
      yield (at === 0 ? '[' : ',') + JSON.stringify(value.slice(at, at + partLength)).slice(1, -1);
    }
    yield value.length === 0 ? '[]' : ']';
  }
  yield '}';
}
