import { Failure } from '../../foundation/failure.ts';
import type { CancelMode } from '../../values/run.ts';

/** What a person, a signal or a lost lock may do to a backend of ours; null where there is no second connection. */
export interface Backends {
  cancel(pid: number): Promise<void>;
  terminate(pid: number): Promise<void>;
}

/** How often a cancel is sent again while the statement goes on: the first may arrive before the statement does, ms. */
const again = 250;

/** The brakes of a run. */
export class Control {
  /** Null while nobody asked for anything. */
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
  #insist!: (reason: Failure) => void;
  readonly #backends: () => Backends | null;

  constructor(backends: () => Backends | null) {
    this.#backends = backends;
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
    if (this.pid !== null) {
      await this.#backends()
        ?.terminate(this.pid)
        .catch(() => {});
    }
    this.#insist(this.reason ?? cancelled);
  }
}

const cancelled = new Failure({ code: 'cancelled', message: 'Cancelled.' });
