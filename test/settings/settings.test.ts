import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsJsonSchema } from '../../scripts/settings-schema.ts';
import type { Failure } from '../../src/foundation/failure.ts';
import { parseDuration } from '../../src/settings/duration.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { settingNames } from '../../src/settings/schema.ts';
import { makeFolder, repository } from '../support/project.ts';

interface Files {
  readonly packageJson?: object;
  readonly project?: Readonly<Record<string, string>>;
  readonly user?: object | string;
}

async function load({ packageJson = {}, project = {}, user }: Files) {
  const root = await makeFolder('settings');
  const home = await makeFolder('home');
  await writeFile(join(root, 'package.json'), JSON.stringify(packageJson));
  for (const [file, text] of Object.entries(project)) await writeFile(join(root, file), text);
  if (user !== undefined) {
    await mkdir(join(home, 'migtui'));
    const text = typeof user === 'string' ? user : JSON.stringify(user);
    await writeFile(join(home, 'migtui/config.json'), text);
  }
  return loadSettings(root, { XDG_CONFIG_HOME: home });
}

const refusal = async (files: Files) =>
  load(files).then(
    () => {
      throw new Error('it was accepted');
    },
    (failure: Failure) => failure.info,
  );

test('without a file everything has its default', async () => {
  expect(await load({})).toEqual({
    keys: {},
    theme: 'auto',
    ascii: undefined,
    mouse: true,
    motion: true,
    columns: ['age', 'author', 'duration', 'size'],
    layout: 'full',
    live: true,
    connectTimeout: undefined,
    answerTimeout: undefined,
    lockWait: undefined,
    lockTimeout: undefined,
    statementTimeout: undefined,
    retries: undefined,
    transaction: undefined,
    protected: [],
    backup: {
      always: false,
      folder: 'backups',
      format: 'custom',
      jobs: undefined,
      pgDump: undefined,
      keep: undefined,
      keepFor: undefined,
    },
    lint: {},
    readOnly: false,
    strict: [],
    shadow: undefined,
    baseline: undefined,
    notCompared: [],
    fleet: {
      targets: [],
      waves: [],
      parallel: undefined,
      onError: 'stop',
      pauseAfter: [],
      maxFailures: undefined,
    },
    editor: undefined,
  });
});

test.each([
  ['package.json', { packageJson: { migtui: { theme: 'light' } } }],
  ['migtui.config.json', { project: { 'migtui.config.json': '{ "$schema": "x", "theme": "light" }' } }],
  ['migtui.config.mjs', { project: { 'migtui.config.mjs': 'export default { theme: "light" };' } }],
  [
    'migtui.config.js',
    {
      packageJson: { type: 'module' },
      project: { 'migtui.config.js': 'export default { theme: "light" };' },
    },
  ],
  [
    'migtui.config.ts',
    {
      packageJson: { type: 'module' },
      project: { 'migtui.config.ts': 'const theme: string = "light"; export default { theme };' },
    },
  ],
  ['the person’s file', { user: { theme: 'light' } }],
])('are read from %s', async (_, files: Files) => {
  expect(await load(files)).toMatchObject({ theme: 'light' });
});

test('project settings override user settings, keys are merged', async () => {
  const settings = await load({
    packageJson: { migtui: { theme: 'dark', lockWait: '2min', keys: { upgrade: 'U' } } },
    user: { theme: 'light', editor: 'code --wait', lockWait: 5, keys: { quit: ['q', 'x'], upgrade: 'V' } },
  });
  expect(settings).toMatchObject({
    theme: 'dark',
    lockWait: 120_000,
    editor: 'code --wait',
    keys: { upgrade: ['U'], quit: ['q', 'x'] },
  });
});

describe('invalid settings', () => {
  test('are all reported, with the file, the setting and the allowed values', async () => {
    const info = await refusal({
      project: {
        'migtui.config.json': '{ "theme": "pink", "lockTimout": 1, "retries": -1, "lockWait": "soon" }',
      },
    });
    expect(info).toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining('migtui.config.json'),
    });
    expect(info.problems?.map(({ message }) => message).sort()).toEqual([
      '"lockWait" must be a duration such as "500ms", "5s", "2min", "1h", or milliseconds, not "soon"',
      '"retries" must not be negative, not -1',
      '"theme" must be one of "auto", "dark", "light", "high-contrast", "none", not "pink"',
      `there is no setting "lockTimout" (did you mean "lockTimeout"?); there are ${settingNames.join(', ')}`,
    ]);
  });

  test.each([
    [{ keys: [] }, '"keys" must be an object of command ids and keys, not "[]"'],
    [{ keys: { upgrade: 5 } }, '"keys.upgrade" must be a key or a list of keys, not 5'],
    [{ keys: { upgrade: [''] } }, '"keys.upgrade.0" must name a key, not ""'],
    [{ ascii: 'yes' }, '"ascii" must be true or false, not "yes"'],
    [{ mouse: 1 }, '"mouse" must be true or false, not 1'],
    [{ motion: null }, '"motion" must be true or false, not null'],
    [{ live: 'off' }, '"live" must be true or false, not "off"'],
    [{ lockTimeout: '5 d' }, /^"lockTimeout" must be a duration such as .*, not "5 d"$/],
    [{ statementTimeout: {} }, /^"statementTimeout" must be a duration such as .*, not \{\}$/],
    [{ retries: 1.5 }, '"retries" must be a whole number, not 1.5'],
    [{ transaction: 'none' }, '"transaction" must be one of "all", "each", not "none"'],
    [
      { protected: 'production' },
      '"protected" must be true, false, a rule, or a list of contexts and rules, not "production"',
    ],
    [{ readOnly: 'true' }, '"readOnly" must be true or false, not "true"'],
    [{ editor: '' }, '"editor" must not be empty, not ""'],
    [
      { fleet: { targets: { schema: 'x' } } },
      /^"fleet.targets" must have "schemas", "databases", "contexts"/,
    ],
    [
      { fleet: { targets: [{ schemas: 5 }] } },
      '"fleet.targets.0.schemas" must be a pattern, a list of names, or an object with "query", not 5',
    ],
    [{ fleet: { parallel: 0 } }, '"fleet.parallel" must be at least 1, not 0'],
    [{ fleet: { onError: 'go' } }, '"fleet.onError" must be one of "stop", "continue", "pause", not "go"'],
    [
      { shadow: 'mysql://ana:secret@localhost' },
      '"shadow" must be a URL such as "postgres://user@localhost:5432", not "mysql://ana:***@localhost"',
    ],
    [[], 'must be an object of settings'],
  ])('%j', async (settings, words) => {
    const info = await refusal({ packageJson: { migtui: settings } });
    expect(info.problems).toEqual([
      {
        code: 'setting',
        file: 'package.json ("migtui")',
        message: typeof words === 'string' ? words : expect.stringMatching(words),
      },
    ]);
  });

  test.each([
    ['JSON that does not parse', { project: { 'migtui.config.json': '{' } }, 'migtui.config.json'],
    ['a file that throws', { project: { 'migtui.config.mjs': 'throw new Error("boom")' } }, 'boom'],
    ['a list', { packageJson: { migtui: [] } }, 'package.json'],
    ['the person’s JSON', { user: '{' }, 'config.json'],
  ])('%s', async (_, files: Files, words) => {
    const info = await refusal(files);
    expect(info.code).toBe('settings-invalid');
    expect([info.message, ...(info.problems ?? []).map(({ message }) => message)].join('\n')).toContain(
      words,
    );
  });
});

test.each([
  ['500ms', 500],
  ['5s', 5_000],
  ['1.5 s', 1_500],
  ['2min', 120_000],
  ['1h', 3_600_000],
  ['0', 0],
  [250, 250],
  ['', null],
  ['-1', null],
  ['5 days', null],
  ['9999h', null],
])('a duration: %j', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

describe('the published schema', () => {
  test('is in the package, and can be resolved by name', async () => {
    const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
    const found = createRequire(join(repository, 'package.json')).resolve('migtui/settings.schema.json');
    const path = relative(repository, found);
    expect(path).toBe(join('docs', 'settings.schema.json'));
    expect(manifest.files).toContain('docs/settings.schema.json');
    const docs = await readFile(join(repository, 'docs/settings.md'), 'utf8');
    expect(docs).toContain('"$schema": "./node_modules/migtui/docs/settings.schema.json"');
    expect(settingsJsonSchema()).toHaveProperty('properties.$schema');
  });

  test('is generated from the validation schema', async () => {
    const published = await readFile(join(repository, 'docs/settings.schema.json'), 'utf8');
    expect(JSON.parse(published)).toEqual(settingsJsonSchema());
  });

  test('and docs/settings.md has every setting', async () => {
    const docs = await readFile(join(repository, 'docs/settings.md'), 'utf8');
    for (const name of settingNames) expect(docs).toContain(`\`${name}\``);
  });
});

test('the shadow has a server, a baseline, or both', async () => {
  const of = async (shadow: unknown) => {
    const { shadow: server, baseline } = await load({ packageJson: { migtui: { shadow } } });
    return { server, baseline };
  };
  const server = 'postgres://ana@localhost';
  expect(await of(server)).toEqual({ server, baseline: undefined });
  expect(await of({ baseline: 'db/base.sql' })).toEqual({ server: undefined, baseline: 'db/base.sql' });
  expect(await of({ server, baseline: 'b.sql' })).toEqual({ server, baseline: 'b.sql' });
  expect((await refusal({ packageJson: { migtui: { shadow: { bseline: 'x' } } } })).problems).toMatchObject([
    { message: expect.stringContaining('"server" and "baseline"') },
  ]);
});
