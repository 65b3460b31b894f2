import { InvalidArgumentError, Option } from 'commander';
import type {
  EngineApi,
  FleetEvent,
  FleetPlan,
  FleetResult,
  FleetRunOptions,
  FleetWave,
  PlanRequest,
} from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { count, grouped } from '../../foundation/grouped.ts';
import type { BackupOptions } from '../../values/backup.ts';
import { errorsIn } from '../../values/fleet-errors.ts';
import { targetsIn, waveNames } from '../../values/fleet-run.ts';
import { drawFleetEvent } from '../draw/fleet-event.ts';
import { drawFleetPlan } from '../draw/fleet-plan.ts';
import { drawFleetResult } from '../draw/fleet-result.ts';
import { stopOnSignals } from '../runs/interrupts.ts';
import { backupFor, type GoOptions, limitsOf, refuseReadOnly } from '../runs/run-plan.ts';
import type { Call } from '../shell/call.ts';
import { ask, canAsk, confirm } from '../shell/confirm.ts';
import { backupOptions, durationOption, yes } from '../shell/options.ts';
import { UsageError } from '../shell/usage.ts';
import { type ChoiceOptions, choiceOf, wholeNumber, withTargets } from './choice.ts';
import { JsonLines } from './lines.ts';

/** Options of the commands that migrate a fleet. Durations in milliseconds. */
export interface FleetGoOptions
  extends ChoiceOptions,
    Pick<
      GoOptions,
      'plan' | 'yes' | 'backup' | 'transaction' | 'lockWait' | 'lockTimeout' | 'statementTimeout' | 'retries'
    > {
  readonly canary?: number;
  readonly parallel?: number;
  readonly onError?: 'stop' | 'continue' | 'pause';
  readonly pauseAfter?: readonly string[];
  readonly maxFailures?: number;
  readonly confirm?: string;
  readonly tagRun?: string;
  readonly verbose?: boolean;
}

/** How long a target waits for a free connection before it releases its own and is retried, ms. */
const busyWait = 1_000;

/** The rollout options of a run. */
export const rolloutOptions = (): Option[] => [
  new Option('--plan', 'show the groups and their SQL, run nothing'),
  yes(),
  new Option('--confirm <names>', 'names of protected databases, separated by commas'),
  ...backupOptions(),
  new Option('--canary <n>', 'n targets first, then the rest').argParser(wholeNumber),
  new Option(
    '--parallel <n>',
    'parallel targets per server (default: as many as half of its free connections allow, at most 8)',
  ).argParser(wholeNumber),
  new Option('--on-error <how>', 'when a target fails (default: stop)').choices([
    'stop',
    'continue',
    'pause',
  ]),
  new Option('--pause-after <wave>', 'ask after this wave, such as canary; may be repeated').argParser(
    (text: string, before: readonly string[] = []) => [...before, text],
  ),
  new Option(
    '--max-failures <percent>',
    'with --on-error continue: stop when more than this percentage of all targets failed',
  ).argParser(percent),
  new Option('--transaction <how>', 'one transaction for all revisions, or one for each').choices([
    'all',
    'each',
  ]),
  durationOption('--lock-wait <time>', 'wait this long for another run on a target (default: 60s)'),
  durationOption('--lock-timeout <time>', "PostgreSQL's lock_timeout (default: 5s)"),
  durationOption('--statement-timeout <time>', "PostgreSQL's statement_timeout"),
  new Option('--retries <n>', 'retries after a lock timeout or a deadlock (default: 3)').argParser(
    wholeNumber,
  ),
  new Option('--tag-run <text>', 'name of the runs in the journal'),
  new Option('-v, --verbose', 'a line for each target'),
];

function percent(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!/^\d+%?$/.test(text) || value > 100) {
    throw new InvalidArgumentError('It must be a percentage from 0 to 100.');
  }
  return value;
}

/**
 * Plans, shows the plan, asks, and runs exactly that plan.
 * @returns the exit code: 0 only if every target reached its revision
 */
export async function goFleet(call: Call, asked: PlanRequest, options: FleetGoOptions): Promise<number> {
  const { settings, output } = call;
  // Targets that wait for connections hold others: they release them soon, and fewer targets run at once.
  const engine = await call.engine(busyWait);
  const waves: FleetWave[] | undefined = options.canary
    ? [{ name: 'canary', targets: options.canary }]
    : undefined;
  requireWaves(options.pauseAfter ?? [], waves ?? settings.fleet.waves);
  const plan = await withTargets(
    engine.fleetPlan({
      choice: choiceOf(options),
      plan: { ...asked, transaction: options.transaction ?? settings.transaction },
      waves,
      parallel: options.parallel,
    }),
  );
  if (options.plan) {
    output.answer(plan, plan => plan, drawFleetPlan);
    return plan.refused.length > 0 ? 1 : 0;
  }
  if (plan.groups.length === 0) {
    const result = nothingRan(plan);
    if (output.json) new JsonLines(call).write({ kind: 'finished', result });
    else output.answer(result, result => ({ kind: 'finished', result }), drawFleetResult);
    return plan.refused.length > 0 ? 1 : 0;
  }
  refuseReadOnly(call);
  output.note(plan, drawFleetPlan);
  const backup = backupOf(call, plan, options);
  if (backup) output.note(`Backups first, one for each target, to ${backup.folder}.`, text => text);
  const names = await confirmFleet(call, plan, options);
  const result = await runShown(call, engine, plan, options, names);
  if (!output.json) output.answer(result, result => ({ kind: 'finished', result }), drawFleetResult);
  const { done, there } = result.counts;
  if (done > 0) call.host.committed(`${done} of ${result.targets.length} targets are done.`);
  return done + there === result.targets.length ? 0 : 1;
}

/** @throws UsageError if a run cannot have one of these waves */
function requireWaves(names: readonly string[], waves: readonly FleetWave[]): void {
  const known = waveNames(waves);
  const unknown = names.find(name => !known.includes(name));
  if (unknown === undefined) return;
  throw new UsageError(`There is no wave "${unknown}" to pause after; the waves are ${known.join(', ')}.`);
}

/**
 * Asks y/N; if data is lost or a database is protected, the number of targets must be typed.
 * @returns names of databases, as the policy requires
 */
async function confirmFleet(
  call: Call,
  plan: FleetPlan,
  { yes, confirm: given }: FleetGoOptions,
): Promise<readonly string[]> {
  const names = given?.split(',').map(name => name.trim()) ?? [];
  const targets = targetsIn(plan.waves);
  const question = `Run this on ${targets === 1 ? 'a target' : `${grouped(targets)} targets`} of ${plan.databases.join(', ')}?`;
  if (yes || names.length > 0) return names;
  if ((!plan.destructive && !plan.protected) || !canAsk(call)) {
    await confirm(call, `The ${plan.request.plan.command}`, question, false);
    return names;
  }
  const why = plan.destructive ? 'This destroys data.' : 'This is protected.';
  const wanted = plan.databases.length === 1 ? (plan.databases[0] as string) : String(targets);
  const what = plan.databases.length === 1 ? wanted : `the number of targets, ${wanted},`;
  if ((await ask(call, `${why} Type ${what} to run it: `)) !== wanted) {
    throw new Failure({ code: 'declined', message: 'Nothing was done.' });
  }
  return plan.databases;
}

/** The backup of each target before its run; undefined: none. Nothing is backed up for log rows alone. */
function backupOf(
  call: Call,
  { groups, request }: FleetPlan,
  { backup }: FleetGoOptions,
): BackupOptions | undefined {
  if (request.plan.command === 'stamp') return undefined;
  return backupFor(
    call,
    groups.flatMap(({ preview }) => preview.policy),
    backup,
  );
}

async function runShown(
  call: Call,
  engine: EngineApi,
  plan: FleetPlan,
  options: FleetGoOptions,
  names: readonly string[],
): Promise<FleetResult> {
  const { output } = call;
  const interactive = canAsk(call);
  const lines = new JsonLines(call);
  const total = targetsIn(plan.waves);
  let done = 0;
  const stopListening = call.onFleet(event => {
    if (event.kind === 'target-done' && event.result.outcome === 'done') done++;
    if (output.json) lines.write(event);
    else output.note(event, (event, paint) => drawFleetEvent(event, paint, options.verbose === true));
    if (event.kind === 'paused' && interactive) void askToGoOn(call, engine, event);
  });
  const stopLines = output.json ? call.host.writesLines(() => lines.flush()) : () => {};
  const stopInterrupts = stopOnSignals(call, {
    cancel: () => engine.fleetCancel('rollback'),
    finish: {
      notice: 'finishing the targets in progress; no others start.',
      begin: () => engine.fleetCancel('after-step'),
    },
    known() {
      // After the events of the targets.
      lines.flush();
      return {
        code: 'ended-early',
        message: `migtui ended before all targets in progress were finished. ${done} of ${count(total, 'target')} ${done === 1 ? 'is' : 'are'} known to be done.`,
        next: 'The servers roll back open transactions, unless they were already committing. Run "migtui fleet status" to see the targets.',
      };
    },
  });
  const request: FleetRunOptions = {
    run: { ...limitsOf(call, options), tag: options.tagRun, backup: backupOf(call, plan, options) },
    onError: options.onError,
    pauseAfter: options.pauseAfter,
    maxFailures: options.maxFailures,
    interactive,
    confirm: names,
  };
  try {
    return await engine.fleetRun(plan.id, request);
  } finally {
    stopListening();
    lines.flush();
    stopLines();
    stopInterrupts();
  }
}

async function askToGoOn(
  call: Call,
  engine: EngineApi,
  { after, left }: Extract<FleetEvent, { kind: 'paused' }>,
): Promise<void> {
  const reply = await ask(
    call,
    `Paused: ${after.replace(/\.$/, '')}. Continue with ${grouped(left)} more? [y/N] `,
  );
  await engine.fleetContinue(/^y(es)?$/i.test(reply));
}

/** Every target is already up to date, or refused. */
function nothingRan({ there, refused }: FleetPlan): FleetResult {
  const none = { steps: 0, ms: 0, run: '' };
  const targets = [
    ...there.map(target => ({ target, outcome: 'there' as const, ...none, failure: null })),
    ...refused.map(({ target, failure }) => ({ target, outcome: 'failed' as const, ...none, failure })),
  ];
  return {
    targets,
    counts: { done: 0, there: there.length, failed: refused.length, 'not tried': 0 },
    errors: errorsIn(targets, target => [target]),
    stopped: null,
    ms: 0,
  };
}
