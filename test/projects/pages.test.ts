import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Printed, program } from '../support/program.ts';
import { repository, runNode } from '../support/project.ts';
import { createDatabase, type Database, serverUrl } from '../support/server.ts';
import { type Block, blocksOf, type Call, callsIn, comparable } from './pages/blocks.ts';
import { elsewhere, exceptions, failing, type Place, places, wholePages } from './pages/places.ts';
import { chat, type State } from './pages/states.ts';

/*
 * Every block of code in the docs: its commands run here, in a project that is in the state of its section,
 * and print what the page shows; or another test does that. A line with nothing but … stands for lines that
 * are left out.
 */

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(repository, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];
const blocks = (await Promise.all(pages.map(blocksOf))).flat();
const inFences = blocks.filter(({ language }) => language !== 'text');

describe('every block', () => {
  test('is run here or by another test', () => {
    const missing = inFences
      .map(({ place }) => place)
      .filter(place => !(place in places) && !(place in elsewhere))
      .filter(place => !((place.split('#')[0] as string) in wholePages));
    expect(missing).toEqual([]);
  });

  test('that another test runs exists, and so does that test', () => {
    const all = blocks.map(({ place }) => place);
    for (const place of [...Object.keys(places), ...Object.keys(elsewhere)]) expect(all).toContain(place);
    for (const why of [...Object.values(elsewhere), ...Object.values(wholePages)]) {
      const [file] = /test\/[\w/-]+\.test\.ts/.exec(why) ?? [];
      if (file) expect(existsSync(join(repository, file)), file).toBe(true);
    }
  });
});

/** The words of a command in a shell, without redirections. */
const wordsOf = (command: string): string[] =>
  (command.replace(/ >>? ?\S+$/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map(word =>
    word.replace(/^["']|["']$/g, ''),
  );

/** Only the part of a line that runs migtui: `source <(migtui completion bash)`, `migtui wait && node …`. */
const migtuiIn = (line: string): string | undefined => /(?:npx )?migtui(?: [^&)]+|$)/.exec(line)?.[0].trim();

/** Commands that are not about this database but need something at a terminal or an installation. */
const interactive = ['npx migtui', 'npx migtui init', 'migtui'];

/** A database that nobody uses: the server can copy it. */
async function copyOf({ name }: Database): Promise<string> {
  const { query } = await createDatabase();
  await query(`create database "${name}_copy" template "${name}"`);
  return `${name}_copy`;
}

async function runIn({ project, database }: State, command: string): Promise<Printed> {
  const words = wordsOf(command);
  const argv = words.slice(words.indexOf('migtui') + 1);
  const shadow = argv.includes('--shadow') ? [] : ['--shadow', serverUrl()];
  const known: Record<string, string> = { 'postgres://localhost/postgres': serverUrl() };
  if (argv.includes('chat_staging')) known.chat_staging = await copyOf(database);
  return program(project.root, [...argv.map(word => known[word] ?? word), ...shadow], {
    answer: question => {
      if (/^m, 1/.test(question)) return 'm';
      return /\[y\/N\]/.test(question) ? 'y' : database.name;
    },
  });
}

function compare({ command, output }: Call, printed: Printed): void {
  if (output === null) return;
  const said = comparable(printed.text.replaceAll(/^(?:Replaying .* \d+\/\d+|waiting for .*)\n/gm, ''));
  const parts = comparable(output).split(/^ ?…$/m);
  if (parts.length === 1) expect(said, command).toBe(parts[0]);
  let at = 0;
  for (const part of parts.map(part => part.trim())) {
    const found = said.indexOf(part, at);
    if (found < 0) expect(said, command).toContain(part);
    at = found + part.length;
  }
}

/** The calls of a block, each with the place that it needs; those that share a state are together. */
function groupsOf(block: Block, place: Place): { place: Place; calls: Call[] }[] {
  const calls = (
    block.language === 'text' ? [{ command: block.text, output: null }] : callsIn(block)
  ).flatMap(call => {
    const command = migtuiIn(call.command);
    return command && !interactive.includes(command) ? [{ ...call, command }] : [];
  });
  const groups: { place: Place; calls: Call[] }[] = [];
  for (const call of calls) {
    const own = exceptions[call.command];
    const last = groups.at(-1);
    if (own || !last || place.each || last.place !== place)
      groups.push({ place: own ?? place, calls: [call] });
    else last.calls.push(call);
  }
  return groups;
}

const inText = (block: Block): boolean =>
  block.language !== 'text' ||
  // Elsewhere, commands in the text are about what a command means, not steps to follow.
  (block.place.startsWith('docs/troubleshooting.md') && /^migtui \S+ \S/.test(block.text));

describe.each(Object.entries(places))('%s', (section, place) => {
  const groups = blocks
    .filter(block => block.place === section && inText(block))
    .flatMap(block => groupsOf(block, place));

  test.for(groups.map(group => [group.calls.map(({ command }) => command).join('; '), group] as const))(
    '%s',
    async ([, { place, calls }]) => {
      const state = await place.state();
      try {
        for (const call of calls) {
          const printed = await runIn(state, call.command);
          const shown = /^error: /m.test(call.output ?? '') ? 1 : 0;
          const expected = place.codes?.[call.command] ?? failing[`${section}: ${call.command}`] ?? shown;
          compare(call, printed);
          expect(printed.code, `${call.command}\n${printed.text}`).toBe(expected);
        }
      } finally {
        await state.close?.();
      }
    },
  );
});

test('the code of docs/application.md runs in an application', async () => {
  const { project } = await chat({ merged: true, applied: 'fill_text_length' });
  const code = blocks
    .filter(({ place, language }) => place.startsWith('docs/application.md') && language === 'ts')
    .map(({ text }) => text);
  const [start = '', baked = '', scripts = ''] = code;
  const check = 'await assertCurrent(orm);';
  expect(start).toContain(check);
  const lines = [start.replace(check, ''), scripts, check, baked, 'await orm.close();']
    .join('\n')
    .split('\n');
  const imports = lines.filter(line => line.startsWith('import '));
  const source = [...imports, ...lines.filter(line => !imports.includes(line))].join('\n');
  await project.write(
    'app.ts',
    source.replaceAll("'migtui'", JSON.stringify(join(repository, 'dist/index.js'))),
  );
  const bake = callsIn(blocks.find(({ text }) => text.startsWith('npx migtui bake')) as Block)[0] as Call;
  expect((await program(project.root, ['bake', 'revisions.ts'])).code, bake.command).toBe(0);
  const {
    code: exit,
    stdout,
    stderr,
  } = await runNode(project.root, join(repository, 'node_modules/tsx/dist/cli.mjs'), ['app.ts']);
  expect(exit, stdout + stderr).toBe(0);
  expect(stdout).toContain('Migration20261122090000_merge_heads');
});
