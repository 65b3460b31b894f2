import * as fs from 'node:fs';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type KnownFile, readSources } from '../../src/project/files/sources.ts';
import { migrationSource } from '../support/project.ts';

vi.mock('node:fs', async original => {
  const real = await original<typeof fs>();
  return { ...real, readFileSync: vi.fn(real.readFileSync) };
});

const name = 'Migration20260101000000_step';
let root: string;
let path: string;
let known: Map<string, KnownFile>;

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
  for (let look = 0; look < 3; look++) expect(read().migrations[0]).toBe(first);
  expect(reads()).toBe(1);
});

it('a recently written file is read again each time, because its time may stay the same', () => {
  for (let look = 0; look < 4; look++) read();
  expect(reads()).toBe(4);
});

it('an edit with the same size and time is detected', async () => {
  const { atime, mtime } = await stat(path);
  later(10_000);
  for (let look = 0; look < 3; look++) read();
  await write('select 2');
  await utimes(path, atime, mtime);
  later(10_000);
  expect(read().migrations[0]?.source).toContain('select 2');
});

it('a deleted file is a problem, although it is cached', async () => {
  later(10_000);
  for (let look = 0; look < 3; look++) read();
  await rm(path);
  expect(read().problems).toMatchObject([{ code: 'unreadable-file', revision: name }]);
});
