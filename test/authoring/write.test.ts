import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changeOf } from '../../src/project/writing/file-change.ts';
import { writeChanges } from '../../src/project/writing/write-files.ts';
import { makeFolder } from '../support/project.ts';

describe('a draft is written', () => {
  test('completely: new files, changed ones, removed ones', async () => {
    const root = await makeFolder();
    await writeFile(join(root, 'a'), 'old');
    await writeFile(join(root, 'gone'), 'x');
    const changes = [
      changeOf(root, join(root, 'a'), 'new'),
      changeOf(root, join(root, 'deep/er/b'), 'b'),
      changeOf(root, join(root, 'gone'), null),
    ];
    expect(changes[0]?.diff).toContain('--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-old');
    await writeChanges(root, changes);
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('new');
    expect(await readFile(join(root, 'deep/er/b'), 'utf8')).toBe('b');
    await expect(readFile(join(root, 'gone'))).rejects.toThrow('ENOENT');
  });

  test('not at all if a file has changed', async () => {
    const root = await makeFolder();
    await writeFile(join(root, 'b'), 'old');
    const changes = [changeOf(root, join(root, 'a'), 'a'), changeOf(root, join(root, 'b'), 'b')];
    await writeFile(join(root, 'b'), 'edited meanwhile');
    await expect(writeChanges(root, changes)).rejects.toMatchObject({ code: 'draft-stale' });
    await expect(readFile(join(root, 'a'))).rejects.toThrow('ENOENT');
  });

  test('not at all if a file has appeared', async () => {
    const root = await makeFolder();
    const changes = [changeOf(root, join(root, 'a'), 'a')];
    await writeFile(join(root, 'a'), 'somebody else’s');
    await expect(writeChanges(root, changes)).rejects.toMatchObject({ code: 'draft-stale' });
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('somebody else’s');
  });

  test('or restored, if one of them cannot be written', async () => {
    const root = await makeFolder();
    await writeFile(join(root, 'a'), 'old');
    await writeFile(join(root, 'file'), '');
    const changes = [
      changeOf(root, join(root, 'a'), 'new'),
      { path: 'file/below-a-file', before: null, after: 'x', diff: '' },
    ];
    await expect(writeChanges(root, changes)).rejects.toMatchObject({ code: 'write-failed' });
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('old');
  });

  test('never outside the project', async () => {
    const root = await makeFolder();
    const outside = { path: '../escaped', before: null, after: 'x', diff: '' };
    await expect(writeChanges(root, [outside])).rejects.toMatchObject({ code: 'draft-outside' });
  });

  test("through a link, and with the file's mode", async () => {
    const root = await makeFolder();
    await mkdir(join(root, 'real'));
    await writeFile(join(root, 'real/a'), 'old', { mode: 0o755 });
    await chmod(join(root, 'real/a'), 0o755);
    await symlink('real/a', join(root, 'a'));
    await writeChanges(root, [changeOf(root, join(root, 'a'), 'new')]);
    expect(await readFile(join(root, 'real/a'), 'utf8')).toBe('new');
    expect((await lstat(join(root, 'a'))).isSymbolicLink()).toBe(true);
    expect((await stat(join(root, 'real/a'))).mode & 0o777).toBe(0o755);
  });
});
