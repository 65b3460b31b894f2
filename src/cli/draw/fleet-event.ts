import type { FleetEvent } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import type { Paint } from '../shell/paint.ts';

/** A line for an event in a fleet run; empty for events that are not shown. */
export function drawFleetEvent(event: FleetEvent, paint: Paint, verbose: boolean): string {
  const { glyphs } = paint;
  switch (event.kind) {
    case 'wave':
      return `${paint.bold(event.wave)}: ${count(event.targets, 'target')}, ${event.parallel} at once`;
    case 'target-done': {
      const { target, outcome, steps, ms, failure } = event.result;
      if (outcome === 'failed')
        return `${paint.bad(glyphs.failed)} ${target}: ${failure?.message ?? 'failed'}`;
      if (!verbose) return '';
      const detail =
        outcome === 'done'
          ? `${count(steps, 'step')}, ${ms} ms`
          : outcome === 'there'
            ? 'already at the target'
            : outcome;
      return `${paint.good(glyphs.ok)} ${target}  ${paint.dim(detail)}`;
    }
    case 'wave-done':
      return event.wrong.length > 0
        ? paint.bad(
            `${event.wave}: ${event.wrong.length} of ${count(event.checked, 'target')} changed after their run`,
          )
        : paint.good(`${event.wave}: ${count(event.checked, 'target')} checked`);
    case 'parallel':
      return paint.warn(`${event.parallel} at once now: ${event.reason}`);
    case 'notice':
      return paint.warn(event.message);
    case 'paused':
      return paint.warn(`Paused: ${event.after.replace(/\.$/, '')}, ${count(event.left, 'target')} left.`);
    case 'run':
      if (event.event.kind === 'retry') return paint.warn(`${event.target}: retrying: ${event.event.reason}`);
      if (event.event.kind === 'notice') return verbose ? `${event.target}: ${event.event.message}` : '';
      if (event.event.kind === 'waiting')
        return verbose ? paint.dim(`${event.target}: waiting for another run`) : '';
      if (event.event.kind === 'backup-done')
        return verbose ? paint.dim(`${event.target}: backup in ${event.event.backup.path}`) : '';
      return '';
    default:
      return '';
  }
}
