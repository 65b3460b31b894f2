import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import type { RehearsedStep, TestReport } from '../../src/engine/api.ts';
import { asking, freshCache, openedShadow, projectOf, running, ups } from '../authoring/support.ts';
import type { MigrationSketch, Project } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const id = (number: number, slug: string): string => `Migration2026010${number}000000_${slug}`;
const base = id(1, 'base');
const good: Record<string, MigrationSketch> = {
  [base]: { up: 'create table "chats" ("id" int primary key, "title" text)', down: 'drop table "chats"' },
};

/** A short form of a step in a plan's rehearsal. */
const short = ({ revision, ok, failure, undone, redone }: RehearsedStep) => ({
  revision,
  ok,
  failure: failure?.message ?? null,
  undone: undone.outcome,
  differences: undone.differences.map(({ sign, words }) => `${sign} ${words}`),
  redone: redone.outcome,
});

async function rehearsalOf(migrations: Record<string, MigrationSketch>, applied: string | null = null) {
  const { url } = await createDatabase();
  const project = await projectOf({ url, migrations });
  return asking(project.root, async engine => {
    if (applied) await running(engine, 'upgrade', applied);
    return engine.rehearsePlan({ command: 'upgrade', targets: ['heads'] });
  });
}

describe('rehearsing a plan', () => {
  test('runs up, down and up again on the applied revisions', async () => {
    const add = id(2, 'add');
    const { ok, steps, caveats } = await rehearsalOf(
      {
        ...good,
        [add]: {
          up: 'alter table "chats" add "topic" text',
          down: 'alter table "chats" drop column "topic"',
        },
      },
      base,
    );
    expect(ok).toBe(true);
    expect(steps.map(short)).toEqual([
      { revision: add, ok: true, failure: null, undone: 'same', differences: [], redone: 'same' },
    ]);
    expect(steps[0]!.effects).toEqual([{ sign: '+', object: 'chats.topic', words: 'chats.topic text' }]);
    expect(caveats).toHaveLength(1);
  });

  test('names a down() that is missing, fails, or does not restore the schema, and continues', async () => {
    const migrations = {
      ...good,
      [id(2, 'missing')]: { up: 'create table "a" ()' },
      [id(3, 'fails')]: { up: 'create table "b" ()', down: 'drop table "nope"' },
      [id(4, 'forgets')]: {
        up: ['create table "c" ()', 'create index "chats_title" on "chats" ("title")'],
        down: 'drop table "c"',
      },
      [id(5, 'fine')]: { up: 'create table "d" ()', down: 'drop table "d"' },
    };
    const { ok, steps, untried } = await rehearsalOf(migrations);
    expect(ok).toBe(false);
    expect(untried).toEqual([]);
    expect(steps.map(short)).toEqual([
      expect.objectContaining({ revision: base, ok: true }),
      expect.objectContaining({ revision: id(2, 'missing'), ok: false, undone: 'none', redone: 'untried' }),
      expect.objectContaining({ revision: id(3, 'fails'), ok: false, undone: 'failed', redone: 'untried' }),
      expect.objectContaining({
        revision: id(4, 'forgets'),
        ok: false,
        undone: 'differs',
        differences: ['+ chats index chats_title (title)'],
        redone: 'failed',
      }),
      expect.objectContaining({ revision: id(5, 'fine'), ok: true }),
    ]);
    expect(steps[2]!.undone.failure?.message).toContain('"nope" does not exist');
  });

  test('stops at a step that fails', async () => {
    const { ok, steps, untried } = await rehearsalOf({
      ...good,
      [id(2, 'broken')]: { up: 'alter table "nope" add "x" int', down: 'select 1' },
      [id(3, 'after')]: { up: 'select 1', down: 'select 1' },
    });
    expect(ok).toBe(false);
    expect(steps.map(short)).toEqual([
      expect.objectContaining({ revision: base, ok: true }),
      expect.objectContaining({ revision: id(2, 'broken'), failure: expect.stringContaining('"nope"') }),
    ]);
    expect(untried).toEqual([id(3, 'after')]);
  });

  test('rows left by undoing do not make a later revision fail', async () => {
    const { steps } = await rehearsalOf({
      ...good,
      [id(2, 'rows')]: {
        up: `insert into "chats" values ((select count(*) from "chats") + 1, 'a')`,
        down: [],
      },
      // Works for one row, as in a plain upgrade, but not for the two rows of up, down and up again.
      [id(3, 'one')]: {
        up: 'create unique index "chats_title" on "chats" ("title")',
        down: 'drop index "chats_title"',
      },
    });
    expect(steps.map(short)).toEqual([
      expect.objectContaining({ ok: true }),
      expect.objectContaining({ ok: true }),
      expect.objectContaining({ revision: id(3, 'one'), ok: true, failure: null }),
    ]);
  });

  test('runs a downgrade down, up and down again', async () => {
    const { url } = await createDatabase();
    const lossy = id(2, 'lossy');
    const project = await projectOf({
      url,
      migrations: {
        ...good,
        [lossy]: {
          up: 'alter table "chats" add "topic" text',
          down: 'alter table "chats" drop column "title"',
        },
      },
    });
    await asking(project.root, async engine => {
      await running(engine, 'upgrade', 'head');
      const rehearsal = await engine.rehearsePlan({ command: 'downgrade', targets: ['-1'] });
      expect(rehearsal.steps.map(({ action }) => action)).toEqual(['down']);
      expect(rehearsal.steps[0]).toMatchObject({ ok: false, undone: { outcome: 'failed' } });
    });
  });

  test('is cached: a second one replays nothing', async () => {
    const project = await projectOf({
      migrations: { ...good, [id(2, 'add')]: { up: 'create table "x" ()', down: 'drop table "x"' } },
    });
    const cache = await freshCache();
    const trips = async () => {
      const opened = await openedShadow(project.root, { cache });
      closing.push(opened.close);
      const { shadow, sources, replayed } = opened;
      const found = await shadow.roundTrips([], ups(base, id(2, 'add')), sources);
      return { found, replayed };
    };
    const first = await trips();
    // Up, down, up of each: nothing is run twice to reach the next step.
    expect(first.replayed).toHaveLength(6);
    const second = await trips();
    expect(second.replayed).toEqual([]);
    expect(second.found).toEqual(first.found);
  });
});

const outcomes = ({ tests }: TestReport) =>
  Object.fromEntries(tests.map(({ name, outcome }) => [name, outcome]));

const entities = `import { EntitySchema } from '@mikro-orm/core';
export const entities = [new EntitySchema({ name: 'Chat', tableName: 'chats', properties: {
  id: { type: 'integer', primary: true, autoincrement: false }, title: { type: 'text', nullable: true },
} })];
`;

async function testing(project: Project, request = {}): Promise<TestReport> {
  return asking(project.root, engine => engine.test(request));
}

describe('testing the revisions', () => {
  test('passes without the database of the project', async () => {
    const report = await testing(await projectOf({ migrations: good, entities }));
    expect(report.ok).toBe(true);
    expect(outcomes(report)).toEqual({
      graph: 'passed',
      heads: 'passed',
      upgrade: 'passed',
      entities: 'passed',
      downgrade: 'passed',
      findings: 'passed',
    });
  });

  test('fails for two heads, for entities that differ, and for a failing downgrade', async () => {
    const migrations = {
      ...good,
      [id(2, 'left')]: { up: 'create table "left" ("id" int primary key)', down: [], revises: [base] },
      [id(3, 'right')]: { up: 'create table "right" ("id" int primary key)', revises: [base] },
    };
    const project = await projectOf({
      migrations,
      entities: entities.replace('nullable', 'length: 20, nullable'),
    });
    const report = await testing(project);
    expect(report.ok).toBe(false);
    expect(outcomes(report)).toMatchObject({ heads: 'failed', upgrade: 'passed', downgrade: 'failed' });
    const details = (name: string) => report.tests.find(test => test.name === name)!.details;
    expect(details('heads')).toEqual([id(2, 'left'), id(3, 'right')]);
    expect(details('downgrade')).toEqual([
      expect.stringMatching(/left: down\(\) does not restore the schema: \+ table left/),
      expect.stringMatching(/right has no down\(\)/),
    ]);
    const lenient = await testing(project, { allowMissingDown: true });
    expect(lenient.tests.find(({ name }) => name === 'downgrade')!.details).toHaveLength(1);
  });

  test('stops early if the files or a revision are broken', async () => {
    const broken = await testing(
      await projectOf({ migrations: { [id(2, 'lost')]: { up: 'select 1', revises: ['Nope'] } } }),
    );
    expect(outcomes(broken)).toMatchObject({ graph: 'failed', upgrade: 'skipped', downgrade: 'skipped' });
    expect(broken.ok).toBe(false);
    const failing = await testing(await projectOf({ migrations: { [base]: { up: 'select nonsense' } } }));
    expect(outcomes(failing)).toMatchObject({ graph: 'passed', upgrade: 'failed', entities: 'skipped' });
    expect(failing.tests.find(({ name }) => name === 'upgrade')!.details.join()).toContain('nonsense');
  });

  test('fails for dangerous findings, unless accepted, below the level, or old', async () => {
    const dangerous = 'alter table "chats" alter "title" set not null';
    const project = await projectOf({
      migrations: { ...good, [id(2, 'late')]: { up: dangerous, down: [] } },
    });
    const findings = async (request = {}) =>
      (await testing(project, request)).tests.find(({ name }) => name === 'findings');
    expect(await findings()).toMatchObject({
      outcome: 'failed',
      details: [expect.stringMatching(/late up: not-null-scans: /)],
      next: expect.stringContaining('--since'),
    });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: project.root });
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'all');
    expect(await findings({ since: 'main' })).toMatchObject({
      outcome: 'passed',
      message: expect.stringMatching(/^0 revisions/),
    });
    const file = `migrations/${id(2, 'late')}.ts`;
    const source = await project.read(file);
    await project.write(file, `// migtui: accept not-null-scans because it is small\n${source}`);
    expect(await findings({ since: 'main' })).toMatchObject({
      outcome: 'passed',
      message: expect.stringMatching(/1 revision that.*1 accepted/),
    });
    expect(await findings({ failOn: 'note' })).toMatchObject({ outcome: 'failed' });
  });

  test('with --since tests only the downgrades of changed revisions, and refuses an unknown ref', async () => {
    const bad = { up: 'create table "old" ()', down: 'select 1' };
    const project = await projectOf({ migrations: { ...good, [id(2, 'old')]: bad } });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: project.root });
    git('init', '-q', '-b', 'main');
    git('add', 'migrations');
    git('commit', '-qm', 'one');
    await project.addMigration(id(3, 'new'), { up: 'create table "new" ()', down: 'drop table "new"' });
    const report = await testing(project, { since: 'main' });
    expect(report.tests.find(({ name }) => name === 'downgrade')).toMatchObject({
      outcome: 'passed',
      message: '1 revision that changed, downgraded and upgraded again',
    });
    expect(outcomes(await testing(project))).toMatchObject({ downgrade: 'failed' });
    await expect(testing(project, { since: 'nope' })).rejects.toMatchObject({ code: 'bad-ref' });
  });
});
