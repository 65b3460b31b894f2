import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allCommands, program } from '../../scripts/commands.ts';
import { jsonSchemas } from '../../scripts/json-schemas.ts';
import { checkAnswer } from '../support/answers.ts';
import { repository } from '../support/project.ts';
import { migtui } from './fake.ts';

const folder = join(repository, 'docs/schemas');
/** The names of all commands that print JSON: `status`, `fleet-check`. */
const names = [...allCommands(program()).keys()]
  .filter(name => name !== 'completion')
  .map(name => name.replace(' ', '-'));

describe('docs/schemas', () => {
  test('has a schema for every command, and no other', async () => {
    const files = (await readdir(folder)).map(file => file.replace(/\.json$/, ''));
    expect(files.sort()).toEqual(names.sort());
  });

  test('matches the types: node scripts/json-schemas.ts writes it', async () => {
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      expect(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')), name).toEqual(schema);
    }
  });

  test('is linked from docs/json.md', async () => {
    expect(await readFile(join(repository, 'docs/json.md'), 'utf8')).toContain('](schemas)');
  });
});

describe('the JSON output', () => {
  test.each([
    'status',
    'current',
    'history -v --contexts',
    'heads',
    'branches',
    'show head',
    'show heads',
    'pending',
    'journal',
    'wait --for base --timeout 1s',
    'upgrade head --plan',
    'upgrade head --yes',
    'upgrade head --sql',
    'upgrade nope',
    'upgrade --nope',
    'downgrade -1 --yes --confirm chat',
    'stamp head --plan',
    'resolve nope --down --plan',
    'ensure-version',
    'fresh --plan',
    'init --yes',
    'revision -m x',
    'create -n x --blank',
    'merge --yes',
    'squash base:head --plan -m x',
    'adopt --yes',
    'edit head',
    'check',
    'lint',
    'diff --since main',
    'doctor',
  ])('of %s matches its schema', async args => {
    const { stdout } = await migtui(`${args} --json`);
    expect(() => JSON.parse(stdout)).not.toThrow();
  });

  test('with an additional or a missing field is refused', () => {
    expect(() => checkAnswer(['bake', '--json'], '{"file":"a","revisions":1,"upToDate":true}')).toThrow(
      'written',
    );
    const more = '{"file":"a","revisions":1,"upToDate":true,"written":true,"at":""}';
    expect(() => checkAnswer(['bake', '--json'], more)).toThrow('at');
    expect(() => checkAnswer(['bake', '--json'], '{"error":{"code":"usage"}}')).toThrow('message');
  });
});
