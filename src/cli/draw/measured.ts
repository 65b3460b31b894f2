import { lockText, lossText, measuredWhere, runText } from '../../drawing/text/measured.ts';
import type { LockMode, MeasuredRun, MeasuredStep, Measurement } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';
import { drawFailure } from './failure.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

/** Lock modes that block readers or writers. */
const blocks: readonly LockMode[] = ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'];

/** The measurements of a plan's steps on a copy. */
export function drawMeasurement(measurement: Measurement, paint: Paint): string {
  return [
    paint.bold(measuredWhere(measurement)),
    ...measurement.steps.map(step => indent(drawStep(step, paint))),
  ].join('\n');
}

function drawStep({ revision, action, done, undone, lost }: MeasuredStep, paint: Paint): string {
  const back = action === 'up' ? 'down' : 'up';
  const restored = lost.length === 0;
  return [
    drawRun(`${action} ${nameOf(revision)}`, done, paint),
    ...(undone ? [drawRun(`${back} ${nameOf(revision)}`, undone, paint)] : []),
    ...(undone && !undone.failure && !restored
      ? [
          paint.bad(`${paint.glyphs.warning} downgrading and upgrading again does not restore:`),
          ...lost.map(loss => indent(paint.bad(lossText(loss)))),
        ]
      : []),
  ].join('\n');
}

/** Locks that block neither readers nor writers are shown only with --json. */
function drawRun(title: string, run: MeasuredRun, paint: Paint): string {
  const { failure, locks, losses } = run;
  const blocking = locks.filter(({ mode }) => blocks.includes(mode));
  return [
    `${failure ? paint.bad(paint.glyphs.failed) : paint.good(paint.glyphs.ok)} ${title}  ${paint.dim(runText(run))}`,
    ...blocking.map(lock => indent(lockText(lock))),
    ...losses.map(loss => indent(paint.bad(`removes ${lossText(loss)}`))),
    ...(failure ? [indent(drawFailure(failure, paint))] : []),
  ].join('\n');
}
