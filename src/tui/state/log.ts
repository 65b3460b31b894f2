import { sanitise } from '../../foundation/sanitise.ts';
import type { LogEntry, State } from './model.ts';
import { settleAll } from './moving.ts';

/** Lines kept; the oldest go. */
const kept = 5_000;

export interface LogLine {
  readonly kind: LogEntry['kind'];
  /** May be several lines, and hold anything. */
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
  // of a flood only what is kept is looked at
  for (const { kind, text, at = now } of lines.slice(-kept)) {
    // what the engine tells with its own clock stands where it came in
    if (at > last) last = at;
    for (const [index, one] of sanitise(text, { lines: true }).split('\n').entries())
      if (one.trim() !== '' || index === 0) entries.push({ at: last, kind, text: one });
  }
  return withLog(state, [...state.wholeLog, ...entries].slice(-kept));
}

function withLog(state: State, wholeLog: readonly LogEntry[]): State {
  const log = state.hidesBookkeeping ? wholeLog.filter(({ kind }) => kind !== 'bookkeeping') : wholeLog;
  return settleAll({ ...state, wholeLog, log });
}

/** Shows or hides the statements of migtui's own. */
export const toggleBookkeeping = (state: State): State =>
  withLog({ ...state, hidesBookkeeping: !state.hidesBookkeeping }, state.wholeLog);
