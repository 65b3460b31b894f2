import { InvalidArgumentError, Option } from 'commander';
import { duration as durationText } from '../../drawing/text/time.ts';
import type { EngineApi, Overview } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { count } from '../../foundation/grouped.ts';
import { durationHelp, parseDuration } from '../../settings/duration.ts';
import type { WaitAnswer } from '../answers.ts';
import { nameOf } from '../draw/rows.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { UsageError } from '../shell/usage.ts';
import { databaseFailure, problemsOf } from './require-status.ts';

/** Polling interval, ms. */
const every = 1_000;
/** Interval between two lines about the same wait, ms. */
const reportInterval = 10_000;

interface WaitOptions {
  readonly for: string;
  readonly timeout: number;
}

/** `migtui wait`: for programs that need a schema that another process migrates. */
export const wait: Definition = (program, act) =>
  program
    .command('wait')
    .description('wait until another process has migrated the database; reads only')
    .option('--for <target>', 'head, heads or a revision', 'heads')
    .addOption(
      new Option('--timeout <time>', 'give up after this long, exit code 1')
        .default(300_000, '5min')
        .argParser(milliseconds),
    )
    .addHelpText(
      'after',
      examples({
        'migtui wait': 'until everything on disk is applied',
        'migtui wait --for add_user_id --timeout 2min': 'until this revision is',
        'migtui wait && node server.js': 'an application that starts after its migrations',
      }),
    )
    .action(act(runWait));

async function runWait(call: Call, options: WaitOptions): Promise<number> {
  if (/^[+-]\d|current/.test(options.for)) {
    throw new UsageError(`--for ${options.for} depends on what is applied: use head, heads or a revision.`);
  }
  const engine = await call.engine();
  const started = performance.now();
  let printed = '';
  let printedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const now = await readState(engine, options.for, started);
    if (now.reached) {
      call.output.answer(
        now,
        value => value,
        ({ waitedMs }, paint) =>
          paint.good(`Everything up to ${options.for} is applied (waited ${durationText(waitedMs)}).`),
      );
      return 0;
    }
    if (now.waitedMs >= options.timeout) throw timedOut(now);
    const why = now.reason ?? pendingText(now.pending ?? []);
    if (why !== printed || now.waitedMs - printedAt >= reportInterval) {
      call.output.note(why, (text, paint) =>
        paint.dim(`waiting for ${options.for} (${durationText(now.waitedMs)}): ${text}`),
      );
      [printed, printedAt] = [why, now.waitedMs];
    }
    await new Promise(resolve => setTimeout(resolve, Math.min(every, options.timeout - now.waitedMs)));
  }
}

/** The progress of the database. A missing server or database is waited for, too. */
async function readState(engine: EngineApi, target: string, started: number): Promise<WaitAnswer> {
  const overview = await engine.overview();
  const broken = problemsOf(overview);
  if (broken) throw broken;
  const failure = databaseFailure(overview);
  const needed = failure ? null : await neededFor(engine, overview, target);
  const pending =
    needed &&
    inOrder(
      needed.filter(id => !isApplied(overview, id)),
      overview,
    );
  return {
    reached: pending?.length === 0,
    for: target,
    pending,
    reason: failure?.message ?? null,
    waitedMs: Math.round(performance.now() - started),
  };
}

/** The target with all its requirements. */
async function neededFor(engine: EngineApi, overview: Overview, target: string): Promise<readonly string[]> {
  if (target === 'heads') return overview.revisions.filter(row => row.state !== 'missing').map(row => row.id);
  return engine.resolve(`base:${target}`);
}

/** In the order in which a run would apply them, like `migtui pending`. */
function inOrder(ids: readonly string[], { pending }: Overview): readonly string[] {
  const places = new Map(pending.map((id, place) => [id, place]));
  const placeOf = (id: string): number => places.get(id) ?? pending.length;
  return ids.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function isApplied({ revisions }: Overview, id: string): boolean {
  return revisions.some(row => row.id === id && row.state === 'applied');
}

function pendingText(pending: readonly string[], is = 'pending'): string {
  const names = pending.slice(0, 3).map(nameOf).join(', ');
  return `${count(pending.length, 'revision')} ${is}: ${names}${pending.length > 3 ? ', …' : ''}`;
}

function timedOut({ for: target, pending, reason, waitedMs }: WaitAnswer): Failure {
  const why = reason ?? pendingText(pending ?? [], `${pending?.length === 1 ? 'is' : 'are'} still pending`);
  return new Failure({
    code: 'wait-timeout',
    message: `Timed out after ${durationText(waitedMs)} waiting for ${target}: ${why}`,
    next: 'Check whether the migrations are running (migtui status), or wait longer (--timeout).',
    ...(pending && { candidates: pending }),
  });
}

function milliseconds(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError(`It must be ${durationHelp}.`);
  return ms;
}
