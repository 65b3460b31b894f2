/** A wait for a server that is worth telling. */
export interface Waiting {
  /** `connection`: it does not accept one; `answer`: to a question; `free connection`: all are in use. */
  readonly for: 'connection' | 'answer' | 'free connection';
  /** `host:port`. */
  readonly where: string;
  /** How long so far. */
  readonly ms: number;
}

/** How long servers are waited for; times in ms. */
export interface NetworkOptions {
  /** For a connection; default: of the MikroORM config, else 10,000. 0: forever. */
  readonly connectTimeout?: number | undefined;
  /** For the answer of a query of migtui itself; default 15,000. 0: forever. */
  readonly answerTimeout?: number | undefined;
  /** For a connection to become free on a server where all are in use; default 5,000. */
  readonly busyWait?: number | undefined;
  readonly onWaiting?: ((waiting: Waiting) => void) | undefined;
}
