import type { EngineEvent } from '../../engine/api.ts';
import { spinnerPace } from '../panes/spinner.ts';
import type { SideEffect } from '../state/effect.ts';
import type { Message } from '../state/message.ts';
import type { State } from '../state/model.ts';
import { isRunning } from '../state/run.ts';
import { isBusy } from '../state/select.ts';
import { update } from './update.ts';

/** A message without its time, which the store adds. */
export type Event = Message extends infer M ? (M extends Message ? Omit<M, 'now'> : never) : never;

export interface StoreOptions {
  readonly initial: State;
  readonly perform: (effect: SideEffect, store: Store) => void;
  readonly draw: (state: State) => void;
  readonly now: () => number;
  /** An error in the app itself: it must neither crash the app nor be hidden. */
  readonly onBug: (error: unknown) => void;
}

/** Update interval while nothing moves, because relative times change, ms. */
const idle = 15_000;

/** Minimum interval for applying and drawing engine events, ms. */
const pace = 100;

/** Holds the state, applies messages one after the other, and performs the resulting effects. */
export class Store {
  readonly #options: StoreOptions;
  #state: State;
  #queue: Event[] = [];
  #received: EngineEvent[] = [];
  #receivedAt = Number.NEGATIVE_INFINITY;
  #receiving: NodeJS.Timeout | undefined;
  #draining = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#state = options.initial;
  }

  get state(): State {
    return this.#state;
  }

  /**
   * An engine event: applied immediately after a pause, otherwise together with those that follow shortly.
   */
  receive(events: readonly EngineEvent[]): void {
    if (this.#closed) return;
    this.#received = this.#received.concat(events);
    if (this.#receiving) return;
    const wait = this.#receivedAt + pace - performance.now();
    if (wait <= 0) this.dispatch();
    else this.#receiving = setTimeout(() => this.dispatch(), wait).unref();
  }

  /** Applies a message and draws; resulting messages are applied before drawing. */
  dispatch(...events: Event[]): void {
    if (this.#closed) return;
    this.#queue.push(...this.#takeReceived(), ...events);
    if (this.#draining) return;
    this.#draining = true;
    const before = this.#state;
    try {
      for (let event = this.#queue.shift(); event; event = this.#queue.shift()) this.#apply(event);
    } finally {
      this.#draining = false;
    }
    if (this.#state !== before && !this.#closed) this.#options.draw(this.#state);
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#receiving);
  }

  /** Events received earlier come first: a result is applied after the events that led to it. */
  #takeReceived(): Event[] {
    clearTimeout(this.#receiving);
    this.#receiving = undefined;
    if (this.#received.length === 0) return [];
    this.#receivedAt = performance.now();
    const events = this.#received;
    this.#received = [];
    return [{ type: 'events', events }];
  }

  #apply(event: Event): void {
    try {
      const [state, effects] = update(this.#state, { ...event, now: this.#options.now() } as Message);
      this.#state = state;
      for (const effect of effects) this.#options.perform(effect, this);
    } catch (error) {
      this.#options.onBug(error);
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.dispatch({ type: 'tick' }), this.#wait());
    this.#timer.unref?.();
  }

  #wait(): number {
    const { now, notice, settings, run } = this.#state;
    const until = notice ? Math.max(10, notice.until - now) : idle;
    if (!isBusy(this.#state)) return Math.min(until, idle);
    return Math.min(until, settings.motion ? spinnerPace : isRunning(run) ? 1_000 : idle);
  }
}
