import { createInterface } from 'node:readline/promises';
import { placeLabel } from '../../drawing/text/place.ts';
import type { Preview } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { count } from '../draw/text.ts';
import type { Call } from './call.ts';
import { clean } from './clean.ts';
import { safeText } from './safe-text.ts';

/** Whether somebody is there to be asked. The question goes to stderr: stdout carries the answer alone. */
export function canAsk({ host }: Call): boolean {
  return host.stdin.isTTY === true && host.stderr.isTTY;
}

/** Asks for a line. Ctrl-C and the end of the input are an empty answer. */
export async function ask(call: Call, question: string): Promise<string> {
  const { stdin, stderr } = call.host;
  const lines = createInterface({ input: stdin, terminal: false });
  const ended = new AbortController();
  const stop = call.host.onInterrupt(() => ended.abort());
  try {
    const closed = new Promise<string>(resolve => {
      lines.once('close', () => resolve(''));
      ended.signal.addEventListener('abort', () => resolve(''));
    });
    const line = new Promise<string>(resolve => lines.once('line', resolve));
    // after all is listened to: somebody may answer at once
    stderr.write(safeText(question));
    const answer = await Promise.race([line, closed]);
    if (answer === '') stderr.write(safeText('\n'));
    return answer.trim();
  } finally {
    stop();
    lines.close();
  }
}

/**
 * Asks `question [y/N]`; without a terminal it wants --yes.
 * @param what that is not done, such as `The upgrade`
 * @throws Failure `needs-yes` | `declined`
 */
export async function confirm(call: Call, what: string, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!canAsk(call)) throw needsYes(what);
  if (!/^y(es)?$/i.test(await ask(call, `${clean(question)} [y/N] `))) throw declined();
}

/**
 * Asks before a plan runs: y/N, or the database's name where something is lost or the database is protected.
 * @param stern another reason to want the name
 * @throws Failure `needs-yes` | `declined`
 */
export async function confirmPlan(
  call: Call,
  preview: Preview,
  yes: boolean,
  stern: string | null = null,
): Promise<void> {
  const { command } = preview.request;
  const { databaseName, databaseLabel, destructive, schema } = preview;
  if (!destructive && !preview.protected && stern === null) {
    const steps = count(preview.steps.length, 'step');
    return confirm(call, `The ${command}`, `Run ${steps} on ${placeLabel(databaseLabel, schema)}?`, yes);
  }
  const why = destructive ? 'This loses data for good.' : (stern ?? 'This database is protected.');
  await confirmName(call, `The ${command}`, databaseName, why, yes);
}

/**
 * Asks for the database's name.
 * @param what that is not done, such as `The upgrade`
 * @throws Failure `needs-yes` | `declined`
 */
export async function confirmName(
  call: Call,
  what: string,
  databaseName: string,
  why: string,
  yes: boolean,
): Promise<void> {
  if (yes) return;
  if (!canAsk(call)) throw needsYes(what);
  const typed = await ask(call, clean(`${why} Type ${databaseName} to run it: `));
  if (typed !== databaseName) throw declined();
}

function needsYes(what: string): Failure {
  return new Failure({
    code: 'needs-yes',
    message: `${what} was not run: there is no terminal to ask on.`,
    next: 'Add --yes to run it without a question.',
  });
}

function declined(): Failure {
  return new Failure({ code: 'declined', message: 'Nothing was done.' });
}
