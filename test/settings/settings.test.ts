import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsJsonSchema } from '../../scripts/settings-schema.ts';
import type { Failure } from '../../src/foundation/failure.ts';
import { parseDuration } from '../../src/settings/duration.ts';
import { isProtected, loadSettings } from '../../src/settings/load.ts';
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

test('without any file everything has its default', async () => {
  expect(await load({})).toEqual({
    keys: {},
    theme: 'auto',
    ascii: undefined,
    mouse: true,
    motion: true,
    live: true,
    lockWait: undefined,
    lockTimeout: undefined,
    statementTimeout: undefined,
    retries: undefined,
    transaction: undefined,
    protected: false,
    readOnly: false,
    shadow: undefined,
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

test('the project wins over the person, keys are put together', async () => {
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

describe('wrong settings', () => {
  test('are told all at once, with the file, the setting and what is allowed', async () => {
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

test('protected is always, or in some contexts', async () => {
  const some = await load({ packageJson: { migtui: { protected: ['production'] } } });
  expect([isProtected(some, 'production'), isProtected(some, 'default')]).toEqual([true, false]);
  expect(isProtected(await load({ packageJson: { migtui: { protected: true } } }), 'default')).toBe(true);
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
  test('is made from what is validated', async () => {
    const published = await readFile(join(repository, 'docs/settings.schema.json'), 'utf8');
    expect(JSON.parse(published)).toEqual(settingsJsonSchema());
  });

  test('and docs/settings.md knows every setting', async () => {
    const docs = await readFile(join(repository, 'docs/settings.md'), 'utf8');
    for (const name of settingNames) expect(docs).toContain(`\`${name}\``);
  });
});
