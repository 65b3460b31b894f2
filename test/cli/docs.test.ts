import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/cli/shell/host.ts';
import { buildProgram } from '../../src/cli/shell/program.ts';
import { repository } from '../support/project.ts';
import { migtui } from './fake.ts';

const screen = { write: () => {}, isTTY: false, columns: 80 };
const program = buildProgram({ stdout: screen, stderr: screen, cwd: '/' } as unknown as Host, '0', () => {});
const hidden = ['open', 'complete', 'help'];
const commands = program.commands.filter(command => !hidden.includes(command.name()));
const docs = await readFile(join(repository, 'docs/commands.md'), 'utf8');
const readJson = await readFile(join(repository, 'docs/json.md'), 'utf8');

/** The part of the page about a command. */
const sectionOf = (name: string): string =>
  docs.split(/^## /m).find(part => part.startsWith(`\`migtui ${name}`)) ?? '';

describe('docs/commands.md', () => {
  test.each(commands.map(command => [command.name(), command] as const))('knows %s', (name, command) => {
    for (const option of command.options) expect(sectionOf(name), option.flags).toContain(option.long);
    expect(docs).toContain(`[\`${name}\`]`);
  });

  test('knows the options of all commands', () => {
    const all = docs.split(/^## /m).find(part => part.startsWith('All commands'));
    for (const option of program.options) {
      if (option.long !== '--version') expect(all).toContain(option.long);
    }
  });
});

describe('--help', () => {
  test.each(commands.map(command => command.name()))('of %s has examples', async name => {
    const { code, stdout, stderr } = await migtui(`${name} --help`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Examples:\n {2}.*migtui/);
  });

  test('of the program lists every command', async () => {
    const { stdout } = await migtui('--help');
    for (const command of commands) expect(stdout).toMatch(new RegExp(`\n {2}${command.name()}[| ]`));
    expect(stdout).not.toContain('\n  open');
  });
});

/** Names of all fields of a value, arrays and objects opened. */
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
