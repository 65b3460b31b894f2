import type { EngineEvent, RunEvent } from '../api.ts';

/** How long events are collected before they are sent together, ms: shorter than a user can notice. */
const wait = 50;
/**
 * Maximum number of characters of a statement that are sent. The app shows only its beginning; a statement
 * can have many megabytes.
 */
const longestStatement = 4_000;

/**
 * Collects the engine's events and sends them together. A run of a thousand statements emits several thousand
 * events per second: intermediate ones are dropped, but the counts stay correct.
 */
export class EventBatch {
  readonly #send: (events: readonly EngineEvent[]) => void;
  #events: (EngineEvent | null)[] = [];
  /**
   * Index in `#events` of the last event of a run, and of the last event of each other kind that replaces
   * earlier ones.
   */
  #lastRun = -1;
  #lastTask = -1;
  #changes = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(send: (events: readonly EngineEvent[]) => void) {
    this.#send = send;
  }

  add(event: EngineEvent): void {
    switch (event.type) {
      case 'run':
        this.#addRun(event.event);
        break;
      case 'sql':
        this.#events.push({ ...event, sql: shortened(event.sql) });
        break;
      case 'task':
        if (this.#lastTask >= 0) this.#events[this.#lastTask] = null;
        this.#lastTask = this.#events.push(event) - 1;
        break;
      case 'changed':
        if (!this.#changes.has(event.what)) this.#events.push(event);
        this.#changes.add(event.what);
        break;
      case 'plan-start':
        // The rest of the preview keeps this process busy.
        this.#events.push(event);
        this.flush();
        return;
      default:
        this.#events.push(event);
    }
    if (this.#timer) return;
    // The first event after a pause is sent immediately: code that blocks the process may follow it.
    if (performance.now() - this.#sentAt > wait) this.flush();
    else this.#timer = setTimeout(() => this.flush(), wait).unref();
  }

  /** Sends the collected events immediately. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sentAt = performance.now();
    const events = this.#events.filter(event => event !== null);
    this.#events = [];
    this.#lastRun = -1;
    this.#lastTask = -1;
    this.#changes.clear();
    if (events.length > 0) this.#send(events);
  }

  #addRun(event: RunEvent): void {
    let next = event;
    if (next.kind === 'statement') next = { ...next, sql: shortened(next.sql) };
    if (next.kind === 'statement-done') {
      this.#takeLast('statement');
      const before = this.#takeLast('statement-done');
      if (before?.kind === 'statement-done' && before.step === next.step)
        next = { ...next, ms: before.ms + next.ms, count: countOf(before) + countOf(next) };
      else if (before) this.#pushRun(before);
    }
    if (next.kind === 'watch') this.#takeLast('watch');
    if (next.kind === 'backup') this.#takeLast('backup');
    this.#pushRun(next);
  }

  #pushRun(event: RunEvent): void {
    this.#lastRun = this.#events.push({ type: 'run', event }) - 1;
  }

  /** Removes the last event of the run if it is of this kind. */
  #takeLast(kind: RunEvent['kind']): RunEvent | null {
    const last = this.#events[this.#lastRun];
    if (last?.type !== 'run' || last.event.kind !== kind) return null;
    this.#events[this.#lastRun] = null;
    this.#lastRun = this.#events.findLastIndex(one => one?.type === 'run');
    return last.event;
  }
}

const countOf = (event: Extract<RunEvent, { kind: 'statement-done' }>): number => event.count ?? 1;

const shortened = (sql: string): string =>
  sql.length > longestStatement ? `${sql.slice(0, longestStatement)} …` : sql;
