import { describe, expect, test } from 'vitest';
import type { Draft } from '../../src/engine/api.ts';
import { chatEntities } from '../authoring/chat.ts';
import { asking, later, onPGlite, projectOf, running, stockFinds } from '../authoring/support.ts';
import { stockCli } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const line = {
  Migration20260101000000_one: { up: 'create table one (id int)', down: 'drop table one' },
  Migration20260102000000_two: { up: 'create table two (id int)', down: 'drop table two' },
  Migration20260103000000_three: { up: 'create table three (id int)', down: 'drop table three' },
};
const [one, two, three] = Object.keys(line) as [string, string, string];

const texts = (draft: Draft) => Object.fromEntries(draft.files.map(({ path, after }) => [path, after ?? '']));
const first = (draft: Draft) => draft.files[0]?.after ?? '';

describe('a new revision', () => {
  test('in a project of the stock CLI revises its last migration', async () => {
    const project = await projectOf({ migrations: line });
    const draft = await asking(project.root, engine =>
      engine.draftRevision({ message: 'By hand', autogenerate: false }),
    );
    expect(draft.revision).toMatch(/^Migration\d{14}_by_hand$/);
    expect(first(draft)).toContain(`static readonly revises = ['${three}'];`);
    expect(draft.files[0]?.diff).toMatch(/^--- \/dev\/null\n\+\+\+ b\/migrations\/Migration/);
  });

  test('has a label and dependencies', async () => {
    const project = await projectOf({
      migrations: {
        ...line,
        Migration20260104000000_side: { up: 'select 1', revises: [two], labels: ['side'] },
      },
    });
    await asking(project.root, async engine => {
      const draft = await engine.draftRevision({
        message: 'x',
        autogenerate: false,
        head: three,
        label: 'mine',
        dependsOn: ['side'],
      });
      expect(first(draft)).toContain(
        `  static readonly revises = ['${three}'];\n  static readonly dependsOn = ['side'];\n  static readonly labels = ['mine'];\n`,
      );
      expect(draft.notes.join()).toContain('Migration20260104000000_side');
      const taken = engine.draftRevision({ message: 'x', autogenerate: false, head: three, label: 'side' });
      await expect(taken).rejects.toMatchObject({ code: 'label-taken' });
      const invalid = engine.draftRevision({
        message: 'x',
        autogenerate: false,
        head: three,
        label: 'bad @b',
      });
      await expect(invalid).rejects.toMatchObject({
        code: 'bad-label',
        message: expect.stringContaining('it contains white space and @'),
      });
    });
  });

  test('on top of several heads, warns that the merge was not rehearsed; a long name is cut with a note', async () => {
    const project = await projectOf({
      migrations: { ...line, Migration20260104000000_side: { up: 'select 1', revises: [two] } },
    });
    await asking(project.root, async engine => {
      const message = 'x'.repeat(90);
      const draft = await engine.draftRevision({ message, autogenerate: false, head: 'heads' });
      expect(draft.warnings).toEqual([
        expect.stringContaining(`merges ${three}, Migration20260104000000_side without a rehearsal`),
      ]);
      expect(draft.notes).toContain('The name has only the first 80 characters of the message.');
    });
  });

  test('warns if the database has applied revisions and the folder is gone', async () => {
    const database = await createDatabase();
    const project = await projectOf({ url: database.url, migrations: line });
    await asking(project.root, engine => running(engine, 'upgrade', 'head'));
    await project.remove('migrations');
    await asking(project.root, async engine => {
      const draft = await engine.draftRevision({ message: 'first', autogenerate: false });
      expect(draft.warnings).toEqual([
        'The database has 3 applied revisions without a file here, and this revision starts a new history. Restore their files from version control first.',
      ]);
    });
    await database.drop();
  });

  test('starts a branch only if requested', async () => {
    const project = await projectOf({ migrations: line });
    await asking(project.root, async engine => {
      const request = { message: 'x', autogenerate: false, head: two };
      await expect(engine.draftRevision(request)).rejects.toMatchObject({
        code: 'not-a-head',
        candidates: [three],
      });
      expect(first(await engine.draftRevision({ ...request, splice: true }))).toContain(
        `revises = ['${two}']`,
      );
      const base = await engine.draftRevision({ message: 'x', autogenerate: false, head: 'base' });
      expect(first(base)).toContain('revises = []');
    });
  });

  test('sorts after all others, whatever their timestamps', async () => {
    const late = 'Migration20991231235959_late';
    const project = await projectOf({ migrations: { [late]: { up: 'select 1' } } });
    const draft = await asking(project.root, engine =>
      engine.draftRevision({ message: 'x', autogenerate: false }),
    );
    expect(draft.revision).toBe('Migration21000101000000_x');
    expect(first(draft)).toContain('export class Migration21000101000000_x extends');
  });

  test('warns if the stock CLI would run it first because of its folder', async () => {
    const project = await projectOf({
      migrationsConfig: "glob: '**/*.ts'",
      files: {
        'migrations/orders/M1.ts': `import { Migration } from '@mikro-orm/migrations';
export class M1 extends Migration { override up(): void {} }
`,
      },
    });
    const draft = await asking(project.root, engine =>
      engine.draftRevision({ message: 'x', autogenerate: false, path: project.path('migrations') }),
    );
    expect(draft.warnings.join()).toContain('comes before M1 there');
  });

  test('gets the requested name, and warns where the stock CLI would run it', async () => {
    const project = await projectOf({ migrations: line });
    await asking(project.root, async engine => {
      const named = (revId: string): Promise<Draft> =>
        engine.draftRevision({ message: 'By hand', autogenerate: false, revId });
      expect(await named('20301231235959')).toMatchObject({
        revision: 'Migration20301231235959_by_hand',
        warnings: [],
      });
      const whole = await named('Later_one');
      expect(whole.revision).toBe('Later_one');
      expect(first(whole)).toContain('export class Later_one extends');
      expect((await named('20250101000000')).warnings.join()).toContain(`comes before ${one}`);
      await expect(named('../etc')).rejects.toMatchObject({ code: 'bad-rev-id' });
    });
  });

  test('is written by the project’s own generator, naming and format', async () => {
    const project = await projectOf({
      entities: chatEntities(),
      migrationsConfig: `fileName: (time, name) => \`\${time}-\${name ?? 'x'}\`, generator: Mine,`,
      files: {
        'mine.ts': `import { TSMigrationGenerator } from '@mikro-orm/migrations';
export class Mine extends TSMigrationGenerator {
  generateMigrationFile(name: string, diff: any): string { return '// ours\\n' + super.generateMigrationFile(name, diff); }
}`,
      },
    });
    const config = await project.read('mikro-orm.config.ts');
    await project.write('mikro-orm.config.ts', `import { Mine } from './mine.ts';\n${config}`);
    const draft = await asking(project.root, engine =>
      engine.draftRevision({ message: 'Init it', autogenerate: true }),
    );
    expect(draft.revision).toMatch(/^\d{14}-init_it$/);
    expect(first(draft)).toMatch(/^\/\/ ours\nimport/);
    expect(first(draft)).toContain('static readonly revises = [];');
  });

  test('is JavaScript if the project emits JavaScript', async () => {
    const project = await projectOf({
      typescript: false,
      migrationsConfig: `emit: 'cjs',`,
      entities: chatEntities().replace(': any[]', ''),
    });
    const draft = await asking(project.root, async engine => {
      const draft = await engine.draftRevision({ message: 'x', autogenerate: true });
      await engine.write(draft);
      return draft;
    });
    expect(draft.files[0]?.path).toMatch(/\.cjs$/);
    expect(first(draft)).toContain(`  static revises = [];\n`);
    await asking(project.root, async engine => {
      expect((await engine.overview()).heads).toEqual([draft.revision]);
      expect(await engine.check(['entities', 'undeclared'])).toMatchObject({ clean: true });
    });
  });

  test('needs no database, and creates none', async () => {
    const project = await projectOf({ pglite: '.data', entities: chatEntities() });
    await asking(
      project.root,
      async engine => {
        const draft = await engine.draftRevision({ message: 'x', autogenerate: true });
        expect(first(draft)).toContain('create table "chats"');
      },
      onPGlite,
    );
    expect(await project.list('.')).not.toContain('.data');
  });
});

describe('autogenerate', () => {
  test('leaves handwritten SQL objects alone, with a note', async () => {
    const database = await createDatabase();
    const start = await projectOf({ url: database.url, entities: chatEntities() });
    await asking(start.root, async engine =>
      engine.write(await engine.draftRevision({ message: 'initial', autogenerate: true })),
    );
    const initial = (await start.list('migrations')).find(name => name.endsWith('_initial.ts')) as string;
    await start.addMigration('Migration20991231000000_by_hand', {
      revises: [initial.replace('.ts', '')],
      up: [
        `create index chats_title_fts on chats using gin (to_tsvector('simple', title))`,
        'create table legacy (id int)',
        'create view loud as select upper(title) as title from chats',
      ],
      down: [],
    });
    const project = await later(start, { entities: chatEntities({ chat: 'topic: p.text().nullable(),' }) });
    const draft = await asking(project.root, engine =>
      engine.draftRevision({ message: 'topic', autogenerate: true }),
    );
    expect(first(draft)).toContain('add "topic" text null');
    expect(first(draft)).not.toMatch(/legacy|fts|loud/);
    expect(draft.notes.join()).toMatch(/Left alone.*table legacy/);
    const checked = await asking(project.root, engine => engine.check(['entities']));
    expect(checked.leftAlone).toContain('table legacy');
    expect(draft.warnings).toEqual([]);
  });

  test('drops what is no longer in an entity, with a warning', async () => {
    const extra = `const Pin = defineEntity({ name: 'Pin', tableName: 'pins', properties: { id: p.integer().primary() } });\nentities.push(Pin);`;
    const start = await projectOf({
      entities: chatEntities({ chat: 'topic: p.text().nullable(),', more: extra }),
    });
    await asking(start.root, async engine =>
      engine.write(await engine.draftRevision({ message: 'initial', autogenerate: true })),
    );
    const project = await later(start, { entities: chatEntities() });
    const draft = await asking(project.root, engine =>
      engine.draftRevision({ message: 'less', autogenerate: true }),
    );
    expect(first(draft)).toContain('drop table if exists "pins" cascade');
    expect(draft.warnings).toEqual([
      'It drops table pins and its data.',
      'It drops column chats.topic and its data.',
    ]);
  });

  test('warns about generated SQL that does not run', async () => {
    const start = await projectOf({ entities: chatEntities({ chat: 'seen: p.datetime(),' }) });
    await asking(start.root, async engine =>
      engine.write(await engine.draftRevision({ message: 'initial', autogenerate: true })),
    );
    const project = await later(start, { entities: chatEntities({ chat: 'seen: p.integer(),' }) });
    const draft = await asking(project.root, engine =>
      engine.draftRevision({ message: 'cast', autogenerate: true }),
    );
    expect(draft.warnings.join()).toMatch(
      /SQL fails: cannot cast type timestamp with time zone to integer\. In: alter table "chats"/,
    );
  });

  test('detects that an entity was edited after it was loaded', async () => {
    const project = await projectOf({ entities: chatEntities() });
    await asking(project.root, async engine => {
      await project.write('entities.ts', chatEntities({ chat: 'topic: p.text(),' }));
      const stale = engine.draftRevision({ message: 'x', autogenerate: true });
      await expect(stale).rejects.toMatchObject({
        code: 'restart-needed',
        message: expect.stringContaining('entities.ts'),
      });
    });
  });

  test('works for a project on the embedded database, including a clean check', async () => {
    const project = await projectOf({ pglite: '.data', entities: chatEntities() });
    await asking(
      project.root,
      async engine => {
        await engine.write(await engine.draftRevision({ message: 'initial', autogenerate: true }));
        await running(engine, 'upgrade', 'head');
        expect(await engine.compare('head')).toMatchObject({ same: true });
        expect(await engine.check()).toMatchObject({ clean: true });
      },
      onPGlite,
    );
  });

  const entitiesWith = (
    properties: string,
    values: string,
  ) => `import { defineEntity, p } from '@mikro-orm/core';
export const entities: any[] = [
  defineEntity({ name: 'Item', tableName: 'items', properties: { id: p.integer().primary(), state: p.enum(() => [${values}]).nativeEnumName('state'), ${properties} }, checks: [{ name: 'not_b', expression: "state <> 'b'" }] }),
];
`;

  test('says what it cannot write, and does not say that nothing changed', async () => {
    const before = await projectOf({ entities: entitiesWith('', `'a', 'b', 'c'`) });
    await asking(before.root, async engine => {
      await engine.write(await engine.draftRevision({ message: 'one', autogenerate: true }));
    });
    const request = { message: 'two', autogenerate: true };
    // A check compares the enum, so its type cannot be changed.
    const less = await later(before, { entities: entitiesWith('', `'a', 'b'`) });
    await expect(asking(less.root, engine => engine.draftRevision(request))).rejects.toMatchObject({
      code: 'not-generated',
      message: expect.stringContaining(`enum state loses 'c'`),
    });
    // A raw default is not escaped.
    const unclosed = await later(before, {
      entities: entitiesWith(`tags: p.string().defaultRaw("'it's'")`, `'a', 'b', 'c'`),
    });
    const draft = await asking(unclosed.root, engine => engine.draftRevision(request));
    expect(draft.warnings.join()).toMatch(/The generated SQL fails: .*'it's'/);
  }, 120_000);

  test('writes no snapshot if the project has none', async () => {
    const project = await projectOf({ entities: chatEntities(), migrationsConfig: 'snapshot: false,' });
    const draft = await asking(project.root, engine =>
      engine.draftRevision({ message: 'x', autogenerate: true }),
    );
    expect(draft.files).toHaveLength(1);
  });

  test('reports that MikroORM finds no entities', async () => {
    const project = await projectOf({ migrations: line });
    const failing = asking(project.root, engine =>
      engine.draftRevision({ message: 'x', autogenerate: true }),
    );
    await expect(failing).rejects.toMatchObject({ code: 'no-entities' });
  });
});

describe('adopt', () => {
  test('writes the inferred lineage into every file, and changes nothing else', async () => {
    const { url } = await createDatabase();
    const project = await projectOf({ url, migrations: line });
    await asking(project.root, async engine => {
      await running(engine, 'upgrade', 'head');
      const before = (await engine.overview()).revisions.map(({ id, revises }) => [id, revises]);
      const draft = await engine.draftAdopt();
      for (const { before, after } of draft.files) {
        expect((after as string).replace(/ {2}static readonly revises = .*\n/, '')).toBe(before);
      }
      await engine.write(draft);
      const overview = await engine.overview();
      expect(overview.revisions.map(({ id, revises }) => [id, revises])).toEqual(before);
      expect(overview.revisions.some(row => row.inferred || row.edited)).toBe(false);
      await expect(engine.draftAdopt()).rejects.toMatchObject({ code: 'nothing-to-adopt' });
    });
    expect((await stockCli(project, ['migration:pending'])).stdout).toContain('No pending migrations');
  });
});

describe('rebase', () => {
  const fork = {
    [one]: { ...line[one as keyof typeof line], revises: [] },
    [two]: { ...line[two as keyof typeof line], revises: [one] },
    [three]: { ...line[three as keyof typeof line], revises: [one], labels: ['late'] },
    Migration20260104000000_four: { up: 'create table four (id int)', revises: [three] },
  };

  test('puts a branch on top of another, and refuses if it is applied', async () => {
    const { url } = await createDatabase();
    const project = await projectOf({ url, migrations: fork });
    await asking(project.root, async engine => {
      await running(engine, 'upgrade', two);
      const applied = engine.draftRebase({ branch: two, onto: 'Migration20260104000000_four' });
      await expect(applied).rejects.toMatchObject({ code: 'already-applied', candidates: [two] });
      const draft = await engine.draftRebase({ branch: 'Migration20260104000000_four', onto: two });
      expect(Object.keys(texts(draft))).toEqual([`migrations/${three}.ts`]);
      expect(first(draft)).toContain(`static readonly revises = ["${two}"];`);
      expect(draft.warnings.join()).toContain('applied');
      await engine.write(draft);
      expect((await engine.overview()).heads).toEqual(['Migration20260104000000_four']);
      await running(engine, 'upgrade', 'head');
    });
    expect((await stockCli(project, ['migration:pending'])).stdout).toContain('No pending migrations');
  });

  test('keeps the inferred lineage of the others', async () => {
    const project = await projectOf({
      migrations: {
        ...line,
        Migration20260104000000_side: { up: 'select 1', revises: [one] },
      },
    });
    await asking(project.root, async engine => {
      const draft = await engine.draftRebase({ branch: two, onto: 'Migration20260104000000_side' });
      expect(Object.keys(texts(draft)).sort()).toEqual(
        [`migrations/${two}.ts`, `migrations/${three}.ts`].sort(),
      );
      await engine.write(draft);
      const { revisions } = await engine.overview();
      expect(Object.fromEntries(revisions.map(({ id, revises }) => [id, revises]))).toMatchObject({
        [two]: ['Migration20260104000000_side'],
        [three]: [two],
      });
    });
  });
});

describe('check', () => {
  test('reports pending, missing and broken revisions of the database', async () => {
    const { url, query } = await createDatabase();
    const project = await projectOf({ url, migrations: line });
    await asking(project.root, async engine => {
      await running(engine, 'upgrade', two);
      await query(`insert into mikro_orm_migrations (name) values ('Migration20250101000000_gone')`);
      const report = await engine.check(['pending', 'missing', 'drift']);
      expect(report.findings.map(({ kind, revisions }) => [kind, revisions])).toEqual([
        ['missing', ['Migration20250101000000_gone']],
        ['pending', [three]],
      ]);
      expect(report.skipped.map(({ kind }) => kind)).toEqual(['drift']);
    });
    await project.write('migrations/Migration20260105000000_bad.ts', 'export class {');
    const report = await asking(project.root, engine => engine.check(['problems', 'heads']));
    expect(report.findings[0]).toMatchObject({
      kind: 'problems',
      revisions: ['Migration20260105000000_bad'],
    });
  });

  test('reports a snapshot that is not JSON, and the next generation repairs it', async () => {
    const { url } = await createDatabase();
    const start = await projectOf({ url, entities: chatEntities() });
    await asking(start.root, async engine =>
      engine.write(await engine.draftRevision({ message: 'initial', autogenerate: true })),
    );
    const [snapshot] = (await start.list('migrations')).filter(name => name.startsWith('.snapshot'));
    await start.write(`migrations/${snapshot}`, '{"tables": [');
    await asking(start.root, async engine => {
      const { findings } = await engine.check(['snapshot']);
      expect(findings).toMatchObject([{ kind: 'snapshot', message: expect.stringContaining('broken') }]);
      await engine.write(await engine.draftRevision({ message: 'x', autogenerate: true }));
      expect(await engine.check(['snapshot'])).toMatchObject({ clean: true });
    });
    expect(await stockFinds(start)).toBe('');
  });
});
