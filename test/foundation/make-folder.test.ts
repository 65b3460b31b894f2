import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../src/foundation/make-folder.ts';
import { makeFolder as temporary } from '../support/project.ts';

test('a folder is created with its parents, and creating it again is no error', async () => {
  const path = join(await temporary(), 'a', 'b');
  makeFolder(path, 0o700);
  makeFolder(path, 0o700);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test.runIf(process.platform === 'linux')('a file system that takes no folders is an error, at once', () => {
  expect(() => makeFolder('/proc/nowhere/backups')).toThrow('ENOENT');
});
