import { spawn } from 'node:child_process';
import { backupFailed } from './dump.ts';

/** Time for a program to stop after it was asked to, ms. */
const killAfter = 2_000;

/** The result of a program. */
export interface Ended {
  readonly code: number | null;
  /** The beginning of stdout. */
  readonly output: string;
  /** The end of stderr. */
  readonly errors: string;
}

/**
 * Runs a PostgreSQL program until it exits, with messages in English.
 * @param env added to the environment
 * @throws the signal's reason; Failure `backup-failed` if it cannot be started
 */
export function execute(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Ended> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env, LC_ALL: 'C', LC_MESSAGES: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let kill: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.kill('SIGTERM');
      kill = setTimeout(() => child.kill('SIGKILL'), killAfter);
    };
    signal.addEventListener('abort', stop, { once: true });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.length < 10_000) output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-10_000);
    });
    const finish = (): void => {
      clearTimeout(kill);
      signal.removeEventListener('abort', stop);
    };
    child.once('error', error => {
      finish();
      reject(backupFailed(`${program} could not be started (${error.message}).`));
    });
    child.once('close', code => {
      finish();
      if (signal.aborted) reject(signal.reason);
      else resolve({ code, output, errors });
    });
  });
}

/** The last lines that a failed program printed. */
export function lastLines(text: string): string {
  const lines = text.trim().split('\n');
  return lines.slice(-4).join('\n') || 'it ended without a message';
}
