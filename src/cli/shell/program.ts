import { Failure, type FailureInfo } from '../../foundation/failure.ts';
import { redact } from '../../foundation/secrets/redactor.ts';
import { drawFailure } from '../draw/failure.ts';
import { openApp } from '../open.ts';
import { jsonText } from './clean.ts';
import { withCall } from './command.ts';
import type { Host } from './host.ts';
import { Output } from './output.ts';

/**
 * Runs the program and returns its exit code. Never throws.
 * @param argv arguments after the program's name
 */
export async function runProgram(argv: readonly string[], host: Host, version: string): Promise<number> {
  try {
    // The app starts without the commands and their parser.
    if (argv.length === 0) return await withCall(host, {}, true, openApp);
    const { runCommandLine } = await import('./command-line.ts');
    return await runCommandLine(argv, host, version);
  } catch (error) {
    return fail(host, infoOf(error), argv);
  }
}

/** Reports the error, on stdout with --json, and returns the exit code. */
function fail(host: Host, info: FailureInfo, argv: readonly string[]): number {
  const json = argv.includes('--json');
  const colour = argv.includes('--no-color') ? false : argv.includes('--color') ? true : undefined;
  const output = new Output(host, { json, colour });
  if (json) host.stdout.write(jsonText({ error: info }));
  else output.note(info, drawFailure);
  return 1;
}

function infoOf(error: unknown): FailureInfo {
  if (error instanceof Failure) return { ...error.info, message: redact(error.message) };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'internal',
    message: redact(process.env.MIGTUI_DEBUG ? (stack ?? message) : message),
    next: 'This is a bug in migtui; please report it. MIGTUI_DEBUG=1 shows where it happened.',
  };
}
