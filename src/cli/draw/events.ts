import { duration } from '../../drawing/text/time.ts';
import type { EngineEvent } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';

type LogEvent = Extract<EngineEvent, { type: 'log' }>;
type WaitingEvent = Extract<EngineEvent, { type: 'waiting' }>;
type TaskEvent = Extract<EngineEvent, { type: 'task' }>;

/** A line of the log, for stderr. */
export function drawLog({ level, source, text }: LogEvent, paint: Paint): string {
  const line = text.trimEnd();
  if (source === 'project') return paint.dim(line);
  if (level === 'info') return line;
  return level === 'warning' ? `${paint.warn('warning:')} ${line}` : `${paint.bad('error:')} ${line}`;
}

/** Waiting for a server. */
export function drawWaiting({ for: what, where, ms }: WaitingEvent, paint: Paint): string {
  const reason = {
    connection: `${where} to accept the connection`,
    answer: `an answer of ${where}`,
    'free connection': `a free connection on ${where}: all are in use`,
  }[what];
  return paint.warn(`waiting for ${reason} (${duration(ms)})`);
}

/** The progress of long work. */
export function drawTask({ text, done, total }: TaskEvent, paint: Paint): string {
  return paint.dim(total > 1 ? `${text} ${done}/${total}` : text);
}
