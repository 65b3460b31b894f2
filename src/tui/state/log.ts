import { sanitise } from '../../foundation/sanitise.ts';
import type { LogEntry, State } from './model.ts';
import { clampAll } from './moving.ts';

/** Maximum number of lines; the oldest are removed. */
const kept = 5_000;

export interface LogLine {
  readonly kind: LogEntry['kind'];
  /** May have several lines, and contain anything. */
  readonly text: string;
  /** ISO 8601; default: now. */
  readonly at?: string;
}

/** The state with one more line (or a few) in its log. */
export const logged = (state: State, kind: LogEntry['kind'], text: string): State =>
  loggedAll(state, [{ kind, text }]);

/** The state with more lines in its log. */
export function loggedAll(state: State, lines: readonly LogLine[]): State {
  if (lines.length === 0) return state;
  const now = new Date(state.now).toISOString();
  let last = state.wholeLog.at(-1)?.at ?? '';
  const entries: LogEntry[] = [];
  // Of a flood, only the lines that are kept are processed.
  for (const { kind, text, at = now } of lines.slice(-kept)) {
    // Lines with the engine's own time are kept in the order of arrival.
    if (at > last) last = at;
    for (const [index, one] of sanitise(text, { lines: true }).split('\n').entries())
      if (one.trim() !== '' || index === 0) entries.push({ at: last, kind, text: one });
  }
  return withLog(state, [...state.wholeLog, ...entries].slice(-kept));
}

function withLog(state: State, wholeLog: readonly LogEntry[]): State {
  const log = state.hidesBookkeeping ? wholeLog.filter(({ kind }) => kind !== 'bookkeeping') : wholeLog;
  return clampAll({ ...state, wholeLog, log });
}

/** Shows or hides migtui's own statements. */
export const toggleBookkeeping = (state: State): State =>
  withLog({ ...state, hidesBookkeeping: !state.hidesBookkeeping }, state.wholeLog);
