import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fs } from '@mikro-orm/core/fs-utils';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { migrationPaths } from '../../src/project/files/migration-paths.ts';

/* MikroORM matches with tinyglobby if it is installed, otherwise with Node; both decide what a migration is. */

const root = mkdtempSync(join(tmpdir(), 'migtui-paths-'));
afterAll(() => rmSync(root, { recursive: true }));

const usual = '!(*.d).{js,ts,cjs}';
let folders = 0;

/** A folder of files; `/` at the end makes a folder, `@` a link to a file. */
function folderOf(names: Iterable<string>, name = `migrations-${++folders}`): string {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(root, 'linked'), '');
  for (const one of new Set(names)) {
    const path = join(folder, one.replace(/[/@]$/, ''));
    if (one.endsWith('/')) mkdirSync(path, { recursive: true });
    else if (one.endsWith('@')) symlinkSync(join(root, 'linked'), path);
    else writeFileSync(path, '');
  }
  return folder;
}

const globbed = (folder: string, glob: string): string[] =>
  fs
    .glob(fs.normalizePath(folder, glob))
    .sort()
    .map(path => resolve(path));

const stem = fc.constantFrom('Migration1', 'Migration2_add', 'd', 'a.b', 'c.d', '.e', 'f(1)', 'é', '', 'G h');
const ending = fc.constantFrom(
  'ts',
  'js',
  'cjs',
  'mjs',
  'd.ts',
  'd.js',
  'd.ts.map',
  'TS',
  'json',
  'ts/',
  'ts@',
);
const names = fc.uniqueArray(
  fc.tuple(stem, ending).map(parts => parts.join('.')),
  { selector: name => name.replace(/[/@]$/, '').toLowerCase(), maxLength: 8 },
);
const glob = fc.constantFrom(usual, '!(*.d).{js,ts}', '*.ts', '**/*.{js,ts}');

for (const library of ['Node', 'tinyglobby']) {
  it(`the migration files are those that MikroORM finds with ${library}`, async () => {
    if (library === 'tinyglobby') await fs.init();
    fc.assert(
      fc.property(names, glob, (names, glob) => {
        const folder = folderOf(names);
        expect(migrationPaths(fs, folder, glob)).toEqual(globbed(folder, glob));
      }),
      { numRuns: 200 },
    );
    const special = folderOf(['a.ts'], `[id] (${library})`);
    expect(migrationPaths(fs, special, usual)).toEqual(globbed(special, usual));
    expect(migrationPaths(fs, join(root, 'none'), usual)).toEqual([]);
  });
}

it('the default pattern needs no matching', () => {
  const folder = folderOf(['b.ts', 'a.js', 'a.d.ts', 'README.md', '.snapshot-shop.json', 'old/']);
  const noGlob = { ...fs, glob: () => expect.unreachable() };
  expect(migrationPaths(noGlob, folder, usual)).toEqual([join(folder, 'a.js'), join(folder, 'b.ts')]);
});
