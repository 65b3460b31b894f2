import type { FleetOutcome, FleetResult } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';
import { count, indent } from './text.ts';

const words: Readonly<Record<FleetOutcome, string>> = {
  done: 'done',
  there: 'already at the target',
  failed: 'failed',
  'not tried': 'not tried',
};

/** Maximum number of names listed for each error. */
const few = 3;

/** The result of a fleet run: counts, then the errors. */
export function drawFleetResult({ counts, errors, stopped, targets, ms }: FleetResult, paint: Paint): string {
  const styles = { done: paint.good, there: paint.good, failed: paint.bad, 'not tried': paint.warn };
  const shown = (Object.keys(words) as FleetOutcome[]).filter(outcome => counts[outcome] > 0);
  const width = Math.max(...shown.map(outcome => counts[outcome].toLocaleString('en-US').length), 1);
  const all = counts.done + counts.there === targets.length;
  return [
    ...shown.map(outcome =>
      styles[outcome](`${counts[outcome].toLocaleString('en-US').padStart(width)} ${words[outcome]}`),
    ),
    ...errors.flatMap(({ failure, targets }) => {
      const more = targets.length - few;
      const names = `${targets.slice(0, few).join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
      return [
        '',
        `${paint.bad(`${count(targets.length, 'target')}:`)} ${names}`,
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
