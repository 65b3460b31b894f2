/** How many more targets may run at once after how many successes. */
const growEvery = 10;
/** The delay before a target is retried on a busy server, ms; it increases. */
const pauseFirst = 250;
const pauseMost = 5_000;

/**
 * Limits how many targets run at once on a server: halved when it is busy, slowly increased afterwards. Pure
 * bookkeeping; the caller asks `free` and reports the results.
 */
export class Limiter {
  readonly most: number;
  #now: number;
  #running = 0;
  #well = 0;
  #pause = pauseFirst;

  constructor(most: number) {
    this.most = most;
    this.#now = most;
  }

  /** The current limit. */
  get parallel(): number {
    return this.#now;
  }

  get running(): number {
    return this.#running;
  }

  get free(): boolean {
    return this.#running < this.#now;
  }

  begin(): void {
    this.#running++;
  }

  /** A target ended, successfully or not. Returns whether the limit was raised. */
  end(): boolean {
    this.#running--;
    this.#pause = pauseFirst;
    if (this.#now === this.most || ++this.#well < growEvery) return false;
    this.#well = 0;
    this.#now++;
    return true;
  }

  /** The server had no free connection. Returns the delay before the retry, ms. */
  busy(): number {
    this.#running--;
    this.#well = 0;
    this.#now = Math.max(1, Math.floor(this.#now / 2));
    const pause = this.#pause;
    this.#pause = Math.min(this.#pause * 2, pauseMost);
    return pause;
  }
}
