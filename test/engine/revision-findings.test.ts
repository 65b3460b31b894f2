import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineOptions, Finding } from '../../src/engine/api.ts';
import { FindingsCache } from '../../src/engine/overview/findings-cache.ts';
import { revisionFindings } from '../../src/engine/overview/revision-findings.ts';
import { Session } from '../../src/engine/session.ts';
import { BuildCache } from '../../src/foundation/build-cache.ts';
import { type MigrationSketch, makeProject, type Project } from '../support/project.ts';

const ids = ['one', 'two', 'three', 'four'].map((name, at) => `Migration2026010${at + 1}000000_${name}`);
const [one, two, three, four] = ids as [string, string, string, string];

let project: Project;
const sessions: Session[] = [];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  project = await makeProject({
    typescript: false,
    // MikroORM remembers the first folder of the process..
    config: 'baseDir: process.cwd(),',
    migrations: {
      [one]: { up: 'create table "a" ("id" int primary key, "name" text)' },
      [two]: { up: 'create table "b" ("id" int primary key, "a" int)' },
      [three]: { up: 'alter table "b" add constraint "f" foreign key ("a") references "a"' },
      [four]: { up: 'create index "i" on "b" ("a")', down: 'drop index "i"' },
    },
  });
  later();
});

afterEach(async () => {
  vi.useRealTimers();
  for (const session of sessions.splice(0)) await session.close();
});

/** The files were not changed just now. */
const later = () => vi.setSystemTime(Date.now() + 10_000);

async function open(options: Partial<EngineOptions> = {}): Promise<Session> {
  const session = await Session.open({ root: project.root, ...options }, () => {});
  sessions.push(session);
  return session;
}

const cacheOf = (build = 'this build') =>
  new FindingsCache(new BuildCache(join(project.root, 'cache', 'found.json'), build));
const none = new FindingsCache(new BuildCache(null, null));

/** The findings of a revision, and whether they were cached. */
async function found(session: Session, id: string, cache = cacheOf()) {
  const read = vi.spyOn(cache, 'read');
  const findings = await revisionFindings(session, await session.state(), id, cache);
  return { findings, cached: read.mock.results.some(({ value }) => value !== null) };
}

const rulesOf = (findings: readonly Finding[]) => findings.map(({ rule }) => rule);

test('a revision is linted once', async () => {
  const session = await open();
  const first = await found(session, four);
  const second = await found(await open(), four);
  expect([first.cached, second.cached]).toEqual([false, true]);
  expect(rulesOf(first.findings)).toContain('index-blocks-writes');
  expect(second.findings).toEqual(first.findings);
  expect((await found(session, three)).cached).toBe(false);
  expect((await found(session, four)).cached).toBe(true);
});

test('it is linted again when a file before it has changed, and not when a later one has', async () => {
  const session = await open();
  const before = await found(session, three);
  await project.addMigration(four, { up: 'select 1' });
  later();
  expect((await found(session, three)).cached).toBe(true);
  await project.addMigration(two, { up: 'create table "b" ("a" int); create index "i" on "b" ("a")' });
  later();
  const after = await found(session, three);
  expect(after.cached).toBe(false);
  expect(rulesOf(before.findings)).toContain('missing-foreign-key-index');
  expect(rulesOf(after.findings)).not.toContain('missing-foreign-key-index');
});

test('it is linted again when its own file has changed, even if it does the same', async () => {
  const session = await open();
  const [before] = (await found(session, four)).findings;
  await project.write(`migrations/${four}.js`, `\n\n${await project.read(`migrations/${four}.js`)}`);
  later();
  const { cached, findings } = await found(session, four);
  expect(cached).toBe(false);
  expect(findings[0]?.place.line).toBe((before?.place.line as number) + 2);
});

test('it is linted again with other settings, another build and another schema', async () => {
  await found(await open(), four);
  const off = { rules: { 'index-blocks-writes': 'off' } } as const;
  const silent = await found(await open({ lint: off }), four);
  expect(silent.cached).toBe(false);
  expect(rulesOf(silent.findings)).not.toContain('index-blocks-writes');
  expect((await found(await open({ lockTimeout: 0 }), four)).cached).toBe(false);
  expect((await found(await open({ schema: 'shop' }), four)).cached).toBe(false);
  expect((await found(await open(), four, cacheOf('another build'))).cached).toBe(false);
  await expect(found(await open({ lint: { rules: { nonsense: 'off' } } }), four)).rejects.toThrow('nonsense');
});

test('nothing is kept of a file that was changed just now, nor of SQL that code decides', async () => {
  const session = await open();
  vi.useRealTimers();
  await project.addMigration(one, { up: 'create table "a" ("id" int primary key)' });
  for (let times = 0; times < 2; times++) expect((await found(session, four)).cached).toBe(false);
  vi.useFakeTimers({ toFake: ['Date'] });
  const source = await project.read(`migrations/${one}.js`);
  await project.write(`migrations/${one}.js`, source.replace('this.addSql(', 'if (true) this.addSql('));
  later();
  for (let times = 0; times < 2; times++) expect((await found(session, four)).cached).toBe(false);
});

test('nothing is kept where the config changes statements', async () => {
  const session = await open();
  const { config } = session.project.orm;
  const before = await found(session, four);
  config.set('onQuery', sql => sql.replace('create index', 'create index concurrently'));
  for (let times = 0; times < 2; times++) {
    const after = await found(session, four);
    expect(after.cached).toBe(false);
    expect(after.findings).not.toEqual(before.findings);
  }
});

test('a cache that is damaged or cannot be written is not an error', async () => {
  const session = await open();
  await found(session, four);
  for (const damage of ['', '{', 'null', '{"build":"this build"}', '{"build":"this build","entries":[1]}']) {
    await project.write('cache/found.json', damage);
    expect([damage, (await found(session, four)).cached]).toEqual([damage, false]);
  }
  const unwritable = new FindingsCache(new BuildCache('/proc/none/found.json', 'this build'));
  for (let times = 0; times < 2; times++) expect((await found(session, four, unwritable)).cached).toBe(false);
});

test('only the last results are kept', async () => {
  const cache = cacheOf();
  for (let at = 0; at < 40; at++) cache.keep(at, []);
  expect(cache.read(39)).toEqual([]);
  expect(cache.read(0)).toBeNull();
});

const statement = fc.constantFrom(
  'create table "a" ("id" int primary key, "name" text)',
  'create table if not exists "b" ("id" int primary key, "a" int)',
  'alter table "a" add column "more" text not null',
  'alter table "a" alter column "name" type int using 1',
  'alter table "b" add constraint "f" foreign key ("a") references "a"',
  'create index "i" on "b" ("a")',
  'drop index "i"',
  'drop table "a"',
  'update "a" set "name" = 1',
  'set search_path to other',
  '-- migtui: allow index-blocks-writes small\ncreate index "j" on "b" ("a")',
  'nonsense',
);
const statements = fc.array(statement, { maxLength: 3 });
const sketch: fc.Arbitrary<MigrationSketch> = fc.record({
  up: statements,
  down: fc.option(statements, { nil: undefined }),
});

test('the cached findings are those that lint finds, whatever changes', async () => {
  const session = await open();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...ids), sketch), { minLength: 1, maxLength: 2 }),
      async edits => {
        for (const [id, migration] of edits) await project.addMigration(id, migration);
        later();
        const state = await session.state();
        for (const id of ids) {
          const expected = await revisionFindings(session, state, id, none);
          for (let times = 0; times < 2; times++)
            expect(await revisionFindings(session, state, id, cacheOf())).toEqual(expected);
          expect((await found(session, id)).cached).toBe(true);
        }
      },
    ),
    { numRuns: 30 },
  );
});
