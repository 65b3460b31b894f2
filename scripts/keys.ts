import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from '../src/tui/app/registry.ts';
import { keyTable } from '../src/tui/keymap/keys.ts';

/*
 * Generates docs/keys.md from the table of commands, which is also the source of the footer and the help:
 * `node scripts/keys.ts`.
 */

const path = join('docs', 'keys.md');

/** The page with every key of the program. */
export function keysPage(): string {
  const groups = keyTable(commands, null).map(group => ({
    title: group.group,
    rows: rowsOf(group),
    dialogs: group.group === 'In dialogs' ? byDialog(group) : null,
  }));
  return [
    '# Keys',
    'In the app, `?` shows the keys that work where you are. All of them can be changed: [settings.md](settings.md).',
    ...groups.flatMap(({ title, rows, dialogs }) => [
      `## ${title}`,
      ...(dialogs ? dialogs.flatMap(([name, rows]) => [`### ${name}`, tableOf(rows)]) : [tableOf(rows)]),
    ]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

type Group = ReturnType<typeof keyTable>[number];

/** The dialogs by the first scope of their keys, in this order. */
const dialogs: Readonly<Record<string, string>> = {
  dialog: 'Every dialog',
  choosing: 'Lists',
  scrolling: 'Texts',
  finding: 'Search in a text',
  plan: 'Plan',
  target: 'Choose a target',
  revision: 'New revision',
  draft: 'Files to write',
  heads: 'Choose heads',
  merge: 'Merge',
  squash: 'Squash',
  menu: 'Menu',
  palette: 'Commands',
  schema: 'Schema',
  prompt: 'Text input',
  fleet: 'Fleet',
  'fleet-plan': 'Fleet plan',
  'fleet-run': 'Fleet run',
};

function byDialog(group: Group): [name: string, rows: string[]][] {
  const scopeOf = (id: string): string => commands.find(command => command.id === id)?.where[0] ?? '';
  const unknown = group.rows.find(({ id }) => !(scopeOf(id) in dialogs));
  if (unknown) throw new Error(`Name the dialog of ${unknown.id} in scripts/keys.ts.`);
  return Object.entries(dialogs).map(([scope, name]) => [
    name,
    rowsOf({ ...group, rows: group.rows.filter(({ id }) => scopeOf(id) === scope) }),
  ]);
}

const rowsOf = ({ rows }: Group): string[] =>
  rows
    .filter(({ keys }) => keys !== '')
    .map(({ keys, about }) => `| ${keys.replaceAll('|', '\\|')} | ${about} |`);

const tableOf = (rows: readonly string[]): string => ['| key | does |', '| --- | --- |', ...rows].join('\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(fileURLToPath(new URL(`../${path}`, import.meta.url)), keysPage());
  console.log(path);
}
