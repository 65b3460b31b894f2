import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineApi, EngineOptions, Finding, PlanRequest, Preview } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { checkPolicy } from '../../src/engine/policy/check.ts';
import { protectionsOf } from '../../src/engine/policy/protections.ts';
import type { Facts } from '../../src/engine/policy/rules.ts';
import type { Failure } from '../../src/foundation/failure.ts';
import type { Protection } from '../../src/settings/protection.ts';
import { makeProject, type Project } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';

const setBy = 'protected[0] in migtui.config.json';

describe('the databases of a protection', () => {
  const subject = { context: 'production', host: 'db1.prod.example.com', database: 'shop_eu' };
  const concerns = (protection: Partial<Protection>, host: string | null = subject.host): boolean =>
    protectionsOf([{ setBy, ...protection }], { ...subject, host }).length === 1;

  test.each<[Partial<Protection>, boolean]>([
    [{}, true],
    [{ contexts: ['staging'] }, false],
    [{ contexts: ['staging', 'production'] }, true],
    [{ hosts: ['*.PROD.example.com'] }, true],
    [{ hosts: ['prod.example.com'] }, false],
    [{ databases: ['shop*'] }, true],
    [{ databases: ['*p*eu'] }, true],
    [{ databases: ['shop_eu*shop_eu'] }, false],
    [{ databases: ['shop.eu'] }, false],
    // All given properties must match.
    [{ contexts: ['production'], databases: ['other'] }, false],
    [{ contexts: ['production'], hosts: ['*'], databases: ['shop_eu'] }, true],
  ])('%j', (protection, expected) => {
    expect(concerns(protection)).toBe(expected);
  });

  test('an unknown host matches any pattern', () => {
    expect(concerns({ hosts: ['elsewhere'] }, null)).toBe(true);
  });
});

describe('the rules', () => {
  const now = new Date('2026-11-23T10:00:00Z');
  const ago = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();
  const danger = { revision: 'M1', rule: 'drop-column', severity: 'danger' } as Finding;
  const migrating: Facts['migrating'] = { rehearsal: null, findings: [danger] };
  const rehearsal = (measured: string | null, at = ago(30), ok = true) => ({
    at,
    ok,
    okButDowns: true,
    measured: null,
    measuredAt: measured,
  });
  const state = (protection: Partial<Protection>, facts: Partial<Facts> = {}): string | undefined =>
    checkPolicy([{ setBy, confirm: false, ...protection }], {
      now,
      ci: false,
      database: 'shop',
      migrating,
      ...facts,
    })[0]?.state;

  test.each<[Partial<Protection>, Partial<Facts>, string]>([
    [{ confirm: true }, {}, 'asked'],
    [{ confirm: true }, { confirm: 'shop' }, 'met'],
    [{ confirm: true }, { confirm: 'Shop' }, 'broken'],
    [{ backup: true }, {}, 'asked'],
    [{ backup: true }, { backup: true }, 'met'],
    [{ backup: true }, { backup: false }, 'broken'],
    [{ backup: true }, { backup: false, migrating: null }, 'met'],
    [{ writers: 'ci' }, {}, 'broken'],
    [{ writers: 'ci' }, { ci: true }, 'met'],
    [{ writers: 'nobody' }, { ci: true }, 'broken'],
    [{ hours: ['Mon 09:00-10:00'] }, {}, 'broken'],
    [{ hours: ['Mon 09:00-10:00', 'Mon 10:00-11:00'] }, {}, 'met'],
    [{ findings: 'danger' }, {}, 'broken'],
    [
      { findings: 'danger' },
      { migrating: { ...migrating, findings: [{ ...danger, severity: 'warning' }] } },
      'met',
    ],
    [
      { findings: 'warning' },
      { migrating: { ...migrating, findings: [{ ...danger, severity: 'warning' }] } },
      'broken',
    ],
    [
      { findings: 'note' },
      { migrating: { ...migrating, findings: [{ ...danger, severity: 'note', accepted: 'r' }] } },
      'met',
    ],
    [{ rehearsal: { within: 3_600_000, data: false, allowMissingDown: false } }, {}, 'broken'],
    [
      { rehearsal: { within: 3_600_000, data: false, allowMissingDown: false } },
      { migrating: { ...migrating, rehearsal: rehearsal(null) } },
      'met',
    ],
    [
      { rehearsal: { within: 3_600_000, data: false, allowMissingDown: false } },
      { migrating: { ...migrating, rehearsal: rehearsal(null, ago(61)) } },
      'broken',
    ],
    [
      { rehearsal: { within: 3_600_000, data: false, allowMissingDown: false } },
      { migrating: { ...migrating, rehearsal: rehearsal(null, ago(1), false) } },
      'broken',
    ],
    [
      { rehearsal: { within: 3_600_000, data: true, allowMissingDown: false } },
      { migrating: { ...migrating, rehearsal: rehearsal(null) } },
      'broken',
    ],
    [
      { rehearsal: { within: 3_600_000, data: true, allowMissingDown: false } },
      { migrating: { ...migrating, rehearsal: rehearsal(ago(61)) } },
      'broken',
    ],
    [
      { rehearsal: { within: 3_600_000, data: true, allowMissingDown: false } },
      { migrating: { ...migrating, rehearsal: rehearsal(ago(59)) } },
      'met',
    ],
  ])('%j with %j: %s', (protection, facts, expected) => {
    expect(state(protection, facts)).toBe(expected);
  });
});

describe('all calls that write', () => {
  const first = 'Migration20260101000000_first';
  const second = 'Migration20260102000000_second';
  let database: Database;
  let project: Project;

  beforeAll(async () => {
    database = await createDatabase();
    project = await makeProject({
      url: database.url,
      config: "baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }",
      migrations: {
        [first]: { up: 'create table people (id int)', down: 'drop table people' },
        [second]: { up: 'alter table people add column age int', down: 'alter table people drop column age' },
      },
    });
  });

  afterAll(() => database.drop());

  async function using<T>(
    protection: Partial<Protection> | null,
    work: (engine: EngineApi, name: string) => Promise<T>,
    options: Partial<EngineOptions> = {},
  ): Promise<T> {
    const setting = protection ? [{ setBy, ...protection }] : false;
    const engine = await openEngine(
      { root: project.root, ci: false, ...options, protected: setting },
      () => {},
    );
    try {
      return await work(engine, (await engine.overview()).database.name);
    } finally {
      await engine.close();
    }
  }

  const refused = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'it ran',
      (failure: Failure) => {
        expect(failure).toMatchObject({ code: 'policy', next: expect.stringMatching(/./) });
        return failure.message;
      },
    );
  const upgrade: PlanRequest = { command: 'upgrade', targets: ['head'] };

  test('are refused without the name or with another one, and run with it', async () => {
    await using({}, async (engine, name) => {
      const preview = await engine.preview(upgrade);
      expect(preview).toMatchObject({
        protected: true,
        policy: [{ rule: 'confirm', state: 'asked', setBy }],
      });
      expect(await refused(engine.run(preview, {}))).toContain(`(${setBy})`);
      expect(await refused(engine.run(preview, { confirm: 'other' }))).toContain('"other"');
      // A manipulated preview bypasses nothing.
      expect(await refused(engine.run({ ...preview, policy: [], protected: false }, {}))).toContain(setBy);
      expect((await engine.overview()).applied).toBe(0);
      expect((await engine.run(preview, { confirm: name })).failure).toBeNull();
    });
  });

  test('includes stamp, downgrade, undo, resolve, the table and emptying', async () => {
    await using({ writers: 'ci', reason: 'Ask #platform' }, async (engine, confirm) => {
      const previews: Preview[] = [
        await engine.preview({ command: 'downgrade', targets: ['-1'] }),
        await engine.preview({ command: 'stamp', targets: [first] }),
        await engine.preview({ command: 'upgrade', targets: [], past: { kind: 'undo' } }),
      ];
      const rule = `only CI may change it (protected[0].writers in migtui.config.json): Ask #platform.`;
      for (const preview of previews) {
        expect(preview.steps.length).toBeGreaterThan(0);
        for (const whenChanged of ['refuse', 'replan'] as const)
          expect(await refused(engine.run(preview, { confirm, whenChanged }))).toContain(rule);
      }
      for (const as of ['applied', 'not-applied', 'accept-edit'] as const)
        expect(await refused(engine.resolveRevision(second, as, confirm))).toContain(rule);
      expect(await refused(engine.ensureTable(confirm))).toContain(rule);
      await expect(engine.empty(await engine.emptying())).rejects.toMatchObject({ code: 'protected' });
      await expect(engine.endSession(4711, 'cancel')).rejects.toMatchObject({ code: 'protected' });
      expect((await engine.overview()).applied).toBe(2);
    });
    // Opened by CI.
    await using(
      { writers: 'ci' },
      async (engine, confirm) => {
        const preview = await engine.preview({ command: 'downgrade', targets: ['-1'] });
        expect((await engine.run(preview, { confirm })).failure).toBeNull();
        expect(await engine.ensureTable(confirm)).toBe(false);
        expect(await refused(engine.ensureTable())).toContain('the name of the database');
      },
      { ci: true },
    );
  });

  /**
   * Every method of the engine: those that change the database, with a call without its name, and those that
   * do not. A new method is a compile error until it is listed here.
   */
  const looks = 'changes no database' as const;
  const doors: {
    readonly [K in keyof EngineApi]: typeof looks | ((engine: EngineApi) => Promise<unknown>);
  } = {
    run: async engine =>
      engine.run(await engine.preview({ command: 'stamp', targets: [first], purge: true }), {}),
    resolveRevision: engine => engine.resolveRevision(second, 'not-applied'),
    ensureTable: engine => engine.ensureTable(),
    empty: async engine => engine.empty(await engine.emptying()),
    endSession: engine => engine.endSession(4711, 'terminate'),
    async fleetRun(engine) {
      await project.write(
        'migtui.config.json',
        JSON.stringify({ fleet: { targets: { databases: [new URL(database.url).pathname.slice(1)] } } }),
      );
      const plan = await engine.fleetPlan({ choice: {}, plan: { command: 'downgrade', targets: ['base'] } });
      return engine.fleetRun(plan.id, { run: {}, interactive: true });
    },
    ...{
      overview: looks,
      revision: looks,
      show: looks,
      resolve: looks,
      preview: looks,
      lint: looks,
      cancel: looks,
    },
    ...{ journal: looks, emptying: looks, script: looks, effect: looks, authors: looks, sizes: looks },
    ...{
      arrivals: looks,
      compare: looks,
      doctor: looks,
      check: looks,
      diff: looks,
      bake: looks,
      test: looks,
    },
    ...{ draftRevision: looks, draftSplit: looks, draftFix: looks, draftMerge: looks, draftRebase: looks },
    ...{ draftSquash: looks, draftAdopt: looks, draftInit: looks, rehearse: looks, rehearsePlan: looks },
    ...{ fleetStatus: looks, fleetStages: looks, fleetRehearse: looks, fleetPlan: looks },
    // It continues or ends a run that was already accepted.
    ...{ fleetContinue: looks, fleetCancel: looks },
    // A draft from the drift of the live database includes its confirmation: see authoring/from-drift.
    write: looks,
    close: looks,
  };

  test.each(Object.entries(doors).filter(([, door]) => door !== looks))(
    'on a protected database are refused without its name: %s',
    async (_, door) => {
      await using({ databases: ['*'] }, async engine => {
        const before = await database.query('select name from mikro_orm_migrations order by 1');
        const failure = await (door as (engine: EngineApi) => Promise<unknown>)(engine).then(
          () => null,
          (failure: Failure) => failure,
        );
        expect(['policy', 'protected']).toContain(failure?.code);
        expect(failure?.message).toContain(setBy);
        expect(await database.query('select name from mikro_orm_migrations order by 1')).toEqual(before);
      });
    },
  );

  test('all violated rules are listed', async () => {
    await database.query('insert into people select 1');
    const protection = {
      backup: true,
      hours: ['Mon 00:00-00:01', 'Tue 00:00-00:01'],
      rehearsal: { within: 1, data: false, allowMissingDown: false },
    };
    await using(protection, async (engine, confirm) => {
      const preview = await engine.preview(upgrade);
      const failure = await engine.run(preview, { confirm }).catch((error: Failure) => error);
      expect(failure).toMatchObject({
        code: 'policy',
        problems: [{ code: 'hours' }, { code: 'rehearsal' }, { code: 'backup' }],
      });
    });
  });

  test('a rehearsal of this plan fulfils the rule, another plan does not', async () => {
    const protection = {
      confirm: false,
      rehearsal: { within: 3_600_000, data: false, allowMissingDown: false },
    };
    await using(protection, async engine => {
      const preview = await engine.preview(upgrade);
      expect(await refused(engine.run(preview, {}))).toContain('there is none');
      expect((await engine.rehearsePlan(upgrade)).ok).toBe(true);
      expect((await engine.preview(upgrade)).policy).toMatchObject([{ rule: 'rehearsal', state: 'met' }]);
    });
    await project.write(
      `migrations/${second}.ts`,
      (await project.read(`migrations/${second}.ts`)).replace('age int', 'age bigint'),
    );
    await using(protection, async engine => {
      const preview = await engine.preview(upgrade);
      expect(await refused(engine.run(preview, {}))).toContain('there is none');
      await engine.rehearsePlan(upgrade);
      expect((await engine.run(preview, {})).failure).toBeNull();
      await engine.run(await engine.preview({ command: 'downgrade', targets: ['-1'] }), {}).catch(() => {});
    });
  });
});
