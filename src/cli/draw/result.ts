import { duration } from '../../drawing/text/time.ts';
import type { Preview, RunResult, StepResult } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import type { SuggestedCommands } from '../../foundation/suggested-commands.ts';
import type { Paint } from '../shell/paint.ts';
import { drawFailure } from './failure.ts';
import { nameOf } from './rows.ts';
import { type Cell, indent, table } from './text.ts';

const verbs = { upgrade: 'Upgraded', downgrade: 'Downgraded', stamp: 'Stamped' } as const;

/**
 * The result of a run: one line if it succeeded, otherwise each step with the failure and the applied
 * revisions.
 * @param dropped number of objects that were dropped before the run
 */
export function drawResult(
  result: RunResult,
  { request }: Preview,
  commands: SuggestedCommands,
  paint: Paint,
  dropped = 0,
): string {
  const { steps, tips, tipsUnknown, failure, cancelled, unsettled } = result;
  const backup = result.backup
    ? [`Backup: ${result.backup.path}`, paint.dim(`To restore it: ${result.backup.restore}`)]
    : [];
  const unknown = steps.filter(step => step.outcome === 'unknown');
  const undecided = unknown.filter(step => !step.changesRemain);
  const unlogged = unknown.filter(step => step.changesRemain);
  const current =
    unknown.length > 0 || tipsUnknown ? 'unknown' : tips.map(nameOf).join(', ') || 'nothing applied';
  const now = `${paint.bold('Current:')} ${current}`;
  if (!failure && !cancelled) {
    const ms = steps.reduce((sum, step) => sum + step.ms, 0);
    const done = `${verbs[request.command]}: ${count(steps.length, 'revision')} in ${duration(ms)}.`;
    return [paint.good(done), ...backup, now].join('\n');
  }
  const kept = steps.filter(step => step.outcome === 'done' && !step.rolledBack);
  const known = new Set(unsettled.map(({ revision }) => revision));
  const partial = steps.filter(
    step =>
      (step.changesRemain && step.outcome !== 'unknown') ||
      (step.outcome === 'failed' && known.has(step.revision)),
  );
  const unrecorded = partial.filter(({ revision }) => !known.has(revision));
  return [
    ...(failure ? [drawFailure(failure, paint)] : [paint.warn('The run was cancelled.')]),
    '',
    indent(table(steps.map(step => outcomeCells(step, paint)))),
    '',
    ...(kept.length > 0
      ? [`Kept from this run: ${namesOf(kept)}.`]
      : partial.length > 0 || unknown.length > 0
        ? []
        : [leftNothing(dropped)]),
    ...(unrecorded.length > 0 ? [`Partly done, without a transaction: ${namesOf(unrecorded)}.`] : []),
    ...(undecided.length > 0 ? [`Kept or rolled back: ${namesOf(undecided)}.`] : []),
    ...(unlogged.length > 0 ? [`Done, but perhaps not recorded as applied: ${namesOf(unlogged)}.`] : []),
    ...unsettled.map(({ revision, invalidIndexes }) =>
      paint.bad(
        `${nameOf(revision)} was interrupted outside a transaction${invalidIndexes.length > 0 ? `; INVALID: ${invalidIndexes.join(', ')}` : ''}. Run it again, or: ${commands.resolve(revision)}`,
      ),
    ),
    ...backup,
    now,
  ].join('\n');
}

const leftNothing = (dropped: number): string =>
  dropped === 0
    ? 'This run left no changes in the database.'
    : `Before the run, ${count(dropped, 'object')} of the database ${dropped === 1 ? 'was' : 'were'} dropped, and that was committed. The run itself left no changes.`;

const namesOf = (steps: readonly StepResult[]): string => steps.map(step => nameOf(step.revision)).join(', ');

function outcomeCells({ revision, action, outcome, ms, rolledBack }: StepResult, paint: Paint): Cell[] {
  const { glyphs } = paint;
  const undone = rolledBack === true && outcome !== 'failed';
  const glyph =
    outcome === 'failed' ? glyphs.failed : outcome === 'done' && !undone ? glyphs.ok : glyphs.skipped;
  const brush = outcome === 'failed' ? paint.bad : outcome === 'done' && !undone ? paint.good : paint.dim;
  return [
    { text: glyph, paint: brush },
    { text: action },
    { text: nameOf(revision) },
    { text: undone ? 'rolled back' : outcome, paint: brush },
    { text: outcome === 'not run' && !undone ? '' : duration(ms), paint: paint.dim },
  ];
}
