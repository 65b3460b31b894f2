import { StringDecoder } from 'node:string_decoder';
import { sanitise } from './sanitise.ts';
import { redact, redactor } from './secrets/redactor.ts';

/** Maximum number of characters that are buffered. */
const full = 64 * 1024;
/** How long to wait for the end of an incomplete line, ms. */
const lineWaitMs = 100;

/** Colour and style sequences. A program prints them if it treats our stream as a terminal. */
const styles = /\u001b\[[\d;:]*m/g;

/**
 * Captures what the project's own code prints to one of the process's streams. Shows whole lines, without
 * passwords and terminal control sequences. Lines are written in groups.
 */
export class CapturedOutput {
  readonly #write: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';
  #soon: NodeJS.Immediate | null = null;
  #later: NodeJS.Timeout | null = null;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** A `write` function to replace the stream's own. */
  readonly write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
    this.#pending += chunk instanceof Uint8Array ? this.#decoder.write(Buffer.from(chunk)) : String(chunk);
    if (this.#pending.length >= full) this.#flushLines();
    else this.#soon ??= setImmediate(() => this.#flushLines());
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') queueMicrotask(callback as () => void);
    return true;
  };

  /** Writes everything, also an incomplete line, except an end that may be the beginning of a password. */
  flush(): void {
    this.#put(this.#pending.length - redactor.unfinished(this.#pending));
  }

  /** Writes everything: nothing follows. */
  end(): void {
    this.#put(this.#pending.length);
  }

  #flushLines(): void {
    if (this.#pending.length >= 16 * full) this.flush();
    else this.#put(this.#pending.lastIndexOf('\n') + 1);
    if (this.#pending === '') return;
    this.#later = setTimeout(() => this.flush(), lineWaitMs);
    this.#later.unref();
  }

  #put(length: number): void {
    if (this.#soon) clearImmediate(this.#soon);
    if (this.#later) clearTimeout(this.#later);
    this.#soon = null;
    this.#later = null;
    const text = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    if (text !== '') this.#write(printed(text));
  }
}

/** Printed text in the form in which it is shown. */
export function printed(text: string): string {
  return redact(sanitise(text.includes('\u001b') ? text.replace(styles, '') : text, { lines: true }));
}
