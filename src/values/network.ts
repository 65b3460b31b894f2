/** A wait for a server that is long enough to report. */
export interface Waiting {
  /**
   * What migtui waits for. `connection`: the server to accept one; `answer`: the answer to a query; `free
   * connection`: a connection to become free.
   */
  readonly for: 'connection' | 'answer' | 'free connection';
  /** `host:port`. */
  readonly where: string;
  /** Time waited so far. */
  readonly ms: number;
}

/** Time limits for servers, ms. */
export interface NetworkOptions {
  /** For a connection; default: of the MikroORM config, else 10,000. 0: forever. */
  readonly connectTimeout?: number | undefined;
  /** For the answer of a query of migtui itself; default 15,000. 0: forever. */
  readonly answerTimeout?: number | undefined;
  /** For a free connection on a server where all are in use; default 5,000. */
  readonly busyWait?: number | undefined;
  readonly onWaiting?: ((waiting: Waiting) => void) | undefined;
}
