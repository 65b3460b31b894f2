import { Command, CommanderError } from 'commander';
import { commands } from '../commands.ts';
import { addCompletion } from '../completion.ts';
import { rootOf } from './call.ts';
import { jsonText } from './clean.ts';
import { actor } from './command.ts';
import type { Host } from './host.ts';
import { sharedOptions } from './options.ts';
import { safeText } from './safe-text.ts';
import { UsageError } from './usage.ts';

const epilogue = `
Targets: head, heads, base, current, a revision (a unique prefix of its id,
its digits or its words), +1, -1, <revision>+1, <label>@head, <label>@base, <label>@-1.

Without a command migtui opens the full-screen app, or prints the status where there is no terminal.
Exit codes: 0 success, 1 failed or refused, 2 usage error, 3 check, lint, rehearse, test, diff, bake --check,
fleet check or fleet rehearse found a problem.`;

/** The whole command line as a commander program. */
export function buildProgram(host: Host, version: string, done: (code: number) => void): Command {
  const program = new Command('migtui')
    .description(
      'Migrations for MikroORM projects on PostgreSQL: show the status of a database, upgrade and downgrade it.',
    )
    .version(version, '-V, --version')
    .usage('[command] [options]')
    .exitOverride()
    .configureOutput({
      writeOut: text => host.stdout.write(safeText(text)),
      writeErr: text => host.stderr.write(safeText(text)),
      getOutHelpWidth: () => Math.min(host.stdout.columns, 120),
      getErrHelpWidth: () => Math.min(host.stderr.columns, 120),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Run it with --help for usage.')
    .addHelpText('after', epilogue);
  for (const option of sharedOptions()) program.addOption(option);
  const act = actor(host, done);
  for (const [group, definitions] of Object.entries(commands)) {
    program.commandsGroup(group);
    for (const define of definitions) define(program, act);
  }
  addCompletion(program, () => rootOf(host));
  return program;
}

/**
 * Runs a command and returns its exit code.
 * @param argv arguments after the program's name
 * @throws errors of the command
 */
export async function runCommandLine(argv: readonly string[], host: Host, version: string): Promise<number> {
  let code = 0;
  const program = buildProgram(host, version, done => {
    code = done;
  });
  try {
    await program.parseAsync(prepared(program, argv), { from: 'user' });
    return code;
  } catch (error) {
    const json = argv.includes('--json');
    if (error instanceof UsageError) {
      host.stderr.write(safeText(`error: ${error.message}\n`));
      if (json) host.stdout.write(jsonText({ error: { code: 'usage', message: error.message } }));
      return 2;
    }
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const message = error.message.replace(/^error: /, '');
    if (json) host.stdout.write(jsonText({ error: { code: 'usage', message } }));
    return 2;
  }
}

/** `migtui` alone means `open`; `-3:` and similar arguments are targets, not options. */
function prepared(program: Command, argv: readonly string[]): string[] {
  const isValue = (at: number): boolean => ['-r', '--rev-range'].includes(argv[at - 1] ?? '');
  const moved = new Set([...argv.keys()].filter(at => /^-\d+[:@+-]/.test(argv[at] ?? '') && !isValue(at)));
  const args = argv.includes('--')
    ? [...argv]
    : [
        ...argv.filter((_, at) => !moved.has(at)),
        ...(moved.size > 0 ? ['--'] : []),
        ...argv.filter((_, at) => moved.has(at)),
      ];
  const end = args.indexOf('--');
  const { operands, unknown } = program.parseOptions(end < 0 ? args : args.slice(0, end));
  return operands.length + unknown.length > 0 ? args : ['open', ...args];
}
