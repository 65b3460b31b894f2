import type { EngineEvent } from '../../engine/api.ts';
import { spinnerPace } from '../panes/spinner.ts';
import type { SideEffect } from '../state/effect.ts';
import type { Message } from '../state/message.ts';
import type { State } from '../state/model.ts';
import { isRunning } from '../state/run.ts';
import { isBusy } from '../state/select.ts';
import { update } from './update.ts';

/** A message without its time: the store knows what time it is. */
export type Event = Message extends infer M ? (M extends Message ? Omit<M, 'now'> : never) : never;

export interface StoreOptions {
  readonly initial: State;
  readonly perform: (effect: SideEffect, store: Store) => void;
  readonly draw: (state: State) => void;
  readonly now: () => number;
  /** An error of ours: it must not take the screen down, nor be hidden. */
  readonly onBug: (error: unknown) => void;
}

/** Nothing moves: relative times still grow older, ms. */
const idle = 15_000;

/** What the engine tells is applied and drawn at most this often, ms. */
const pace = 100;

/** Holds the state, applies messages one after the other, and has what follows from them done. */
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

  /** The engine tells something: applied at once after a silence, otherwise together with what comes soon after. */
  receive(events: readonly EngineEvent[]): void {
    if (this.#closed) return;
    this.#received = this.#received.concat(events);
    if (this.#receiving) return;
    const wait = this.#receivedAt + pace - performance.now();
    if (wait <= 0) this.dispatch();
    else this.#receiving = setTimeout(() => this.dispatch(), wait).unref();
  }

  /** Applies a message and draws; messages that come of it are applied before it draws. */
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

  /** What has been received, before what comes now: an answer is applied after what led to it. */
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
