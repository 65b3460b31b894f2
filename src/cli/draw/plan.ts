import { measuredWhere } from '../../drawing/text/measured.ts';
import { placeLabel } from '../../drawing/text/place.ts';
import { transactionNumber } from '../../drawing/text/transaction-number.ts';
import type { Action, PlanRequest, PolicyCheck, Preview, PreviewStep, Warning } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import type { Paint } from '../shell/paint.ts';
import { drawSql } from './detail.ts';
import { drawFinding } from './findings.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

/** A plan with the SQL of every step, in its transactions: the output of --plan. */
export function drawPlan(preview: Preview, paint: Paint): string {
  if (preview.steps.length === 0) return paint.dim(nothingToDo(preview));
  return draw(
    preview,
    paint,
    step => `${join([drawLosses(step, paint), drawFindings(step, paint), drawSql(step.preview, paint)])}\n`,
  );
}

/** Why a plan has no steps. */
export function nothingToDo({ request }: Preview): string {
  const targets = request.targets.join(' ');
  if (request.command === 'upgrade') return `Nothing to run: everything up to ${targets} is applied.`;
  if (request.command === 'downgrade') return `Nothing to undo: nothing above ${targets} is applied.`;
  return `Nothing to write: the migrations table already matches ${targets}.`;
}

const join = (parts: readonly string[]): string => parts.filter(part => part !== '').join('\n');

/** A plan without its SQL, shown before the question. */
export function drawSteps(preview: Preview, paint: Paint): string {
  return draw(preview, paint, step => join([drawLosses(step, paint), drawFindings(step, paint)]));
}

function draw(preview: Preview, paint: Paint, below: (step: PreviewStep) => string): string {
  const { request, steps, batches, plan } = preview;
  const width = String(steps.length).length;
  const body = batches.flatMap((batch, at) => [
    ...(batches.length > 1 || !batch.transactional ? [paint.dim(batchTitle(preview, at))] : []),
    ...batch.steps.flatMap(index => {
      const step = steps[index] as PreviewStep;
      const head = `${paint.dim(String(index + 1).padStart(width))} ${drawAction(step.action, paint)} ${nameOf(step.revision)}`;
      const details = below(step);
      return [head, ...(details === '' ? [] : [indent(details, width + 1)])];
    }),
  ]);
  return [
    `${paint.bold(titleOf(request))} on ${placeLabel(preview.databaseLabel, preview.schema)}: ${count(steps.length, 'step')}, ${transactions(preview)}`,
    '',
    body
      .map(line => indent(line))
      .join('\n')
      .trimEnd(),
    '',
    `${paint.dim('Result:')} ${plan.tips.length > 0 ? plan.tips.map(nameOf).join(', ') : 'nothing applied'}`,
    ...(preview.measured ? [paint.dim(measuredWhere(preview.measured))] : []),
    ...preview.warnings.map(warning => drawWarning(warning, paint)),
    ...preview.policy.map(check => drawCheck(check, paint)),
    '',
  ].join('\n');
}

function titleOf({ command, targets, halfWay, past }: PlanRequest): string {
  if (past) return `${past.kind} of the run ${past.run?.slice(0, 8) ?? ''}`;
  return halfWay ? `down of ${targets.join(' ')}, which was interrupted,` : `${command} ${targets.join(' ')}`;
}

function transactions({ batches }: Preview): string {
  const inside = batches.filter(batch => batch.transactional).length;
  const outside = batches.length - inside;
  return [
    ...(inside > 0 || outside === 0 ? [count(inside, 'transaction')] : []),
    ...(outside > 0 ? [`${outside} without${inside > 0 ? '' : ' a transaction'}`] : []),
  ].join(', ');
}

function batchTitle(preview: Preview, at: number): string {
  if (!preview.batches[at]?.transactional) return 'without a transaction';
  return `transaction ${transactionNumber(preview, at)}`;
}

function drawAction(action: Action, paint: Paint): string {
  const { glyphs } = paint;
  if (action === 'up') return paint.good(glyphs.up);
  if (action === 'down') return paint.bad(glyphs.down);
  return action === 'log' ? paint.good('+ row') : paint.bad('- row');
}

function drawLosses({ losses }: PreviewStep, paint: Paint): string {
  return losses.map(loss => paint.bad(`${paint.glyphs.warning} ${loss}`)).join('\n');
}

/** A warning of a plan. */
export function drawWarning({ message, revisions }: Warning, paint: Paint): string {
  const named = revisions.map(nameOf).join(', ');
  return `${paint.warn(paint.glyphs.warning)} ${message}${named === '' ? '' : `\n  ${named}`}`;
}

/** A rule of the database's policy, with its state for the plan. */
function drawCheck(check: PolicyCheck, paint: Paint): string {
  const { state, words, message, setBy, reason, next } = check;
  const { glyphs } = paint;
  if (state === 'met')
    return `${paint.good(glyphs.ok)} policy: ${words} ${paint.dim(`(${message}; ${setBy})`)}`;
  if (state === 'asked') return `${paint.warn(glyphs.warning)} policy: ${words} ${paint.dim(`(${setBy})`)}`;
  const why = reason === null ? '' : ` ${reason}`;
  return `${paint.bad(glyphs.failed)} policy: ${message} ${paint.dim(`(${setBy})`)}${why}\n  ${paint.dim(next)}`;
}

/** Notes are only in --json and lint: a plan shows only what needs attention. */
function drawFindings({ findings }: PreviewStep, paint: Paint): string {
  return findings
    .filter(({ severity }) => severity !== 'note')
    .map(finding => drawFinding(finding, paint))
    .join('\n');
}
