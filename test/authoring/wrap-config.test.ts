import { describe, expect, test } from 'vitest';
import { wrapConfig } from '../../src/project/config/wrap-config.ts';

const wrap = (source: string, file = 'mikro-orm.config.ts') => wrapConfig(file, source);
const line = `import { withMigtui } from 'migtui/config';`;

describe('a config is wrapped', () => {
  test.each([
    [
      'an object',
      `export default { dbName: 'x' };\n`,
      `${line}\n\nexport default withMigtui({ dbName: 'x' });\n`,
    ],
    [
      'defineConfig(…)',
      `import { defineConfig } from '@mikro-orm/postgresql';\n\nexport default defineConfig({ dbName: 'x' });\n`,
      `import { defineConfig } from '@mikro-orm/postgresql';\n${line}\n\nexport default withMigtui(defineConfig({ dbName: 'x' }));\n`,
    ],
    [
      'an array',
      `export default [{ contextName: 'a' }, { contextName: 'b' }];\n`,
      `${line}\n\nexport default withMigtui([{ contextName: 'a' }, { contextName: 'b' }]);\n`,
    ],
    [
      'a factory',
      `export default async () => ({ dbName: 'x' });\n`,
      `${line}\n\nexport default withMigtui(async () => ({ dbName: 'x' }));\n`,
    ],
    [
      'an anonymous function',
      `export default function () { return {} }\n`,
      `${line.slice(0, -1)}\n\nexport default withMigtui(function () { return {} })\n`,
    ],
    [
      'a named function, which keeps its name',
      `export default function config() { return { x: config.name }; }\n`,
      `${line}\n\nfunction config() { return { x: config.name }; }\n\nexport default withMigtui(config);\n`,
    ],
    [
      'a name',
      `const config = { dbName: 'x' };\nexport default config;\n`,
      `${line}\n\nconst config = { dbName: 'x' };\nexport default withMigtui(config);\n`,
    ],
    [
      'a typed value',
      `const config = {};\nexport default config satisfies Options as Options;\n`,
      `${line}\n\nconst config = {};\nexport default withMigtui(config satisfies Options as Options);\n`,
    ],
    [
      'export { config as default }',
      `const config = {};\nexport { config as default };\n`,
      `${line}\n\nconst config = {};\n\n\nexport default withMigtui(config);\n`,
    ],
    [
      'the default among other exports',
      `const config = {};\nexport { config as default, config };\n`,
      `${line}\n\nconst config = {};\nexport { config };\n\nexport default withMigtui(config);\n`,
    ],
    [
      'in the style of the file',
      `import { x } from "y"\r\nexport default { x }\r\n`,
      `import { x } from "y"\r\nimport { withMigtui } from "migtui/config"\r\nexport default withMigtui({ x })\r\n`,
    ],
  ])('%s', (_, before, after) => {
    expect(wrap(before)).toBe(after);
    expect(wrap(after)).toBeNull();
  });

  test('in CommonJS', () => {
    const before = `'use strict';\nconst { defineConfig } = require('@mikro-orm/postgresql');\n\nmodule.exports = defineConfig({});\n`;
    const after = `'use strict';\nconst { defineConfig } = require('@mikro-orm/postgresql');\nconst { withMigtui } = require('migtui/config');\n\nmodule.exports = withMigtui(defineConfig({}));\n`;
    expect(wrap(before, 'mikro-orm.config.js')).toBe(after);
    expect(wrap(after, 'mikro-orm.config.js')).toBeNull();
  });

  test('with a comment above, and an alias of withMigtui', () => {
    expect(
      wrap(`// the config\nimport { withMigtui as ready } from 'migtui/config';\nexport default {};\n`),
    ).toBe(
      `// the config\nimport { withMigtui as ready } from 'migtui/config';\nexport default ready({});\n`,
    );
  });
});

test.each([
  ['exports from elsewhere', `export { default } from './real.js';`],
  ['has no default export', `export const config = {};`],
  ['does not parse', `export default {`],
])('a config that %s is not changed, with a message what to do', (_, source) => {
  expect(() => wrap(source)).toThrow(
    expect.objectContaining({ code: 'config-not-wrapped', next: expect.stringContaining('withMigtui(…)') }),
  );
});
