import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withKeys } from '../scripts/readme-keys.ts';
import { repository } from './support/project.ts';

test('the keys of the README are those of the program (node scripts/readme-keys.ts)', async () => {
  const readme = await readFile(join(repository, 'README.md'), 'utf8');
  expect(readme).toBe(withKeys(readme));
});
