import { createInterface } from 'node:readline/promises';
import { placeLabel } from '../../drawing/text/place.ts';
import type { Overview, PolicyRule, Preview } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { count } from '../../foundation/grouped.ts';
import type { Call } from './call.ts';
import { clean } from './clean.ts';
import { safeText } from './safe-text.ts';

/** Whether there is a terminal for questions. The prompt goes to stderr: stdout has only the result. */
export function canAsk({ host }: Call): boolean {
  return host.stdin.isTTY === true && host.stderr.isTTY;
}

/** Asks for a line. Ctrl-C and the end of the input count as an empty answer. */
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
    // After all listeners are set: the answer may come immediately.
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
 * Asks `question [y/N]`; without a terminal it requires --yes.
 * @param what subject of the message that it was not done, such as `The upgrade`
 * @throws Failure `needs-yes` | `declined`
 */
export async function confirm(call: Call, what: string, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!canAsk(call)) throw needsYes(what);
  if (!/^y(es)?$/i.test(await ask(call, `${clean(question)} [y/N] `))) throw declined();
}

/** Options for confirming a command. */
export interface ConfirmOptions {
  readonly yes?: boolean | undefined;
  /** The name of the database, from --confirm. */
  readonly confirm?: string | undefined;
}

/**
 * Asks before a plan runs: y/N, or the database's name if data is lost or the settings require it.
 * @param nameReason another reason to require the name
 * @returns the name, if it was typed or given
 * @throws Failure `needs-yes` | `needs-confirm` | `wrong-database` | `declined`
 */
export async function confirmPlan(
  call: Call,
  preview: Preview,
  options: ConfirmOptions,
  nameReason: string | null = null,
): Promise<string | undefined> {
  const { command, past } = preview.request;
  const what = `The ${past?.kind ?? command}`;
  const { databaseName, databaseLabel, destructive, schema, policy } = preview;
  const rule = policy.find(({ rule }) => rule === 'confirm') ?? null;
  if (rule === null && !destructive && nameReason === null) {
    const steps = count(preview.steps.length, 'step');
    const given = givenName(databaseName, options);
    const question = `Run ${steps} on ${placeLabel(databaseLabel, schema)}?`;
    await confirm(call, what, question, options.yes === true || given !== undefined);
    return given;
  }
  const why = destructive ? 'This destroys data.' : (nameReason ?? 'This database is protected.');
  return confirmName(call, what, databaseName, why, options, rule);
}

/**
 * Asks for the database's name.
 * @param what subject of the message that it was not done, such as `The upgrade`
 * @param rule of the settings that requires it, even with --yes
 * @returns the name, if it was typed or given
 * @throws Failure `needs-yes` | `needs-confirm` | `wrong-database` | `declined`
 */
export async function confirmName(
  call: Call,
  what: string,
  databaseName: string,
  why: string,
  options: ConfirmOptions,
  rule: PolicyRule | null = null,
): Promise<string | undefined> {
  const given = givenName(databaseName, options);
  if (given !== undefined) return given;
  if (rule && (options.yes === true || !canAsk(call))) throw needsConfirm(what, databaseName, rule);
  if (options.yes) return undefined;
  if (!canAsk(call)) throw needsYes(what);
  const typed = await ask(call, clean(`${why} Type ${databaseName} to run it: `));
  if (typed !== databaseName) throw declined();
  return typed;
}

/**
 * For changes without a plan: asks for the name if the settings require it.
 * @throws Failure `needs-confirm` | `wrong-database` | `declined`
 */
export async function confirmChange(
  call: Call,
  what: string,
  { project, database }: Overview,
  options: ConfirmOptions,
): Promise<string | undefined> {
  const rule = project.policy.find(({ rule }) => rule === 'confirm');
  if (!rule) return givenName(database.name, options);
  return confirmName(call, what, database.name, 'This database is protected.', options, rule);
}

/** @throws Failure `wrong-database` when --confirm names another one */
function givenName(databaseName: string, { confirm }: ConfirmOptions): string | undefined {
  if (confirm === undefined || confirm === databaseName) return confirm;
  throw new Failure({
    code: 'wrong-database',
    message: `--confirm names ${confirm}, but this database is ${databaseName}. Nothing was run.`,
    next: 'Check the config and the environment, or give the name of this database.',
  });
}

function needsConfirm(what: string, databaseName: string, { setBy, reason }: PolicyRule): Failure {
  const why = reason === null ? '' : ` ${reason}`;
  return new Failure({
    code: 'needs-confirm',
    message: `${what} was not run: ${databaseName} is protected (${setBy}).${why}`,
    next: `Add --confirm ${databaseName}`,
  });
}

function needsYes(what: string): Failure {
  return new Failure({
    code: 'needs-yes',
    message: `${what} was not run: there is no terminal to ask for confirmation.`,
    next: 'Add --yes to run it without asking.',
  });
}

function declined(): Failure {
  return new Failure({ code: 'declined', message: 'Nothing was done.' });
}
