import type { FleetOutcome, FleetResult } from '../../engine/api.ts';
import { count, grouped } from '../../foundation/grouped.ts';
import { someNames } from '../../foundation/some-names.ts';
import type { Paint } from '../shell/paint.ts';
import { indent } from './text.ts';

const labels: Readonly<Record<FleetOutcome, string>> = {
  done: 'done',
  there: 'already at the target',
  failed: 'failed',
  'not tried': 'not tried',
};

/** The result of a fleet run: counts, then the errors. */
export function drawFleetResult({ counts, errors, stopped, targets, ms }: FleetResult, paint: Paint): string {
  const styles = { done: paint.good, there: paint.good, failed: paint.bad, 'not tried': paint.warn };
  const shown = (Object.keys(labels) as FleetOutcome[]).filter(outcome => counts[outcome] > 0);
  const width = Math.max(...shown.map(outcome => grouped(counts[outcome]).length), 1);
  const all = counts.done + counts.there === targets.length;
  return [
    ...shown.map(outcome =>
      styles[outcome](`${grouped(counts[outcome]).padStart(width)} ${labels[outcome]}`),
    ),
    ...errors.flatMap(({ failure, targets }) => {
      return [
        '',
        `${paint.bad(`${count(targets.length, 'target')}:`)} ${someNames(targets)}`,
        indent(failure.message),
        ...(failure.next ? [indent(paint.dim(failure.next))] : []),
      ];
    }),
    ...(stopped
      ? ['', paint.warn(`Stopped: ${stopped} Run the same command again to continue with the rest.`)]
      : []),
    ...(all && ms > 0 ? [paint.dim(`in ${(ms / 1000).toFixed(1)} s`)] : []),
  ].join('\n');
}
