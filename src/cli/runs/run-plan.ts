import { resolve } from 'node:path';
import type {
  BackupOptions,
  EngineApi,
  PlanRequest,
  Preview,
  RunOptions,
  RunResult,
} from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { count } from '../../foundation/grouped.ts';
import { commandsFor } from '../../foundation/suggested-commands.ts';
import type { StampPlanAnswer } from '../answers.ts';
import { drawPlan, drawSteps, nothingToDo } from '../draw/plan.ts';
import { Progress } from '../draw/progress.ts';
import { drawResult } from '../draw/result.ts';
import { planJson, runJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { canAsk, confirmPlan } from '../shell/confirm.ts';
import type { Paint } from '../shell/paint.ts';
import { stopOnSignals } from './interrupts.ts';

/** Options of upgrade, downgrade and stamp. Durations in milliseconds. */
export interface GoOptions extends Omit<RunOptions, 'backup'> {
  readonly plan?: boolean;
  readonly sql?: boolean;
  readonly partial?: boolean;
  readonly yes?: boolean;
  /** The fingerprint of the only plan that may run. */
  readonly planId?: string;
  /** Rehearse it before asking. */
  readonly rehearse?: boolean;
  /**
   * True: the folder in the settings; a string: that folder; false: no backup, regardless of the settings.
   */
  readonly backup?: boolean | string;
  readonly transaction?: 'all' | 'each';
  readonly verbose?: boolean;
  /** Number of objects that were dropped just before. */
  readonly dropped?: number;
}

type Limits = Pick<RunOptions, 'lockWait' | 'lockTimeout' | 'statementTimeout' | 'retries'>;

/** The timeouts and retries of a run, from the options or the settings. */
export const limitsOf = ({ settings }: Call, options: Limits): Limits => ({
  lockWait: options.lockWait ?? settings.lockWait,
  lockTimeout: options.lockTimeout ?? settings.lockTimeout,
  statementTimeout: options.statementTimeout ?? settings.statementTimeout,
  retries: options.retries ?? settings.retries,
});

/** The result of examining a plan, in addition to the plan itself. */
export interface Examined {
  /** Additional fields of --plan --json. */
  readonly json: Partial<StampPlanAnswer>;
  draw(paint: Paint): string;
  /** Why the database's name must be typed; null: not for this reason. */
  readonly nameReason: string | null;
}

/**
 * Plans, shows the plan, asks, and runs exactly that plan: used by every command that changes a database.
 * @param examine examines the plan, also with --plan; its result is shown below the plan and before the
 * question
 * @returns the exit code
 */
export async function go(
  call: Call,
  asked: PlanRequest,
  options: GoOptions,
  examine: (preview: Preview) => Promise<Examined | null> = async () => null,
): Promise<number> {
  const engine = await call.engine(options.lockWait ?? call.settings.lockWait ?? 60_000);
  const request = { ...asked, transaction: options.transaction ?? call.settings.transaction };
  if (options.sql) return printScript(call, engine, { ...request, partial: options.partial });
  for (;;) {
    try {
      return await goOnce(call, engine, request, options, examine);
    } catch (error) {
      // With a prompt, show the new plan; a script gets a message, and a pinned plan stays pinned.
      const asks = canAsk(call) && options.yes !== true && options.planId === undefined;
      if (!(error instanceof Failure && error.code === 'plan-changed' && asks)) throw error;
      call.output.note(error.message, (message, paint) => paint.warn(`${message} The plan is now:`));
    }
  }
}

async function goOnce(
  call: Call,
  engine: EngineApi,
  request: PlanRequest,
  options: GoOptions,
  examine: (preview: Preview) => Promise<Examined | null>,
): Promise<number> {
  const preview = options.rehearse ? await rehearsed(engine, request) : await engine.preview(request);
  if (options.planId !== undefined && options.planId !== preview.fingerprint) throw otherPlan(options.planId);
  const examined = preview.steps.length > 0 ? await examine(preview) : null;
  if (options.plan) {
    call.output.answer(
      { preview, examined },
      ({ preview, examined }) => ({ ...planJson(preview), ...examined?.json }),
      ({ preview, examined }, paint) =>
        examined ? `${drawPlan(preview, paint)}\n${examined.draw(paint)}` : drawPlan(preview, paint),
    );
    reportBackup(call, preview, options);
    if (preview.steps.length > 0 && takesPlanId(preview.request)) {
      call.output.note(preview, ({ fingerprint }, paint) =>
        paint.dim(`To run exactly this plan: --plan-id ${fingerprint}`),
      );
    }
    return isForbidden(preview) ? 1 : 0;
  }
  if (preview.steps.length === 0) {
    call.output.answer(nothing(preview), runJson, (_, paint) => paint.dim(nothingToDo(preview)));
    return 0;
  }
  refuseReadOnly(call);
  call.output.note(preview, drawSteps);
  reportBackup(call, preview, options);
  if (examined) call.output.note(examined, ({ draw }, paint) => draw(paint));
  // Do not ask about a plan that the engine will refuse.
  const confirm = isForbidden(preview)
    ? options.confirm
    : await confirmPlan(call, preview, options, examined?.nameReason ?? null);
  const { result, ran } = await runShown(call, engine, preview, { ...options, confirm });
  const done = result.steps.filter(({ outcome }) => outcome === 'done').length;
  if (done > 0)
    call.host.committed(
      `${count(done, 'step')} of ${result.steps.length} ${done === 1 ? 'is' : 'are'} committed.`,
    );
  const { context = 'default' } = call.request.options;
  call.output.answer(result, runJson, (result, paint) =>
    result.run === ''
      ? paint.dim(reachedBy(ran, result))
      : drawResult(result, ran, commandsFor({ context, schema: ran.schema }), paint, options.dropped),
  );
  return result.failure || result.cancelled ? 1 : 0;
}

/**
 * The plan after its rehearsal.
 * @throws Failure `rehearsal-failed`
 */
async function rehearsed(engine: EngineApi, request: PlanRequest): Promise<Preview> {
  const { steps, untried } = await engine.rehearsePlan(request);
  // A missing down() does not prevent a run.
  const wrong = steps.filter(({ ok, failure, undone }) => !ok && (failure || undone.outcome !== 'none'));
  if (wrong.length > 0 || untried.length > 0) {
    const ids = [...wrong.map(({ revision }) => revision), ...untried];
    throw new Failure({
      code: 'rehearsal-failed',
      message: `The rehearsal found a problem with ${ids.join(', ')}. Nothing was run.`,
      next: `See it: migtui rehearse ${request.targets.join(' ')}${request.command === 'downgrade' ? ' --down' : ''}`,
      candidates: ids,
    });
  }
  return engine.preview(request);
}

async function printScript(call: Call, engine: EngineApi, request: PlanRequest): Promise<number> {
  const script = await engine.script(request);
  call.output.script(script);
  return 0;
}

/** Runs the plan, with a line for each event; `ran` is the plan that ran, if it was made again. */
async function runShown(
  call: Call,
  engine: EngineApi,
  preview: Preview,
  options: GoOptions,
): Promise<{ readonly result: RunResult; readonly ran: Preview }> {
  const { output } = call;
  const progress = new Progress(preview, { verbose: options.verbose === true });
  let ran = preview;
  const stopListening = call.onRun(event => {
    if (event.kind === 'replanned') ran = event.preview;
    output.note(event, (event, paint) => progress.line(event, paint));
  });
  const stopInterrupts = stopOnSignals(call, {
    cancel: () => engine.cancel('rollback'),
    known: () => progress.known(),
  });
  try {
    const result = await engine.run(preview, {
      whenChanged: mayReplan(preview, options) ? 'replan' : 'refuse',
      ...limitsOf(call, options),
      tag: options.tag,
      confirm: options.confirm,
      backup: backupFor(call, preview.policy, options.backup),
    });
    return { result, ran };
  } finally {
    stopListening();
    stopInterrupts();
  }
}

/** Whether the command has --plan-id: undo, redo and resolve do not. */
const takesPlanId = ({ past, halfWay }: PlanRequest): boolean => past === undefined && halfWay !== true;

/** With --yes, the target was requested and not this exact plan; an undo always refers to one run. */
function mayReplan({ request }: Preview, { yes, planId }: GoOptions): boolean {
  return yes === true && planId === undefined && request.past === undefined;
}

function reportBackup(call: Call, preview: Preview, { backup }: GoOptions): void {
  const options = backupFor(call, preview.policy, backup);
  if (!options || !preview.steps.some(({ action }) => action === 'up' || action === 'down')) return;
  call.output.note(`Backup first, to ${options.folder}.`, text => text);
}

/**
 * The backup to take before the run; undefined: none. A policy that requires one always gets it. A folder on
 * the command line is relative to the current folder.
 */
export function backupFor(
  { settings, host }: Call,
  policy: Preview['policy'],
  asked: boolean | string | undefined,
): BackupOptions | undefined {
  const { always, ...options } = settings.backup;
  if (!(asked ?? (always || policy.some(({ rule }) => rule === 'backup')))) return undefined;
  return typeof asked === 'string' ? { ...options, folder: resolve(host.cwd, asked) } : options;
}

/** Refused by the `strict` setting, or by the policy of the database. */
function isForbidden({ warnings, policy }: Preview): boolean {
  return warnings.some(({ code }) => code === 'strict') || policy.some(({ state }) => state === 'broken');
}

function otherPlan(planId: string): Failure {
  return new Failure({
    code: 'plan-changed',
    message: `The plan does not match --plan-id ${planId}: the database, a file or an option has changed. Nothing was run.`,
    next: 'Review the current plan (--plan) and run that one.',
  });
}

/**
 * Refuses to run a plan if migtui was started read-only.
 * @throws Failure `read-only`
 */
export function refuseReadOnly(call: Call): void {
  if (!call.request.options.readOnly) return;
  throw new Failure({
    code: 'read-only',
    message: 'migtui was started read-only: nothing was run.',
    next: 'Omit --read-only (or the readOnly setting) to write; --plan shows what would run.',
  });
}

function nothing({ plan }: Preview): RunResult {
  return { run: '', steps: [], tips: plan.tips, failure: null, cancelled: false, unsettled: [] };
}

function reachedBy(preview: Preview, { appliedBy }: RunResult): string {
  const by = appliedBy ? ` Run ${appliedBy.run} (${appliedBy.who}) applied it while this one waited.` : '';
  return `${nothingToDo(preview)}${by}`;
}
