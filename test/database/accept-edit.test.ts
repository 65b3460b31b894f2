import { expect, test } from 'vitest';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { formerChecksumOf } from '../../src/project/files/checksum.ts';
import { makeProject, type Project } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';

/* A file that was edited after it was applied, and a user who accepts it. */

async function asking<T>(project: Project, work: (engine: EngineApi) => Promise<T>): Promise<T> {
  const engine = await openEngine({ root: project.root }, () => {});
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const edited = (project: Project): Promise<readonly string[]> =>
  asking(project, async engine => (await engine.overview()).edited);

async function start(config: string): Promise<{ project: Project; database: Database }> {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    config: `baseDir: process.cwd(), ${config}`,
    migrations: { M1: { up: 'create table "a b" ()' }, M2: { up: 'create table b ()' } },
  });
  await asking(project, async engine => {
    const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
    expect(await engine.run(preview, { tag: 'release 7' })).toMatchObject({ failure: null });
  });
  return { project, database };
}

test('byte order mark, line endings and indentation are not edits; other text is', async () => {
  const { project } = await start("schemaGenerator: { ignoreSchema: ['migtui'] }");
  const before = await project.read('migrations/M1.ts');
  const indented = before.replaceAll('\n', '\r\n').replaceAll('  ', '\t');
  for (const same of [`\uFEFF${before}`, `\uFEFF\uFEFF${before}`, indented, `\uFEFF${indented}`]) {
    await project.addMigration('M1', same);
    expect(await edited(project)).toEqual([]);
  }
  for (const other of [
    `// a comment\n${before}`,
    before.replace('"a b\\"', '"a\uFEFFb\\"'),
    before.replace('M1', 'M3'),
  ]) {
    await project.addMigration('M1', other);
    expect(await edited(project)).toEqual(['M1']);
  }
});

test('white space in SQL is an edit, except for a journal with checksums of an earlier version', async () => {
  const { project, database } = await start("schemaGenerator: { ignoreSchema: ['migtui'] }");
  const before = await project.read('migrations/M1.ts');
  const spaced = before.replace('"a b\\"', '"a  b\\"');
  expect(spaced).not.toBe(before);
  await project.addMigration('M1', spaced);
  expect(await edited(project)).toEqual(['M1']);

  await project.addMigration('M1', before);
  await database.query('update migtui.journal set checksum = $1 where revision = $2', [
    formerChecksumOf(before, { members: {} }),
    'M1',
  ]);
  expect(await edited(project)).toEqual([]);
  await project.addMigration('M1', before.replace('create', 'Create'));
  expect(await edited(project)).toEqual(['M1']);
});

test('an accepted edit is no longer reported; another one is', async () => {
  const { project } = await start("schemaGenerator: { ignoreSchema: ['migtui'] }");
  const before = await project.read('migrations/M1.ts');
  await project.addMigration('M1', `// a comment\n${before}`);
  await asking(project, async engine => {
    await engine.resolveRevision('M1', 'accept-edit');
    expect((await engine.overview()).edited).toEqual([]);
    const [entry, ...runs] = await engine.journal();
    expect(entry).toMatchObject({
      revision: 'M1',
      outcome: 'settled',
      who: { osUser: expect.any(String), host: expect.any(String) },
      accepted: { before: runs.find(({ revision }) => revision === 'M1')?.checksum, after: entry?.checksum },
    });
    expect(entry?.accepted?.before).not.toBe(entry?.accepted?.after);
    expect(runs.map(({ tag }) => tag)).toEqual(['release 7', 'release 7']);
    for (const revision of ['M1', 'M2', 'M9']) {
      await expect(engine.resolveRevision(revision, 'accept-edit')).rejects.toMatchObject({
        code: 'nothing-to-accept',
      });
    }
  });
  await project.addMigration('M1', before);
  expect(await edited(project)).toEqual(['M1']);
});

test('without a journal, edits are unknown and cannot be accepted', async () => {
  const { project } = await start('');
  await project.addMigration('M1', `// a comment\n${await project.read('migrations/M1.ts')}`);
  await asking(project, async engine => {
    await expect(engine.resolveRevision('M1', 'accept-edit')).rejects.toMatchObject({
      code: 'nothing-to-accept',
      next: expect.stringContaining('Without the journal, edits are not noticed'),
    });
  });
});
