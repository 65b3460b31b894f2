import type { Screen } from './cli/shell/host.ts';
import { safeText } from './cli/shell/safe-text.ts';
import { CapturedOutput } from './foundation/captured-output.ts';

/*
 * The process's own streams. What the program says is safe text (cli/shell/safe-text.ts); what the project's code
 * prints is captured (foundation/captured-output.ts). Nothing else of ours writes to them.
 */

/** Why a stream did not take what was written: the errors of a disk, by code. */
const troubles: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is too large',
  EIO: 'the device failed',
};

/** One of the two streams, with what went wrong when it was written to. */
class Sink {
  /** Something was written. */
  used = false;
  #trouble: NodeJS.ErrnoException | null = null;
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
      // the reader of our output may have exited (`migtui history | head`): that is no error
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') this.#trouble ??= error;
    });
  }

  /** Why what was written did not arrive, in words; null when it did. */
  get trouble(): string | null {
    const error = this.#trouble;
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

  /** Puts something in the place of the stream's `write`, for code that is not ours. */
  replace(write: CapturedOutput['write'] | null): void {
    this.#stream.write = (write ?? this.#original) as NodeJS.WriteStream['write'];
  }

  /** Resolves when everything was taken, or refused. */
  flushed(): Promise<void> {
    return new Promise(resolve => this.#write('', () => resolve()));
  }
}

export const stdout = new Sink('Standard output', process.stdout);
export const stderr = new Sink('Standard error', process.stderr);

/** What the project's code prints, to either stream. */
const captured = new CapturedOutput(text => stderr.put(text));

/** Everything of ours that is written to stderr comes after what was printed before it. */
export const stderrScreen: Screen = Object.assign(stderr.screen, {
  write: (text: string) => {
    captured.flush();
    stderr.put(text);
  },
});

/** From here on what is printed goes to stderr. */
export function capturePrints(): void {
  stdout.replace(captured.write);
  stderr.replace(captured.write);
}

/** The screen is drawn with the very stream that headless commands keep for their answer. */
export function releaseStdout(): void {
  stdout.replace(null);
}

/** Writes what was printed, at once. */
export function flushPrints(): void {
  captured.flush();
}

// Node writes its warnings to the file descriptor itself
if (process.listenerCount('warning') > 0) {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => stderrScreen.write(safeText(`(node) ${name}: ${message}\n`)));
}

/**
 * The exit code, when everything was written: write errors are reported on the other stream. An answer that
 * did not arrive is a failure, unless it is about something that was done for good.
 * @param committed what was done for good, in a sentence
 */
export async function endOutput(code: number, committed: string | null, json: boolean): Promise<number> {
  captured.flush();
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  const done = committed === null ? '' : ` ${committed}`;
  if (stdout.trouble) {
    const kind = committed === null ? 'error' : 'warning';
    stderrScreen.write(safeText(`${kind}: ${stdout.trouble}.${done}\n`));
    if (committed === null && code === 0) return 1;
  } else if (stderr.trouble && !json) {
    // the answer has arrived; in JSON it stays alone
    stdout.screen.write(safeText(`warning: ${stderr.trouble}.${done}\n`));
  }
  return code;
}
