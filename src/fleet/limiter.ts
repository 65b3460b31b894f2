/** How many more may begin after how many that ended well. */
const growEvery = 10;
/** The pause before a target that found the server busy is tried again, ms; longer each time. */
const pauseFirst = 250;
const pauseMost = 5_000;

/**
 * How many targets run at once on a server: half as many when it is busy, slowly more again. Pure bookkeeping; the
 * caller asks `free` and reports the
 * results.
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

  /** How many may run at once now. */
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

  /** It ended, well or not. Returns whether one more may run at once from here on. */
  end(): boolean {
    this.#running--;
    this.#pause = pauseFirst;
    if (this.#now === this.most || ++this.#well < growEvery) return false;
    this.#well = 0;
    this.#now++;
    return true;
  }

  /** The server had no room for it. Returns how long to wait before it is tried again, ms. */
  busy(): number {
    this.#running--;
    this.#well = 0;
    this.#now = Math.max(1, Math.floor(this.#now / 2));
    const pause = this.#pause;
    this.#pause = Math.min(this.#pause * 2, pauseMost);
    return pause;
  }
}
