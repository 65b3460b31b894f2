import { readFile, writeFile } from 'node:fs/promises';
import type { Command, Option } from 'commander';
import { buildProgram } from '../src/cli/shell/command-line.ts';
import type { Host } from '../src/cli/shell/host.ts';

/*
 * Writes the list of commands and the options of each into docs/commands.md: node scripts/commands.ts
 *
 * The surrounding text is not generated. `<!-- options: upgrade -->` marks the place for the options of a
 * command.
 */

const end = '<!-- end -->';
/** Commands that users do not type. */
const hidden = ['open', 'complete', 'help'];

/** The command line as a commander program, without a terminal. */
export function program(): Command {
  const screen = { write: () => {}, isTTY: false, columns: 120 };
  return buildProgram({ stdout: screen, stderr: screen, cwd: '/' } as unknown as Host, '0', () => {});
}

/** Every command with its own options or arguments, by its full name: `upgrade`, `fleet status`. */
export function allCommands(parent: Command, before = ''): ReadonlyMap<string, Command> {
  return new Map(
    parent.commands
      .filter(command => !hidden.includes(command.name()))
      .flatMap(command => {
        const name = `${before}${command.name()}`;
        return command.commands.length > 0 && name !== 'completion'
          ? [...allCommands(command, `${name} `)]
          : [[name, command] as const];
      }),
  );
}

/**
 * The page with every generated part replaced.
 * @throws Error if the page has no place for the options of a command
 */
export function withCommands(page: string): string {
  const root = program();
  const commands = allCommands(root);
  const parts = new Map([
    ['commands', list(root)],
    ['options: all commands', optionTable(root.options.filter(({ long }) => long !== '--version'))],
    ...[...commands].map(([name, command]) => {
      const model = name.startsWith('fleet ') ? 'fleet upgrade' : 'upgrade';
      return [`options: ${name}`, optionsOf(command, model, commands.get(model) as Command)] as const;
    }),
  ]);
  for (const [name, text] of parts) {
    const begin = `<!-- ${name} -->`;
    const [before = '', rest, twice] = page.split(begin);
    if (text === '' && rest === undefined) continue; // It has no options.
    const after = rest?.split(end);
    if (after === undefined || after.length < 2 || twice !== undefined) {
      throw new Error(`docs/commands.md needs one "${begin}" … "${end}"`);
    }
    page = `${before}${begin}\n\n${text}\n\n${end}${after.slice(1).join(end)}`;
  }
  return page;
}

/** The table of all commands by group, with links to their sections. */
function list(root: Command): string {
  const shown = root.commands.filter(command => !hidden.includes(command.name()));
  const rows = [...Map.groupBy(shown, command => command.helpGroup() || 'More:')].flatMap(
    ([group, members]) => [
      `| **${group.replace(':', '')}** | |`,
      ...members.map(
        command => `| [\`${command.name()}\`](#${anchor(command)}) | ${cell(command.description())} |`,
      ),
    ],
  );
  return ['| command | |', '| --- | --- |', ...rows].join('\n');
}

/** The heading of a command's section, such as `migtui upgrade <target...>`. */
function heading(command: Command): string {
  const args = command.registeredArguments.map(argument => {
    const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  return `\`migtui ${command.name()}${command.commands.length > 0 ? '' : args.join('')}\``;
}

/** GitHub's anchor of a heading. */
const anchor = (command: Command): string =>
  heading(command)
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

/**
 * The options of a command: a table, and one line for those that are the same as for another command, the
 * model.
 */
function optionsOf(command: Command, modelName: string, model: Command): string {
  const options = command.options.filter(option => !option.hidden);
  const key = (option: Option) => `${option.flags}: ${option.description}`;
  const known = new Set(command === model ? [] : model.options.map(key));
  const shared = options.filter(option => known.has(key(option)));
  const few = shared.length < 4;
  const own = few ? options : options.filter(option => !shared.includes(option));
  const link = modelName === 'upgrade' ? anchor(model) : `migtui-${modelName.replace(' ', '-')}`;
  const same = few ? '' : `As for [\`${modelName}\`](#${link}): ${shared.map(flags).join(', ')}.`;
  return [own.length > 0 ? optionTable(own) : '', same].filter(part => part !== '').join('\n\n');
}

function optionTable(options: readonly Option[]): string {
  return [
    '| option | |',
    '| --- | --- |',
    ...options.map(option => `| ${flags(option)} | ${describe(option)} |`),
  ].join('\n');
}

/** `-y`, `--yes` */
const flags = ({ flags }: Option): string =>
  flags
    .split(', ')
    .map(flag => `\`${cell(flag)}\``)
    .join(', ');

function describe({ description, argChoices, defaultValue, defaultValueDescription }: Option): string {
  const more = [
    argChoices ? `choices: ${argChoices.map(choice => `\`${choice}\``).join(', ')}` : '',
    typeof defaultValue === 'string' || defaultValueDescription
      ? `default: ${defaultValueDescription ?? `\`${defaultValue}\``}`
      : '',
  ].filter(part => part !== '');
  const text = description.replaceAll(/(?<=^|[ (])--?[a-z][a-z-]*/g, '`$&`');
  return cell(`${text}${more.length > 0 ? ` (${more.join('; ')})` : ''}`);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

if (import.meta.main) {
  const path = new URL('../docs/commands.md', import.meta.url);
  await writeFile(path, withCommands(await readFile(path, 'utf8')));
}
