import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keysPage } from '../scripts/keys.ts';
import { drawPictures } from '../scripts/screenshots.ts';
import { repository } from './support/project.ts';

const read = (path: string) => readFile(join(repository, path), 'utf8');

test('docs/keys.md has the keys of the program (node scripts/keys.ts)', async () => {
  const page = await read('docs/keys.md');
  expect(page).toBe(keysPage());
  expect(page).toContain('## In dialogs');
});

test('the pictures of the README are the golden screens (npm run screenshots)', async () => {
  const readme = await read('README.md');
  for (const { path, svg } of await drawPictures()) {
    expect(readme).toContain(`](${path})`);
    expect((await read(path)) === svg, `${path} is as the golden screen`).toBe(true);
  }
});
