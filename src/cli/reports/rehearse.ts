import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MeasuredStep, PlanRehearsal, RehearsedStep, ReturnTrip } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import { drawEffects } from '../draw/effects.ts';
import { drawFailure } from '../draw/failure.ts';
import { drawMeasurement } from '../draw/measured.ts';
import { nameOf } from '../draw/rows.ts';
import { indent } from '../draw/text.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import type { Paint } from '../shell/paint.ts';

/** Exit code when the rehearsal found something. */
const found = 3;

interface RehearseOptions {
  readonly down?: boolean;
  readonly allowMissingDown?: boolean;
  readonly data?: string;
}

/** `migtui rehearse [target]`: tests on the shadow whether a plan and its downgrade work. */
export const rehearse: Definition = (program, act) =>
  program
    .command('rehearse')
    .description(
      'run a plan on the shadow: up, down and up again, comparing the schemas; exit code 3 on a problem',
    )
    .argument('[target...]', 'what to upgrade to (default: heads)')
    .option('--down', 'rehearse the downgrade to the target instead')
    .option('--allow-missing-down', 'allow revisions without down()')
    .option(
      '--data <from>',
      'measure it on a copy with rows: a dump, the URL of a database, or a database of the --shadow server',
    )
    .addHelpText(
      'after',
      examples({
        'migtui rehearse': 'what is pending',
        'migtui rehearse +1': 'the next revision',
        'migtui rehearse -1 --down': 'undoing the last one',
        'migtui rehearse --shadow postgres://localhost/postgres --data chat.dump':
          'with times, locks, rewrites and rows that are lost',
        'migtui rehearse --json': 'for scripts',
      }),
    )
    .action(act(rehearsePlan));

async function rehearsePlan(
  call: Call,
  targets: readonly string[],
  { down, allowMissingDown, data }: RehearseOptions,
): Promise<number> {
  const engine = await call.engine();
  const asked = targets.length > 0 ? targets : [down ? '-1' : 'heads'];
  const rehearsal = await engine.rehearsePlan(
    { command: down ? 'downgrade' : 'upgrade', targets: asked },
    data === undefined ? undefined : { from: fromOf(call, data), pgDump: call.settings.backup.pgDump },
  );
  call.output.answer(rehearsal, rehearsal => rehearsal, drawPlanRehearsal);
  const allowed = ({ ok, failure, undone }: RehearsedStep): boolean =>
    ok || (failure === null && undone.outcome === 'none' && allowMissingDown === true);
  const { measured } = rehearsal;
  const fine =
    rehearsal.untried.length === 0 &&
    rehearsal.steps.every(allowed) &&
    (measured === null ||
      (measured.steps.length === rehearsal.steps.length && !measured.steps.some(failedOnCopy)));
  return fine ? 0 : found;
}

/** A file is relative to the current folder; anything else is a database. */
function fromOf({ host }: Call, data: string): string {
  const path = resolve(host.cwd, data);
  return existsSync(path) ? path : data;
}

const failedOnCopy = ({ done, undone }: MeasuredStep): boolean =>
  done.failure !== null || (undone?.failure ?? null) !== null;

/** A rehearsal, for display. */
export function drawPlanRehearsal(
  { steps, untried, ok, measured, caveats }: PlanRehearsal,
  paint: Paint,
): string {
  if (steps.length === 0) return paint.dim('Nothing to rehearse: the plan has no steps.');
  const onCopy = new Set(measured?.steps.filter(failedOnCopy).map(({ revision }) => revision));
  const problems = steps.filter(step => !step.ok || onCopy.has(step.revision)).length;
  const summary = ok
    ? paint.good(
        `${count(steps.length, 'step')} rehearsed: everything runs, and the downgrade restores the schema.`,
      )
    : paint.bad(`${problems} of ${count(steps.length, 'step')} with a problem.`);
  return [
    ...steps.map(step => drawStep(step, paint)),
    ...untried.map(id => paint.dim(`${paint.glyphs.skipped} ${nameOf(id)}  not tried`)),
    ...(measured ? ['', drawMeasurement(measured, paint)] : []),
    '',
    summary,
    ...caveats.map(caveat => paint.dim(caveat)),
  ].join('\n');
}

function drawStep(step: RehearsedStep, paint: Paint): string {
  const { revision, action, ok, effects, failure, undone, redone } = step;
  const { glyphs } = paint;
  const mark = ok
    ? paint.good(glyphs.ok)
    : failure || undone.outcome !== 'none'
      ? paint.bad(glyphs.failed)
      : paint.warn(glyphs.warning);
  const back = action === 'up' ? 'down' : 'up';
  return [
    `${mark} ${action} ${nameOf(revision)}`,
    ...(effects.length > 0
      ? [drawEffects(effects, paint)]
      : failure
        ? []
        : [indent(paint.dim('no change of the schema'))]),
    ...(failure ? [indent(drawFailure(failure, paint))] : []),
    ...drawReturn(`${back}()`, undone, paint),
    ...drawReturn(`${action}() again`, redone, paint),
  ].join('\n');
}

function drawReturn(what: string, { outcome, differences, failure }: ReturnTrip, paint: Paint): string[] {
  if (outcome === 'none') return [indent(paint.warn(`There is no ${what}: it cannot be undone.`))];
  if (outcome === 'failed') {
    return [
      indent(paint.bad(`${what} fails:`)),
      ...(failure ? [indent(drawFailure(failure, paint), 4)] : []),
    ];
  }
  if (outcome !== 'differs') return [];
  return [indent(paint.bad(`${what} does not restore the schema:`)), indent(drawEffects(differences, paint))];
}
