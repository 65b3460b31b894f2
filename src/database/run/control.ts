import { setTimeout as sleep } from 'node:timers/promises';
import { type BlockingWatch, beforeCode, watchBlocking } from '../../foundation/blocking/watch.ts';
import { Failure } from '../../foundation/failure.ts';
import type { CancelMode } from '../../values/run.ts';

/** What a user, a signal or a lost lock may do to one of our backends; null without a second connection. */
export interface Backends {
  cancel(pid: number): Promise<void>;
  /** Cancels what a connection of ours runs, by the id that the pooler gave it. */
  cancelThroughPooler(id: number): Promise<void>;
  terminate(pid: number): Promise<void>;
}

/** Time for the server to end our backend before the connections are destroyed, ms. */
const terminateMs = 700;
/** Time for an abandoned run to clean up before its connections are destroyed, ms. */
const cleanupMs = 1_300;

/** Time for a run whose lock is lost to cancel its statement and roll back, ms. */
const rollbackMs = 5_000;

/**
 * Interval for sending a cancel again while the statement continues: the first one may arrive before the
 * statement does, ms.
 */
const resendMs = 250;

/** Controls how a run stops. */
export class Control {
  /** Null while no stop was requested. */
  mode: CancelMode | null = null;
  /** The server process of our connection; null if unknown. */
  pid: number | null = null;
  /** Behind a pooler, where each statement may have another server process: the pooler's id of our connection. */
  poolerId: number | null = null;
  /** The statement in flight and when it was sent (`performance.now()`). */
  inFlight: { readonly sql: string; readonly since: number } | null = null;
  /**
   * Statements have been sent that the server may still refuse to begin; resolves when it has begun or refused them,
   * and `inFlight` is known.
   */
  opening: Promise<unknown> | null = null;
  /** The run was abandoned: if a connection is lost from now on, we ended it. */
  gaveUp = false;
  /** Rejects when the run is abandoned. */
  readonly forced: Promise<never>;
  /** Rejects when code of a revision was stopped because it blocked the process (`watchCode`). */
  readonly codeStopped: Promise<never>;
  /** Aborts our own waiting: for a lock, between retries. */
  readonly waiting = new AbortController();
  #why: Failure | null = null;
  #givingUp: NodeJS.Timeout | undefined;
  #losing: NodeJS.Timeout | undefined;
  #force!: (reason: Failure) => void;
  #stopCode!: (reason: Failure) => void;
  #watch: BlockingWatch | null = null;
  readonly #backends: () => Backends | null;
  readonly #abandon: (final: boolean) => void;

  /** @param abandon destroys every connection; `final`: nothing is opened afterwards */
  constructor(backends: () => Backends | null, abandon: (final: boolean) => void = () => {}) {
    this.#backends = backends;
    this.#abandon = abandon;
    this.forced = new Promise((_, reject) => {
      this.#force = reject;
    });
    this.forced.catch(() => {});
    this.codeStopped = new Promise((_, reject) => {
      this.#stopCode = reject;
    });
    this.codeStopped.catch(() => {});
  }

  /** Why the run ends early. */
  get reason(): Failure | null {
    return this.mode === 'rollback' ? (this.#why ?? cancelled) : null;
  }

  /** A second `rollback` forces it: the backend is ended, and a hanging migration is abandoned. */
  async request(mode: CancelMode, why: Failure | null = null): Promise<void> {
    if (mode === 'after-step') {
      this.mode ??= mode;
      // While it waits for another run, no step is in progress.
      this.waiting.abort(cancelled);
      return;
    }
    if (this.mode === 'rollback' && why === null) return this.#terminate();
    this.mode = 'rollback';
    this.#watch?.cancelling();
    // A connection that is lost after that was ended by us.
    if (!this.gaveUp) this.#why ??= why;
    this.waiting.abort(this.reason);
    await this.opening;
    while (this.inFlight && (this.pid ?? this.poolerId) !== null) {
      await this.#cancelStatement();
      await new Promise(resolve => setTimeout(resolve, resendMs));
      if (!this.#backends()) return;
    }
  }

  async #cancelStatement(): Promise<void> {
    const backends = this.#backends();
    const sent =
      this.pid !== null
        ? backends?.cancel(this.pid)
        : this.poolerId !== null
          ? backends?.cancelThroughPooler(this.poolerId)
          : undefined;
    await Promise.resolve(sent).catch(() => {});
  }

  /**
   * Runs code of a revision so that a signal can stop it even if it blocks the process.
   * @throws what it throws; the failure of `codeStopped`; why the run was abandoned
   */
  async runCode<T>(code: () => Promise<T>): Promise<T> {
    void this.watchCode();
    await this.#watch?.ready;
    // Stopping it also stops its callers, and drops all continuations of promises that are due: it has none of ours.
    const running = new Promise(setImmediate).then(() => {
      beforeCode();
      return code();
    });
    return Promise.race([running, this.forced, this.codeStopped]);
  }

  /** Code of revisions runs from now on. Rejects like `codeStopped`. */
  watchCode(): Promise<never> {
    if (!this.#watch) {
      this.#watch = watchBlocking();
      this.#watch.stopped.catch((error: Failure) => {
        this.mode = 'rollback';
        this.waiting.abort(this.reason);
        this.#stopCode(error);
      });
    }
    return this.codeStopped;
  }

  /** What is done, as a sentence; printed if the process must be killed. */
  setSummary(summary: string): void {
    this.#watch?.setSummary(summary);
  }

  /** @throws Failure if the run must be rolled back: called before each statement and before each commit */
  check(): void {
    if (this.reason) throw this.reason;
  }

  async #terminate(): Promise<void> {
    this.gaveUp = true;
    const ending = this.pid === null ? this.#cancelStatement() : this.#backends()?.terminate(this.pid);
    await Promise.race([Promise.resolve(ending).catch(() => {}), sleep(terminateMs)]);
    this.#force(this.reason ?? cancelled);
    this.#givingUp ??= setTimeout(() => this.#abandon(true), cleanupMs);
  }

  /** The run has ended: there is nothing left to abandon. */
  end(): void {
    this.#watch?.end();
    clearTimeout(this.#givingUp);
    clearTimeout(this.#losing);
  }

  /**
   * Like `request('rollback', why)`; if the server does not answer that either, its connections are
   * destroyed.
   */
  stop(why: Failure): void {
    void this.request('rollback', why);
    this.#losing ??= setTimeout(() => this.loseServer(), rollbackMs);
  }

  /** The server does not respond: stop waiting for all its answers. */
  loseServer(): void {
    if (this.reason) this.#force(this.reason);
    this.#abandon(false);
  }
}

const cancelled = new Failure({ code: 'cancelled', message: 'Cancelled.' });
