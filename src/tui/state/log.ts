import { sanitise } from '../../foundation/sanitise.ts';
import type { LogEntry, State } from './model.ts';
import { settleAll } from './moving.ts';

/** Lines kept; the oldest go. */
const kept = 5_000;

/** The state with one more line (or a few) in its log. */
export function logged(
  state: State,
  kind: LogEntry['kind'],
  text: string,
  at = new Date(state.now).toISOString(),
): State {
  // what the engine tells with its own clock stands where it came in
  const last = state.log.at(-1)?.at;
  const when = last !== undefined && last > at ? last : at;
  const entries = sanitise(text, { lines: true })
    .split('\n')
    .filter((one, index) => one.trim() !== '' || index === 0)
    .map((one): LogEntry => ({ at: when, kind, text: one }));
  const log = [...state.log, ...entries];
  return settleAll({ ...state, log: log.length > kept ? log.slice(log.length - kept) : log });
}
