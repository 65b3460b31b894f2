import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from '../src/tui/app/registry.ts';
import { keyTable } from '../src/tui/keymap/keys.ts';

/*
 * The README's table of keys, made from the table of commands that also makes the footer and the help.
 * `node scripts/readme-keys.ts` writes it between the two marks.
 */

const marks = ['<!-- keys -->', '<!-- /keys -->'] as const;
const readme = fileURLToPath(new URL('../README.md', import.meta.url));

/** The README with the keys as they are now. */
export function withKeys(text: string): string {
  const [from, to] = marks.map(mark => text.indexOf(mark)) as [number, number];
  const rows = keyTable(commands, null)
    .filter(({ group }) => group !== 'In dialogs')
    .flatMap(({ group, rows }) => [
      `| **${group}** | |`,
      ...rows
        .filter(({ keys }) => keys !== '')
        .map(({ keys, about }) => `| ${keys.replaceAll('|', '\\|')} | ${about} |`),
    ]);
  const table = ['| key | does |', '| --- | --- |', ...rows].join('\n');
  return `${text.slice(0, from)}${marks[0]}\n\n${table}\n\n${text.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(readme, withKeys(await readFile(readme, 'utf8')));
  console.log(join('.', 'README.md'));
}
