import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { chatEntities } from '../authoring/chat.ts';
import { asking, later, onPGlite, projectOf, running, stockFinds } from '../authoring/support.ts';
import { makeFolder, migrationSource, type Project, repository, stockCli } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';

/*
 * The Alembic guide, section by section, with migtui in a MikroORM project.
 */

describe('Setting up', () => {
  test('init in an empty folder writes a working config', async () => {
    const root = await makeFolder('fresh');
    await writeFile(
      join(root, 'package.json'),
      JSON.stringify({ name: 'chat-app', type: 'module', devDependencies: { tsx: '*' } }),
    );
    await linkModules(root);
    await asking(root, async engine => {
      await expect(engine.overview()).rejects.toMatchObject({ code: 'no-config' });
      const draft = await engine.draftInit();
      expect(draft.files.map(({ path, before }) => [path, before])).toEqual([
        ['mikro-orm.config.ts', null],
        ['migrations/.gitkeep', null],
      ]);
      await engine.write(draft);
    });
    await asking(root, async engine => {
      const { project, problems } = await engine.overview();
      expect(project).toMatchObject({ configFile: 'mikro-orm.config.ts', folder: 'migrations' });
      expect(problems).toEqual([]);
      expect((await engine.draftInit()).files).toEqual([]);
    });
  });

  test('init says when the config does not read the folder with the migrations', async () => {
    const { url } = await createDatabase();
    const source = migrationSource('Migration20260101000000_old', { up: 'select 1' });
    const project = await projectOf({
      url,
      files: { 'src/db/migrations/Migration20260101000000_old.ts': source },
    });
    const config = await project.read('mikro-orm.config.ts');
    await project.write('mikro-orm.config.ts', config.replace(/ +path(Ts)?: 'migrations',\n/g, ''));
    await asking(project.root, async engine => {
      expect((await engine.draftInit()).warnings).toEqual([
        'The config reads migrations from the root folder of the project, but they are in src/db/migrations. Set migrations.path and migrations.pathTs in the config.',
      ]);
    });
  });

  test('init in a project wraps its config, and the stock CLI then declares parents', async () => {
    const { url } = await createDatabase();
    const project = await projectOf({
      url,
      entities: chatEntities(),
      migrations: { Migration20260101000000_old: { up: 'select 1', down: [] } },
    });
    await project.remove('node_modules');
    await linkModules(project.root);
    await asking(project.root, async engine => {
      const draft = await engine.draftInit();
      expect(draft.files.map(file => file.path)).toEqual(['mikro-orm.config.ts']);
      expect(draft.files[0]?.diff).toContain('+export default withMigtui(defineConfig({');
      await engine.write(draft);
    });
    const { code, stderr, stdout } = await stockCli(project, [
      'migration:create',
      '--blank',
      '--name=by_stock',
    ]);
    expect(stderr + stdout).toContain('successfully created');
    expect(code).toBe(0);
    const [file] = (await project.list('migrations')).filter(name => name.includes('by_stock'));
    expect(await project.read(`migrations/${file}`)).toContain(
      `  static readonly revises = ['Migration20260101000000_old'];\n`,
    );
  });
});

describe('From the initial schema to production', () => {
  let database: Database;
  let project: Project;
  beforeAll(async () => {
    database = await createDatabase();
    project = await projectOf({ url: database.url, entities: chatEntities() });
  });

  test('initial migration: generated, applied, and nothing left to generate', async () => {
    await asking(project.root, async engine => {
      const draft = await engine.draftRevision({ message: 'Initial schema', autogenerate: true });
      expect(draft.files.map(file => file.path)).toEqual([
        expect.stringMatching(/^migrations\/Migration\d{14}_initial_schema\.ts$/),
        expect.stringMatching(/^migrations\/\.snapshot-test_\w+\.json$/),
      ]);
      expect(draft.files[0]?.after).toContain('  static readonly revises = [];\n');
      expect(draft.files[0]?.after).toContain('create table "chats"');
      expect(draft.files[0]?.after).toContain('drop table if exists "chats" cascade');
      await engine.write(draft);
    });
    await asking(project.root, async engine => {
      expect((await running(engine, 'upgrade', 'head')).steps).toHaveLength(1);
      expect(await engine.check()).toMatchObject({ clean: true, findings: [] });
      await expect(engine.draftRevision({ message: 'again', autogenerate: true })).rejects.toMatchObject({
        code: 'no-changes',
        next: expect.stringContaining('not discover'),
      });
    });
    expect(await stockFinds(project)).toBe('');
    expect((await stockCli(project, ['migration:pending'])).stdout).toContain('No pending migrations');
  });

  test('adding a column', async () => {
    project = await later(project, {
      entities: chatEntities({ chat: 'lastReadAt: p.datetime().nullable(),' }),
    });
    await asking(
      project.root,
      async engine => {
        expect(await engine.check(['entities'])).toMatchObject({
          findings: [
            {
              kind: 'entities',
              effects: [{ sign: '+', words: 'chats.last_read_at timestamptz' }],
              sql: ['alter table "chats" add "last_read_at" timestamptz null;'],
            },
          ],
        });
        const draft = await engine.draftRevision({
          message: 'Add last_read_at to chats',
          autogenerate: true,
        });
        const [first] = (await engine.overview()).heads;
        expect(draft.files[0]?.after).toContain(`revises = ['${first}']`);
        await engine.write(draft);
      },
      onPGlite,
    );
    await asking(
      project.root,
      async engine => {
        const [head] = (await engine.overview()).heads;
        expect(await engine.effect(head as string)).toEqual([
          { sign: '+', object: 'chats.last_read_at', words: 'chats.last_read_at timestamptz' },
        ]);
        await running(engine, 'upgrade', '+1');
      },
      onPGlite,
    );
    expect(await stockFinds(project)).toBe('');
  });

  test('a handwritten data migration, up and down', async () => {
    const draft = await asking(project.root, async engine => {
      const draft = await engine.draftRevision({ message: 'Fill text_length', autogenerate: false });
      await engine.write(draft);
      return draft;
    });
    expect(draft.files).toHaveLength(1);
    const { path, after } = draft.files[0] as { path: string; after: string };
    expect(after).toContain('override up(): void | Promise<void> {\n  }');
    expect(after).toContain('override down(): void | Promise<void> {\n  }');
    await project.write(
      path,
      after
        .replace(
          'override up(): void | Promise<void> {\n',
          `override up(): void | Promise<void> {
    this.addSql('alter table messages add text_length int');
    this.addSql('update messages set text_length = length(text)');
    this.addSql('alter table messages alter text_length set not null');\n`,
        )
        .replace(
          'override down(): void | Promise<void> {\n',
          `override down(): void | Promise<void> {\n    this.addSql('alter table messages drop text_length');\n`,
        ),
    );
    project = await later(project, {
      entities: chatEntities({
        chat: 'lastReadAt: p.datetime().nullable(),',
        message: 'textLength: p.integer(),',
      }),
    });
    await database.query(
      `insert into chats (title) values ('a'); insert into messages (chat_id, text) values (1, 'four')`,
    );
    await asking(project.root, async engine => {
      await running(engine, 'upgrade', 'head');
      expect(await database.query('select text_length from messages')).toEqual([{ text_length: 4 }]);
      await running(engine, 'downgrade', '-1');
      await running(engine, 'downgrade', 'base');
      expect((await engine.overview()).current).toEqual([]);
      await running(engine, 'upgrade', 'head');
      // Entities, revisions and database match; the snapshot does not contain the handwritten column yet.
      const report = await engine.check();
      expect(report.findings.map(finding => finding.kind)).toEqual(['snapshot']);
      const draft = await engine.draftRevision({ message: 'unneeded', autogenerate: true });
      expect(draft).toMatchObject({
        revision: null,
        files: [{ path: expect.stringContaining('.snapshot-') }],
      });
      await engine.write(draft);
      expect(await engine.check()).toMatchObject({ clean: true });
    });
    expect(await stockFinds(project)).toBe('');
  });

  test('a database with manual changes', async () => {
    await database.query(`alter table chats add nickname text; drop index if exists messages_chat_id_index`);
    await database.query('alter table chats alter title drop not null');
    const { findings } = await asking(project.root, engine => engine.check(['drift']));
    expect(findings[0]).toMatchObject({
      kind: 'drift',
      effects: [
        { sign: '-', words: 'chats.nickname text' },
        { sign: '~', words: 'chats.title not null' },
      ],
    });
    for (const sql of findings[0]?.sql ?? []) await database.query(sql);
    expect(await asking(project.root, engine => engine.check(['drift']))).toMatchObject({ clean: true });
  });
});

describe('Handling conflicts', () => {
  test('two developers, two heads, one merge, and a snapshot with git conflicts', async () => {
    const database = await createDatabase();
    const base = await projectOf({ url: database.url, entities: chatEntities() });
    await asking(base.root, async engine =>
      engine.write(await engine.draftRevision({ message: 'Initial', autogenerate: true })),
    );
    const [snapshot] = (await base.list('migrations')).filter(name => name.startsWith('.snapshot'));
    const mine = chatEntities({ chat: 'lastReadAt: p.datetime().nullable(),' });
    const yours = chatEntities({ chat: 'userId: p.integer().nullable(),' });
    const both = chatEntities({
      chat: 'lastReadAt: p.datetime().nullable(), userId: p.integer().nullable(),',
    });
    const drafts = await Promise.all(
      [mine, yours].map(async entities => ({ project: await later(base, { entities }) })),
    );
    const files: Record<string, string> = {};
    const snapshots: string[] = [];
    for (const [index, { project }] of drafts.entries()) {
      const draft = await asking(project.root, engine =>
        engine.draftRevision({ message: `branch ${index}`, autogenerate: true }),
      );
      for (const { path, after } of draft.files) {
        // Both may have been created in the same second.
        if (path.includes('.snapshot')) snapshots.push(after as string);
        else files[path] = after as string;
      }
    }
    const merged = await later(base, {
      entities: both,
      files: {
        ...files,
        [`migrations/${snapshot}`]: `<<<<<<< HEAD\n${snapshots[0]}\n=======\n${snapshots[1]}\n>>>>>>> theirs\n`,
      },
    });
    await asking(merged.root, async engine => {
      const { heads } = await engine.overview();
      expect(heads).toHaveLength(2);
      await expect(engine.draftRevision({ message: 'x', autogenerate: true })).rejects.toMatchObject({
        code: 'multiple-heads',
        candidates: heads,
      });
      const report = await engine.check(['heads', 'snapshot', 'entities']);
      expect(report.findings.map(finding => finding.kind)).toEqual(['heads', 'snapshot']);
      expect(await engine.rehearse([])).toMatchObject({
        verdict: 'fits',
        reconcile: [],
        downAndUp: { ok: true },
      });
      const draft = await engine.draftMerge({ heads: [], message: 'Merge heads' });
      expect(draft.files[0]?.after).toContain(`static readonly revises = ['${heads[0]}', '${heads[1]}'];`);
      expect(draft.files.map(file => file.path)).toContainEqual(`migrations/${snapshot}`);
      await engine.write(draft);
    });
    await asking(merged.root, async engine => {
      await running(engine, 'upgrade', 'head');
      expect(await engine.check()).toMatchObject({ clean: true });
    });
    expect(await stockFinds(merged)).toBe('');
  });
});

describe('Converting an existing database', () => {
  test('first revision from the entities, compared, stamped', async () => {
    const database = await createDatabase();
    const project = await projectOf({ url: database.url, entities: chatEntities() });
    expect((await stockCli(project, ['schema:create', '--run'])).code).toBe(0);
    await asking(project.root, async engine => {
      const { notes } = await engine.draftInit();
      expect(notes.join('\n')).toContain('2 tables and no revisions');
      await engine.write(await engine.draftRevision({ message: 'initial schema', autogenerate: true }));
      expect(await engine.compare('head')).toEqual({ same: true, effects: [], sql: [] });
      await running(engine, 'stamp', 'head');
      expect(await engine.check()).toMatchObject({ clean: true });
    });
    expect((await stockCli(project, ['migration:pending'])).stdout).toContain('No pending migrations');

    await database.query('drop table messages');
    const lie = await asking(project.root, engine => engine.compare('head'));
    expect(lie).toMatchObject({ same: false, effects: [{ sign: '+', words: 'table messages' }] });
    expect(lie.sql[0]).toContain('create table "messages"');
  });
});

describe('CI', () => {
  test('check finds every problem, and needs no database for those of a pull request', async () => {
    const project = await projectOf({
      url: 'postgres://nobody@127.0.0.1:1/none',
      entities: chatEntities(),
      migrations: { Migration20260101000000_old: { up: 'select 1', down: [] } },
    });
    const report = await asking(project.root, engine =>
      engine.check(['heads', 'problems', 'entities', 'undeclared', 'pending']),
    );
    expect(report.findings.map(finding => finding.kind)).toEqual(['undeclared', 'entities']);
    expect(report.skipped).toEqual([{ kind: 'pending', why: expect.stringContaining('cannot be reached') }]);
    expect(report.clean).toBe(false);
  });
});

/** This checkout's packages, including migtui itself. */
async function linkModules(root: string): Promise<void> {
  const modules = join(root, 'node_modules');
  await mkdir(join(modules, 'migtui'), { recursive: true });
  for (const name of await readdir(join(repository, 'node_modules'))) {
    if (name !== '.cache') await symlink(join(repository, 'node_modules', name), join(modules, name));
  }
  await symlink(join(repository, 'node_modules/.cache'), join(modules, '.cache')).catch(() => {});
  await writeFile(
    join(modules, 'migtui/package.json'),
    JSON.stringify({ name: 'migtui', type: 'module', exports: { './config': './config.js' } }),
  );
  await writeFile(
    join(modules, 'migtui/config.js'),
    `export * from ${JSON.stringify(join(repository, 'src/config.ts'))};\n`,
  );
}
