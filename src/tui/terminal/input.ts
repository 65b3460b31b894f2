import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The part of a terminal's input stream that Ink and the app use. */
export interface TerminalSource extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

export interface InputListeners {
  /** Cells are counted from 0. */
  readonly mouse: (kind: 'press' | 'wheel-up' | 'wheel-down', x: number, y: number) => void;
  /** The terminal's answer to a query (OSC). */
  readonly reply: (text: string) => void;
  /** The terminal is gone. */
  readonly end: () => void;
}

/** SGR mouse reports, and operating system commands, which a terminal sends only as answers. */
const reports = /\u001b\[<(\d+);(\d+);(\d+)([Mm])|\u001b\]([^\u0007\u001b]*)(?:\u0007|\u001b\\)/g;
/** The start of a report at the end of a chunk. */
const unfinished = /\u001b\[<[\d;]*$|\u001b\]\d+;[^\u0007\u001b]*\u001b?$/;

/**
 * The terminal's input for Ink, without mouse reports and answers: Ink does not support them and would treat
 * parts of them as typed text. While raw mode is off (an editor uses the terminal), nothing is read.
 */
export class TerminalInput extends PassThrough {
  readonly isTTY = true;
  readonly #source: TerminalSource;
  readonly #listeners: InputListeners;
  #decoder = new StringDecoder('utf8');
  #pending = '';
  #reading = false;

  constructor(source: TerminalSource, listeners: InputListeners) {
    super();
    this.#source = source;
    this.#listeners = listeners;
    source.once('end', listeners.end);
    source.once('close', listeners.end);
    source.on('error', listeners.end);
  }

  setRawMode(on: boolean): this {
    this.#source.setRawMode?.(on);
    if (on && !this.#reading) {
      this.#source.on('data', this.#take);
      this.#source.resume();
    } else if (!on && this.#reading) {
      this.#source.off('data', this.#take);
      this.#source.pause();
    }
    this.#reading = on;
    return this;
  }

  ref(): this {
    this.#source.ref?.();
    return this;
  }

  unref(): this {
    this.#source.unref?.();
    return this;
  }

  readonly #take = (chunk: Buffer | string): void => {
    const text = this.#pending + (typeof chunk === 'string' ? chunk : this.#decoder.write(chunk));
    const rest = text.replace(reports, (_, button, x, y, end, reply) => {
      if (reply !== undefined) this.#listeners.reply(reply);
      else if (end === 'M') this.#point(Number(button), Number(x) - 1, Number(y) - 1);
      return '';
    });
    const tail = unfinished.exec(rest)?.[0] ?? '';
    this.#pending = tail;
    const typed = rest.slice(0, rest.length - tail.length);
    if (typed !== '') this.write(typed);
  };

  #point(button: number, x: number, y: number): void {
    if (button === 64) this.#listeners.mouse('wheel-up', x, y);
    else if (button === 65) this.#listeners.mouse('wheel-down', x, y);
    else if (button === 0) this.#listeners.mouse('press', x, y);
  }
}
