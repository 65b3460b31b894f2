import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { siblingUrl } from '../../src/project/config/quick-resolve.ts';

const core = (place: string) => `file:///home/ana/${place}/node_modules/@mikro-orm/core/utils/Utils.js`;

test.each([
  [
    'a file beside',
    './clone.js',
    core('app'),
    'file:///home/ana/app/node_modules/@mikro-orm/core/utils/clone.js',
  ],
  ['a file above', '../enums.js', core('app'), 'file:///home/ana/app/node_modules/@mikro-orm/core/enums.js'],
  [
    'in the store of pnpm',
    './clone.js',
    core('app/node_modules/.pnpm/@mikro-orm+core@7.2.1'),
    'file:///home/ana/app/node_modules/.pnpm/@mikro-orm+core@7.2.1/node_modules/@mikro-orm/core/utils/clone.js',
  ],
  ['a package', 'kysely', core('app'), null],
  ['an import of the package itself', '#enums', core('app'), null],
  ['a file of the project', './entity.js', 'file:///home/ana/app/src/config.js', null],
  [
    "a package inside of MikroORM's: it may be CommonJS",
    '../lib/index.js',
    'file:///home/ana/app/node_modules/@mikro-orm/postgresql/node_modules/pg/esm/index.mjs',
    null,
  ],
  ['the program itself', './main.js', undefined, null],
])('%s', (_, specifier, parent, url) => {
  expect(siblingUrl(specifier, parent)).toBe(url);
});

test('resolves like Node', () => {
  const index = createRequire(import.meta.url).resolve('@mikro-orm/core');
  const utils = createRequire(index).resolve('./utils/Utils.js');
  expect(siblingUrl('./utils/Utils.js', pathToFileURL(index).href)).toBe(pathToFileURL(utils).href);
});
