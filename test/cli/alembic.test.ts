import { describe, expect, test } from 'vitest';
import type { EngineApi } from '../../src/engine/api.ts';
import { ids, migtui, type Told, unmerged } from './fake.ts';

/* Commands as typed by users of Alembic or MikroORM's own CLI. */

describe('history', () => {
  test.each([
    ['history -r :current', 'history :current'],
    ['history --rev-range=-1:current', 'history -1:current'],
    ['history -r -1:current --json', 'history -1:current --json'],
    ['list', 'history'],
  ])('%s is %s', async (one, other) => {
    const [first, second] = [await migtui(one), await migtui(other)];
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    expect(first.stdout).toBe(second.stdout);
  });
});

describe('current --check-heads', () => {
  test('fails unless every head is applied, and names the others', async () => {
    const behind = await migtui('current --check-heads', { revisions: unmerged });
    expect(behind.code).toBe(1);
    expect(behind.stdout).toContain('add_user_id');
    expect(behind.stderr).toContain(
      'Not applied: 20261119161000 add_reactions, 20261120101500 add_last_read_at.',
    );
    const all = { applied: Object.values(ids) };
    expect(await migtui('current --check-heads', all)).toMatchObject({ code: 0, stderr: '' });
    expect(await migtui('current', { revisions: unmerged })).toMatchObject({ code: 0, stderr: '' });
  });
});

test('up and down are upgrade and downgrade', async () => {
  expect((await migtui('up head --plan')).stdout).toBe((await migtui('upgrade head --plan')).stdout);
  expect((await migtui('down -1 --plan')).stdout).toBe((await migtui('downgrade -1 --plan')).stdout);
});

test('-x arguments are passed to the project', async () => {
  const { opened } = await migtui('upgrade head --plan -x tenant=a=b -x mode=fast');
  expect(opened?.x).toEqual({ tenant: 'a=b', mode: 'fast' });
  expect((await migtui('upgrade head --plan')).opened?.x).toBeUndefined();
  expect(await migtui('upgrade head --plan -x tenant')).toMatchObject({ code: 2 });
});

test('only the script is on stdout, even with warnings', async () => {
  const { stdout, stderr } = await migtui('upgrade head --sql');
  expect({ stdout, stderr }).toEqual({ stdout: '-- head\nbegin;\ncommit;\n', stderr: '' });
});

test('revision --rev-id and upgrade --tag reach the engine', async () => {
  const { calls } = await migtui('revision -m x --rev-id 20301231235959');
  expect(calls.find(([method]) => method === 'draftRevision')?.[1]).toMatchObject({
    revId: '20301231235959',
  });
  const run = await migtui('upgrade head --yes --tag v7');
  expect(run.calls.find(([method]) => method === 'run')?.[2]).toMatchObject({ tag: 'v7' });
});

test('ensure-version creates the table and says whether it did', async () => {
  expect((await migtui('ensure-version')).stdout).toBe('Created public.mikro_orm_migrations\n');
  const there = await migtui('ensure-version --json', { engine: { ensureTable: async () => false } });
  expect(there.json()).toEqual({ table: 'public.mikro_orm_migrations', made: false });
});

test('undo and redo use the last run, never one that ran in the meantime', async () => {
  const preview: EngineApi['preview'] = async request => ({
    request: { ...request, command: 'downgrade', past: { kind: 'undo', run: '1a2b3c4d-5e6f' } },
    plan: { steps: [{ revision: ids.user, action: 'down' }], tips: [ids.initial] },
    steps: [
      {
        revision: ids.user,
        action: 'down',
        preview: { sql: [], complete: true, note: null, transactional: true },
        batch: 0,
        losses: [],
        findings: [],
      },
    ],
    batches: [{ transactional: true, steps: [0] }],
    warnings: [],
    destructive: false,
    protected: false,
    policy: [],
    measured: null,
    databaseName: 'chat',
    databaseLabel: 'ana@db.staging/chat',
    schema: null,
    fingerprint: 'f',
  });
  const shown = await migtui('undo --plan', { engine: { preview } });
  expect(shown.stdout).toContain('undo of the run 1a2b3c4d on ana@db.staging/chat: 1 step');
  const { calls, code } = await migtui('undo --yes', { engine: { preview } });
  expect(code).toBe(0);
  expect(calls.find(([method]) => method === 'preview')?.[1]).toMatchObject({ past: { kind: 'undo' } });
  expect(calls.find(([method]) => method === 'run')?.[2]).toMatchObject({ whenChanged: 'refuse' });
  const again = await migtui('redo --plan', { engine: { preview } });
  expect(again.calls.find(([method]) => method === 'preview')?.[1]).toMatchObject({ past: { kind: 'redo' } });
});

test("create is revision with MikroORM's options", async () => {
  const asked = async (args: string): Promise<unknown> =>
    (await migtui(args)).calls.find(([method]) => method === 'draftRevision')?.[1];
  expect(await asked('create -n add_x')).toMatchObject({ message: 'add_x', autogenerate: true });
  expect(await asked('create --blank')).toMatchObject({ message: '', autogenerate: false });
});

describe('fresh', () => {
  const did = ({ calls }: Told, what: string): boolean => calls.some(([method]) => method === what);
  const overview = {
    project: {
      ...{ name: 'chat', root: '/chat', configFile: null, context: 'default', contexts: [], folder: null },
      ...{
        table: 'public.log',
        schema: null,
        defaultSchema: 'public',
        readOnly: false,
        protected: true,
        policy: [],
      },
    },
  };

  test('shows the data loss, requires the name of the database, drops, and runs everything', async () => {
    const shown = await migtui('fresh --plan');
    expect(shown.stdout).toContain('fresh on ana@db.staging/chat: drops 1 object, then runs 5 revisions');
    expect(shown.stdout).toContain('drops table chats: 12 rows');
    expect(did(shown, 'empty')).toBe(false);
    const wrong = await migtui('fresh', { types: ['y'] });
    expect([wrong.code, did(wrong, 'empty')]).toEqual([1, false]);
    expect(wrong.stderr).toContain('Everything in this database is lost. Type chat to run it: ');
    const right = await migtui('fresh', { types: ['chat'] });
    expect([right.code, did(right, 'empty'), did(right, 'run')]).toEqual([0, true, true]);
    expect((await migtui('fresh')).code).toBe(1);
  });

  test('is refused on a protected database, and if the revisions are broken', async () => {
    const refused = await migtui('fresh --yes', { overview });
    expect([refused.code, did(refused, 'empty')]).toEqual([1, false]);
    expect(refused.stderr).toContain('chat is protected');
    const finding = {
      kind: 'problems',
      message: 'M1 is broken',
      next: 'Fix it',
      revisions: [],
      sql: [],
      effects: [],
    };
    const check = async () => ({ findings: [finding], agreed: [], skipped: [], clean: false }) as never;
    const broken = await migtui('fresh --yes', { engine: { check } });
    expect([broken.code, did(broken, 'empty')]).toEqual([1, false]);
  });
});
