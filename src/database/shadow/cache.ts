import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { build } from '../../foundation/built-from.ts';
import { cacheFolder } from '../../foundation/cache-folder.ts';
import { hashOf } from '../../foundation/hash-of.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/**
 * Changes with the code that reads schemas, so that old entries are not read. Where the sources themselves run, the
 * number must be changed with the contents of entries or their format.
 */
const format = build ?? 7;

/** Maximum size in bytes and number of files; the least recently used entries are deleted first. */
const most = { bytes: 192 * 2 ** 20, files: 2_000 };

/**
 * Caches the results of replays by content: results as JSON and scratch databases as bytes. Several processes
 * can share one folder: files are written atomically, and losing one only costs time.
 */
export class ShadowCache {
  readonly #folder: string;
  #written = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** In the project's cache folder, or in the temporary folder. */
  static of(root: string): ShadowCache {
    const inside = cacheFolder(root);
    return new ShadowCache(
      inside ? join(inside, 'shadow') : join(tmpdir(), `migtui-shadow-${userInfo().uid}`),
    );
  }

  /** A key for contents that depend only on `parts`. */
  key(...parts: readonly unknown[]): string {
    return hashOf([format, ...parts]);
  }

  async json<T>(key: string): Promise<T | null> {
    const text = await this.#read(`${key}.json`);
    try {
      return text && (JSON.parse(text.toString('utf8')) as T);
    } catch {
      return null;
    }
  }

  async keepJson(key: string, value: unknown): Promise<void> {
    await this.#write(`${key}.json`, Buffer.from(JSON.stringify(value)));
  }

  async bytes(key: string): Promise<Uint8Array | null> {
    const packed = await this.#read(`${key}.zst`);
    try {
      return packed && (await decompress(packed));
    } catch {
      return null;
    }
  }

  async keepBytes(key: string, bytes: Uint8Array): Promise<void> {
    const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
    await this.#write(`${key}.zst`, await compress(bytes, { params }));
  }

  async #read(name: string): Promise<Buffer | null> {
    const path = join(this.#folder, name);
    try {
      const content = await readFile(path);
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return content;
    } catch {
      return null;
    }
  }

  /** A cache that cannot be written (read-only checkout, full disk) is not an error. */
  async #write(name: string, content: Uint8Array): Promise<void> {
    const path = join(this.#folder, name);
    const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(temporary, content);
      await rename(temporary, path);
      if (this.#written++ % 32 === 0) await this.#prune();
    } catch {
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  async #prune(): Promise<void> {
    const found = await Promise.all(
      (await readdir(this.#folder)).map(async name => {
        const path = join(this.#folder, name);
        const info = await stat(path).catch(() => null);
        return info && { path, size: info.size, used: info.mtimeMs };
      }),
    );
    const newestFirst = found.filter(file => file !== null).sort((a, b) => b.used - a.used);
    let bytes = 0;
    for (const [index, file] of newestFirst.entries()) {
      bytes += file.size;
      if (bytes > most.bytes || index >= most.files) await rm(file.path, { force: true });
    }
  }
}
