import type { Screen } from './cli/shell/host.ts';
import { safeText } from './cli/shell/safe-text.ts';
import { CapturedOutput } from './foundation/captured-output.ts';

/*
 * The standard streams of the process. migtui's own output is safe text (cli/shell/safe-text.ts); output of
 * the project's code is captured (foundation/captured-output.ts). No other migtui code writes to the streams.
 */

/** Reasons why a write failed, by error code. */
const troubles: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is too large',
  EIO: 'the device failed',
};

/** One of the two streams, and its write errors. */
class Sink {
  /** Something was written. */
  used = false;
  #problem: NodeJS.ErrnoException | null = null;
  readonly #name: string;
  readonly #stream: NodeJS.WriteStream;
  readonly #original: NodeJS.WriteStream['write'];
  readonly #write: NodeJS.WriteStream['write'];

  constructor(name: string, stream: NodeJS.WriteStream) {
    this.#name = name;
    this.#stream = stream;
    this.#original = stream.write;
    this.#write = stream.write.bind(stream);
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // The reader of our output may have exited (`migtui history | head`). That is not an error.
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') this.#problem ??= error;
    });
  }

  /** The reason why the output was not written, as text; null if it was. */
  get problem(): string | null {
    const error = this.#problem;
    return (
      error &&
      `${this.#name} could not be written: ${troubles[error.code ?? ''] ?? error.message} (${error.code})`
    );
  }

  readonly put = (text: string): void => {
    this.used = true;
    this.#write(text);
  };

  get screen(): Screen {
    const stream = this.#stream;
    return {
      write: this.put,
      get isTTY() {
        return stream.isTTY === true;
      },
      get columns() {
        return stream.columns ?? 80;
      },
    };
  }

  /** Replaces the stream's `write` for code other than migtui's. */
  replace(write: CapturedOutput['write'] | null): void {
    this.#stream.write = (write ?? this.#original) as NodeJS.WriteStream['write'];
  }

  /** Resolves when all output was written or refused. */
  flushed(): Promise<void> {
    return new Promise(resolve => this.#write('', () => resolve()));
  }
}

export const stdout = new Sink('Standard output', process.stdout);
export const stderr = new Sink('Standard error', process.stderr);

/** Output of the project's code, to either stream. */
const captured = new CapturedOutput(text => stderr.put(text));

/** Keeps the order: migtui's own stderr output comes after everything the project printed before it. */
export const stderrScreen: Screen = Object.assign(stderr.screen, {
  write: (text: string) => {
    captured.flush();
    stderr.put(text);
  },
});

/** From here on, printed output goes to stderr. */
export function capturePrints(): void {
  stdout.replace(captured.write);
  stderr.replace(captured.write);
}

/** The app draws on the same stream that headless commands use for their results. */
export function releaseStdout(): void {
  stdout.replace(null);
}

/** Writes the captured output immediately. */
export function flushPrints(): void {
  captured.end();
}

// Node writes its warnings directly to the file descriptor.
if (process.listenerCount('warning') > 0) {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => stderrScreen.write(safeText(`(node) ${name}: ${message}\n`)));
}

/**
 * Returns the exit code after all output was written. Write errors are reported on the other stream. A result
 * that could not be written is a failure, unless it reports something that was completed permanently.
 * @param committed what was completed permanently, as a sentence
 */
export async function endOutput(code: number, committed: string | null, json: boolean): Promise<number> {
  captured.end();
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  const done = committed === null ? '' : ` ${committed}`;
  if (stdout.problem) {
    const kind = committed === null ? 'error' : 'warning';
    stderrScreen.write(safeText(`${kind}: ${stdout.problem}.${done}\n`));
    if (committed === null && code === 0) return 1;
  } else if (stderr.problem && !json) {
    // The result was written. In JSON mode, nothing else may be printed.
    stdout.screen.write(safeText(`warning: ${stderr.problem}.${done}\n`));
  }
  return code;
}
