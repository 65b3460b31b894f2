import * as fs from 'node:fs';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BuildCache } from '../../src/foundation/build-cache.ts';
import type { Sources } from '../../src/project/files/migration-source.ts';
import { type MigrationFile, readSources } from '../../src/project/files/sources.ts';
import { SourcesCache } from '../../src/project/files/sources-cache.ts';
import { migrationSource } from '../support/project.ts';

vi.mock('node:fs', async original => {
  const real = await original<typeof fs>();
  return { ...real, readFileSync: vi.fn(real.readFileSync) };
});

const name = 'Migration20260101000000_step';
let root: string;
let path: string;
let known: Map<string, MigrationFile>;

const write = (sql: string) => writeFile(path, migrationSource(name, { up: sql }));
const read = () => readSources(root, [path], known);
const reads = () => vi.mocked(fs.readFileSync).mock.calls.filter(([file]) => file === path).length;
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'migtui-sources-'));
  path = join(root, `${name}.ts`);
  known = new Map();
  await write('select 1');
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.mocked(fs.readFileSync).mockClear();
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(root, { recursive: true });
});

it('a file that has not changed for a while is read once', () => {
  later(10_000);
  const [first] = read().migrations;
  for (let times = 0; times < 3; times++) expect(read().migrations[0]).toBe(first);
  expect(reads()).toBe(1);
});

it('a recently written file is read again each time, because its time may stay the same', () => {
  for (let times = 0; times < 4; times++) read();
  expect(reads()).toBe(4);
});

it('an edit with the same size and time is detected', async () => {
  const { atime, mtime } = await stat(path);
  later(10_000);
  for (let times = 0; times < 3; times++) read();
  await write('select 2');
  await utimes(path, atime, mtime);
  later(10_000);
  expect(read().migrations[0]?.source).toContain('select 2');
});

it('the text of a file is read when it is needed, and must be the text that was read before', async () => {
  later(10_000);
  const [file] = read().migrations;
  // The same again, with another time.
  await write('select 1');
  expect(file?.source).toContain('select 1');
  later(20_000);
  const [again] = read().migrations;
  await write('select 2');
  expect(() => again?.source).toThrow('was edited after it was read');
  expect(read().migrations[0]?.source).toContain('select 2');
});

it('the text of a recently written file is kept, because an edit might not be detected', async () => {
  const [file] = read().migrations;
  await write('select 2');
  expect(file?.source).toContain('select 1');
});

it('a deleted file is a problem, although it is cached', async () => {
  later(10_000);
  for (let times = 0; times < 3; times++) read();
  await rm(path);
  expect(read().problems).toMatchObject([{ code: 'unreadable-file', revision: name }]);
});

describe('the cache of another process', () => {
  const names = Array.from(
    { length: 60 },
    (_, at) => `Migration202601010000${String(at).padStart(2, '0')}_step`,
  );
  const paths = () => names.map(one => join(root, `${one}.ts`));
  const file = () => join(root, 'cache', 'sources.json');
  /** What a new process reads, and how many of the files it had to open. */
  const inNewProcess = (build = 'this build') => {
    vi.mocked(fs.readFileSync).mockClear();
    const cache = new SourcesCache(new BuildCache(file(), build));
    const found = new Map<string, MigrationFile>();
    const sources = readSources(root, paths(), found, cache.read(names.length));
    cache.write(found);
    const opened = vi
      .mocked(fs.readFileSync)
      .mock.calls.filter(([one]) => String(one).endsWith('.ts')).length;
    return { sources, opened };
  };

  beforeEach(async () => {
    for (const one of names)
      await writeFile(join(root, `${one}.ts`), migrationSource(one, { up: 'select 1', revises: [] }));
  });

  it('saves reading the files that have not changed, and has the same result', async () => {
    later(10_000);
    const first = inNewProcess();
    const second = inNewProcess();
    expect([first.opened, second.opened]).toEqual([60, 0]);
    const told = ({ migrations, problems }: Sources) => ({
      problems,
      migrations: migrations.map(({ id, path, checksum, formerChecksum, declaration, source }) => ({
        id,
        path,
        checksum,
        formerChecksum,
        declaration,
        source,
      })),
    });
    expect(told(second.sources)).toEqual(told(first.sources));
  });

  it('is not used for a file that was changed with the same size and time', async () => {
    later(10_000);
    inNewProcess();
    const [changed] = paths() as [string];
    const { atime, mtime } = await stat(changed);
    await writeFile(changed, (await readFile(changed, 'utf8')).replace('select 1', 'select 2'));
    await utimes(changed, atime, mtime);
    later(10_000);
    const { sources, opened } = inNewProcess();
    expect(opened).toBe(1);
    expect(sources.migrations[0]?.source).toContain('select 2');
  });

  it('keeps nothing of files that were just written', () => {
    inNewProcess();
    expect(inNewProcess().opened).toBe(60);
  });

  it('is not used by another build, nor when it is damaged', async () => {
    later(10_000);
    inNewProcess();
    expect(inNewProcess('another build').opened).toBe(60);
    expect(inNewProcess('another build').opened).toBe(0);
    for (const damage of [
      '',
      '{',
      'null',
      '{"build":"another build"}',
      '{"build":"another build","paths":["a"]}',
    ]) {
      await writeFile(file(), damage);
      expect([damage, inNewProcess('another build').opened]).toEqual([damage, 60]);
    }
  });

  it('is not needed: a folder that cannot be written is no error', () => {
    later(10_000);
    const cache = new SourcesCache(new BuildCache('/proc/none/sources.json', 'this build'));
    const found = new Map<string, MigrationFile>();
    expect(readSources(root, paths(), found, cache.read(60)).migrations).toHaveLength(60);
    expect(() => cache.write(found)).not.toThrow();
  });

  it('a file that disappears before its text is needed is a clear error', async () => {
    later(10_000);
    inNewProcess();
    const [migration] = inNewProcess().sources.migrations;
    await rm(paths()[0] as string);
    expect(() => migration?.source).toThrow(/cannot be read: ENOENT/);
  });
});
