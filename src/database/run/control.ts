import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../foundation/failure.ts';
import type { CancelMode } from '../../values/run.ts';

/** What a person, a signal or a lost lock may do to a backend of ours; null where there is no second connection. */
export interface Backends {
  cancel(pid: number): Promise<void>;
  terminate(pid: number): Promise<void>;
}

/** How long the server may take to end a process of ours before its connections are destroyed, ms. */
const terminating = 700;
/** How long a run that is no longer waited for may take to put things away before that happens, ms. */
const puttingAway = 1_300;

/** How long a run whose lock is lost may take to cancel its statement and roll back, ms. */
const answering = 5_000;

/** How often a cancel is sent again while the statement goes on: the first may arrive before the statement does, ms. */
const again = 250;

/** The brakes of a run. */
export class Control {
  /** Null while nothing was requested. */
  mode: CancelMode | null = null;
  /** The server process that works for us now; null where it is not known. */
  pid: number | null = null;
  /** The statement in flight and when it was sent (`performance.now()`). */
  inFlight: { readonly sql: string; readonly since: number } | null = null;
  /** What runs is no longer waited for: a connection that is lost from now on was ended by us. */
  gaveUp = false;
  /** Rejects when the end of what runs is no longer waited for. */
  readonly insisted: Promise<never>;
  /** Aborts waiting of ours: for a lock, between retries. */
  readonly waiting = new AbortController();
  #why: Failure | null = null;
  #givingUp: NodeJS.Timeout | undefined;
  #losing: NodeJS.Timeout | undefined;
  #insist!: (reason: Failure) => void;
  readonly #backends: () => Backends | null;
  readonly #abandon: (final: boolean) => void;

  /** @param abandon destroys every connection; `final`: nothing is opened afterwards */
  constructor(backends: () => Backends | null, abandon: (final: boolean) => void = () => {}) {
    this.#backends = backends;
    this.#abandon = abandon;
    this.insisted = new Promise((_, reject) => {
      this.#insist = reject;
    });
    this.insisted.catch(() => {});
  }

  /** Why the run ends early. */
  get reason(): Failure | null {
    return this.mode === 'rollback' ? (this.#why ?? cancelled) : null;
  }

  /** A second `rollback` insists: the backend is ended, and code that hangs is no longer waited for. */
  async request(mode: CancelMode, why: Failure | null = null): Promise<void> {
    if (mode === 'after-step') {
      this.mode ??= mode;
      return;
    }
    if (this.mode === 'rollback' && why === null) return this.#terminate();
    this.mode = 'rollback';
    this.#why ??= why;
    this.waiting.abort(this.reason);
    while (this.inFlight && this.pid !== null) {
      const { inFlight } = this;
      await this.#backends()
        ?.cancel(this.pid)
        .catch(() => {});
      await new Promise(resolve => setTimeout(resolve, again));
      if (this.inFlight !== inFlight || !this.#backends()) return;
    }
  }

  /** @throws Failure when the run is to be rolled back: called before each statement and before each commit */
  check(): void {
    if (this.reason) throw this.reason;
  }

  async #terminate(): Promise<void> {
    this.gaveUp = true;
    const ending = this.pid === null ? undefined : this.#backends()?.terminate(this.pid);
    await Promise.race([Promise.resolve(ending).catch(() => {}), sleep(terminating)]);
    this.#insist(this.reason ?? cancelled);
    this.#givingUp ??= setTimeout(() => this.#abandon(true), puttingAway);
  }

  /** The run has ended: nothing is left to give up. */
  end(): void {
    clearTimeout(this.#givingUp);
    clearTimeout(this.#losing);
  }

  /** Like `request('rollback', why)`; when the server does not answer to that either, its connections are destroyed. */
  stop(why: Failure): void {
    void this.request('rollback', why);
    this.#losing ??= setTimeout(() => this.loseServer(), answering);
  }

  /** The server is silent: nothing that it was asked is waited for any more. */
  loseServer(): void {
    if (this.reason) this.#insist(this.reason);
    this.#abandon(false);
  }
}

const cancelled = new Failure({ code: 'cancelled', message: 'Cancelled.' });
