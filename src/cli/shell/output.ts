import type { Answer } from '../answers.ts';
import { clean, exactJson, jsonText } from './clean.ts';
import type { Host } from './host.ts';
import { type Paint, paintFor, wantsAscii, wantsColour } from './paint.ts';
import { exactText, safeText } from './safe-text.ts';

/** How an answer is to be drawn. */
export interface OutputOptions {
  readonly json: boolean;
  /** Undefined: as the stream and the environment say. */
  readonly colour?: boolean | undefined;
  readonly ascii?: boolean | undefined;
}

/** The output of a command: the answer goes to stdout, once; everything else to stderr. */
export class Output {
  readonly json: boolean;
  /** For stdout and for stderr. */
  readonly paint: Paint;
  readonly aside: Paint;
  readonly #host: Host;

  constructor(host: Host, { json, colour, ascii }: OutputOptions) {
    this.#host = host;
    this.json = json;
    const { stdout, stderr } = host;
    this.paint = paintFor(wantsColour(host, stdout, colour), wantsAscii(host, stdout, ascii));
    this.aside = paintFor(wantsColour(host, stderr, colour), wantsAscii(host, stderr, ascii));
  }

  /**
   * Prints the answer: `shape` as JSON with --json, else what `draw` makes of `value`,
   * whose strings are made safe for a terminal first.
   */
  answer<T>(value: T, shape: (value: T) => Answer, draw: (value: T, paint: Paint) => string): void {
    if (this.json) this.#host.stdout.write(jsonText(shape(value)));
    else this.text(draw(clean(value), this.paint));
  }

  /** Prints drawn text to stdout. */
  text(text: string): void {
    if (text !== '') this.#host.stdout.write(safeText(ended(text)));
  }

  /** Prints a script to stdout: to a terminal as any text, else as it is, passwords and all, so that it can be run. */
  script(sql: string): void {
    const { stdout } = this.#host;
    if (this.json) stdout.write(exactJson({ sql }));
    else stdout.write(stdout.isTTY ? safeText(ended(sql)) : exactText(sql));
  }

  /** Says something beside the answer: draws `value` to stderr. */
  say<T>(value: T, draw: (value: T, paint: Paint) => string): void {
    const text = draw(clean(value), this.aside);
    if (text !== '') this.#host.stderr.write(safeText(ended(text)));
  }
}

const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
