import type { TuiSettings } from '../settings.ts';
import type { Appearance, LogEntry, State } from './model.ts';

/**
 * The state before anything is known: the first frame is drawn from it.
 * @param warnings the first lines of the log
 */
export function initialState(
  settings: TuiSettings,
  appearance: Appearance,
  size: State['size'],
  now: number,
  warnings: readonly string[] = [],
): State {
  const start = { cursor: 0, top: 0 };
  const log: readonly LogEntry[] = warnings.map(text => ({
    at: new Date(now).toISOString(),
    kind: 'warning',
    text,
  }));
  return {
    settings,
    appearance,
    size,
    now,
    link: { is: 'starting' },
    overview: null,
    known: null,
    sentTo: null,
    target: null,
    overviewTicket: null,
    overviewFailure: null,
    reconnects: 0,
    focus: 'history',
    zoomed: false,
    positions: { current: start, history: start, pending: start, log: start },
    list: 'history',
    tab: 'up',
    detailScroll: { top: 0, left: 0 },
    detailToken: 0,
    details: new Map(),
    effects: new Map(),
    lints: new Map(),
    journal: null,
    authors: null,
    sizes: null,
    arrivals: null,
    goTo: null,
    waiting: null,
    findings: null,
    search: null,
    filter: '',
    log,
    wholeLog: log,
    hidesBookkeeping: false,
    following: true,
    logLeft: 0,
    dialogs: [],
    run: null,
    fleet: null,
    task: null,
    planStart: null,
    notice: null,
    absoluteTimes: false,
    originalSql: false,
    mouse: settings.mouse,
    lastTicket: 0,
    previousKey: { key: '', at: 0 },
    quitting: false,
  };
}
