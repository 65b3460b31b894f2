import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { program, withCommands } from '../../scripts/commands.ts';
import { repository } from '../support/project.ts';
import { migtui } from './fake.ts';

const root = program();
const commands = root.commands.filter(command => !['open', 'complete', 'help'].includes(command.name()));
const docs = await readFile(join(repository, 'docs/commands.md'), 'utf8');
const readJson = await readFile(join(repository, 'docs/json.md'), 'utf8');

describe('docs/commands.md', () => {
  test('has the options of every command: node scripts/commands.ts writes them', () => {
    expect(withCommands(docs)).toBe(docs);
  });

  test('has a section for every command, to which the list links', () => {
    const headings = [...docs.matchAll(/^#{2,3} (.*)$/gm)].map(([, text]) =>
      (text as string)
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...docs.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link as string);
    expect(links.length).toBeGreaterThanOrEqual(commands.length);
    expect(links.filter(link => !headings.includes(link))).toEqual([]);
  });

  test('without a place for the options of a command is an error', () => {
    expect(() => withCommands(docs.replace('<!-- options: bake -->', ''))).toThrow('options: bake');
  });
});

describe('--help', () => {
  test.each(commands.map(command => command.name()))('of %s has examples', async name => {
    const { code, stdout, stderr } = await migtui(`${name} --help`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Examples:\n {2}.*migtui/);
    expect(stdout).not.toContain('\n\n\n');
  });

  test('of the program lists every command', async () => {
    const { stdout } = await migtui('--help');
    for (const command of commands) expect(stdout).toMatch(new RegExp(`\n {2}${command.name()}[| ]`));
    expect(stdout).not.toContain('\n  open');
  });
});

/** Names of all fields of a value, including nested arrays and objects. */
function fields(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fields);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...fields(inner)]);
}

describe('docs/json.md', () => {
  test.each([
    'status',
    'history',
    'branches',
    'show head',
    'upgrade head --plan',
    'downgrade -1 --plan',
    'upgrade head --yes',
    'upgrade nope',
    'revision -m x',
    'check',
  ])('knows every field of %s', async args => {
    const answer = (await migtui(`${args} --json`)).json();
    const unknown = fields(answer).filter(field => !new RegExp(`\\b${field}\\b`).test(readJson));
    expect(unknown).toEqual([]);
  });
});
