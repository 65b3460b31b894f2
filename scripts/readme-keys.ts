import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from '../src/tui/app/registry.ts';
import { keyTable } from '../src/tui/keymap/keys.ts';

/*
 * The README's table of keys, made from the table of commands that also makes the footer and the help.
 * `node scripts/readme-keys.ts` writes it between the two marks, and docs/keys.md with all keys, those of dialogs too.
 */

const marks = ['<!-- keys -->', '<!-- /keys -->'] as const;
const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const page = fileURLToPath(new URL('../docs/keys.md', import.meta.url));

/** The README with the keys as they are now. */
export function withKeys(text: string): string {
  const [from, to] = marks.map(mark => text.indexOf(mark)) as [number, number];
  const groups = keyTable(commands, null).filter(({ group }) => group !== 'In dialogs');
  const table = tableOf(groups.flatMap(group => [`| **${group.group}** | |`, ...rowsOf(group)]));
  return `${text.slice(0, from)}${marks[0]}\n\n${table}\n\n${text.slice(to)}`;
}

/** The page with every key of the program. */
export function keysPage(): string {
  const groups = keyTable(commands, null).map(group => ({ title: group.group, rows: rowsOf(group) }));
  return [
    '# Keys',
    'Made from the program by `node scripts/readme-keys.ts`. `?` shows the keys that work where you are; [settings](settings.md) can change all of them.',
    ...groups.flatMap(({ title, rows }) => [`## ${title}`, tableOf(rows)]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

type Group = ReturnType<typeof keyTable>[number];

const rowsOf = ({ rows }: Group): string[] =>
  rows
    .filter(({ keys }) => keys !== '')
    .map(({ keys, about }) => `| ${keys.replaceAll('|', '\\|')} | ${about} |`);

const tableOf = (rows: readonly string[]): string => ['| key | does |', '| --- | --- |', ...rows].join('\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(readme, withKeys(await readFile(readme, 'utf8')));
  await writeFile(page, keysPage());
  console.log(join('.', 'README.md'), join('docs', 'keys.md'));
}
