import type { EngineEvent } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';

type LogEvent = Extract<EngineEvent, { type: 'log' }>;
type TaskEvent = Extract<EngineEvent, { type: 'task' }>;

/** A line of the log, for stderr. */
export function drawLog({ level, source, text }: LogEvent, paint: Paint): string {
  const line = text.trimEnd();
  if (source === 'project') return paint.dim(line);
  if (level === 'info') return line;
  return level === 'warning' ? `${paint.warn('warning:')} ${line}` : `${paint.bad('error:')} ${line}`;
}

/** How far long work has come. */
export function drawTask({ text, done, total }: TaskEvent, paint: Paint): string {
  return paint.dim(total > 1 ? `${text} ${done}/${total}` : text);
}
