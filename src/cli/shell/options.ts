import { InvalidArgumentError, Option } from 'commander';
import { durationHelp, parseDuration } from '../../settings/duration.ts';

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError(`It must be ${durationHelp}.`);
  return ms;
}

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function pairs(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be key=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** The options of every command. */
export const sharedOptions = (): Option[] => [
  new Option('--json', 'print JSON on stdout, also for errors (see node_modules/migtui/docs/json.md)'),
  new Option('--project <name>', 'workspace package or folder (default: the package of the current folder)'),
  new Option('--config <file>', 'path of the MikroORM config, if MikroORM does not find it'),
  new Option('--context <name>', 'context (contextName) of the MikroORM config'),
  new Option('-s, --schema <name>', 'run migrations in this schema, which has its own migrations table'),
  new Option(
    '-x, --x <key=value>',
    "argument for the project's code, read with xArguments() from migtui/config; may be repeated",
  ).argParser(pairs),
  new Option('--read-only', 'refuse everything that writes to the database'),
  new Option('--shadow <url>', 'PostgreSQL server to rehearse on (default: PGlite in memory)'),
  new Option(
    '--baseline <file>',
    'SQL script of the schema that existed before the first revision, for the shadow',
  ),
  new Option('--color', 'use colours even in a pipe'),
  new Option('--no-color', 'use no colours'),
];

export const verbose = (description = 'all details of each revision'): Option =>
  new Option('-v, --verbose', description);

/** An option that takes a duration. */
export const durationOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(duration);

export const yes = (): Option => new Option('-y, --yes', 'do not ask');

export const confirmOption = (): Option =>
  new Option('--confirm <database>', 'run only on the database of this name, without asking');

/** Options of the commands that run a plan. */
export const planOptions = (): Option[] => [
  new Option('--plan', 'show the steps and their SQL, run nothing').conflicts('sql'),
  new Option('--sql', 'print a psql script that does the same, run nothing'),
  new Option('--partial', 'with --sql: end the script before the first step whose SQL is not known').implies({
    sql: true,
  }),
  new Option('--plan-id <fingerprint>', 'run only the plan that --plan --json printed with this fingerprint'),
  yes(),
];

/** Options of the commands that run migrations. */
export const runOptions = (): Option[] => [
  new Option('--transaction <how>', 'one transaction for all revisions, or one for each').choices([
    'all',
    'each',
  ]),
  new Option('--lock-wait <time>', 'wait this long for another run to finish (default: 60s)').argParser(
    duration,
  ),
  new Option('--lock-timeout <time>', "PostgreSQL's lock_timeout (default: 5s)").argParser(duration),
  new Option('--statement-timeout <time>', "PostgreSQL's statement_timeout").argParser(duration),
  new Option('--retries <n>', 'retries after a lock timeout or a deadlock (default: 3)').argParser(count),
  confirmOption(),
  new Option('--tag <text>', 'name of this run in the journal'),
  new Option('--strict', 'refuse to run over missing, out-of-order or edited revisions'),
  new Option('--no-strict', 'ignore the strict setting'),
  verbose('show each statement as it runs'),
];

/** For the commands whose plans can be rehearsed. */
export const rehearseOption = (): Option =>
  new Option('--rehearse', 'rehearse the plan on the shadow first; run it only if there is no problem');

/** Options of the commands that may lose data. */
export const backupOptions = (): Option[] => [
  new Option('--backup [folder]', 'back up the database first; run only if the backup succeeds'),
  new Option('--no-backup', 'take no backup, even if the settings ask for one'),
];
