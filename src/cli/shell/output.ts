import type { Answer } from '../answers.ts';
import { clean, exactJson, jsonText } from './clean.ts';
import type { Host } from './host.ts';
import { type Paint, paintFor, wantsAscii, wantsColour } from './paint.ts';
import { exactText, safeText } from './safe-text.ts';

/** How a result is printed. */
export interface OutputOptions {
  readonly json: boolean;
  /** Undefined: depends on the stream and the environment. */
  readonly colour?: boolean | undefined;
  readonly ascii?: boolean | undefined;
}

/** The output of a command: the result goes to stdout, once; everything else to stderr. */
export class Output {
  readonly json: boolean;
  /** For stdout and for stderr. */
  readonly paint: Paint;
  readonly stderrPaint: Paint;
  readonly #host: Host;

  constructor(host: Host, { json, colour, ascii }: OutputOptions) {
    this.#host = host;
    this.json = json;
    const { stdout, stderr } = host;
    this.paint = paintFor(wantsColour(host, stdout, colour), wantsAscii(host, stdout, ascii));
    this.stderrPaint = paintFor(wantsColour(host, stderr, colour), wantsAscii(host, stderr, ascii));
  }

  /**
   * Prints the result: `shape` as JSON with --json, otherwise what `draw` returns for `value`, whose strings
   * are first made safe for a terminal.
   */
  answer<T>(value: T, shape: (value: T) => Answer, draw: (value: T, paint: Paint) => string): void {
    if (this.json) this.#host.stdout.write(jsonText(shape(value)));
    else this.text(draw(clean(value), this.paint));
  }

  /** Prints drawn text to stdout. */
  text(text: string): void {
    if (text !== '') this.#host.stdout.write(safeText(ended(text)));
  }

  /**
   * Prints a script to stdout: on a terminal like any text, otherwise unchanged, including passwords, so that
   * it can be run.
   */
  script(sql: string): void {
    const { stdout } = this.#host;
    if (this.json) stdout.write(exactJson({ sql }));
    else stdout.write(stdout.isTTY ? safeText(ended(sql)) : exactText(sql));
  }

  /** Prints something in addition to the result: draws `value` to stderr. */
  note<T>(value: T, draw: (value: T, paint: Paint) => string): void {
    const text = draw(clean(value), this.stderrPaint);
    if (text !== '') this.#host.stderr.write(safeText(ended(text)));
  }
}

const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
