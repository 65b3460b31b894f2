import { readSync as nodeReadSync, writeSync as nodeWriteSync } from 'node:fs';
import type { FromSandbox, ModuleAnswer, SandboxResult } from './protocol.ts';

/*
 * The pipes to the engine, with copies of all functions that they need, taken before the user's code could
 * change them. They are read and written without streams and without the event loop: code cannot get hold of
 * their objects, and nothing that a migration left behind runs between two runs.
 */

const { parse, stringify } = JSON;
const { apply } = Reflect;
const { slice } = String.prototype;
const [readSync, writeSync] = [nodeReadSync, nodeWriteSync];
const { alloc, byteLength } = Buffer;
const { copy, indexOf, subarray, utf8Write, utf8Slice } = Buffer.prototype as Buffer & {
  utf8Write(text: string, offset: number, length: number): number;
  utf8Slice(start: number, end: number): string;
};
const leave: (code: number) => never = process.reallyExit.bind(process);

/** A descriptor with one message per line. */
class Lines {
  readonly #fd: number;
  /** The unread data is from `#start` to `#end`. Not in Node's pool, which any code can read. */
  #bytes = apply(alloc, Buffer, [65_536]) as Buffer;
  #start = 0;
  #end = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Waits for the next message; if the engine has exited, the process ends. */
  next(): unknown {
    let from = this.#start;
    for (;;) {
      const read = apply(subarray, this.#bytes, [0, this.#end]) as Buffer;
      const end = apply(indexOf, read, [10, from]) as number;
      if (end >= 0) {
        const text = apply(utf8Slice, read, [this.#start, end]) as string;
        this.#start = end + 1;
        return parse(text);
      }
      // A long message arrives in many pieces; it is not scanned again with each one.
      from = this.#end - this.#start;
      this.#read();
    }
  }

  #read(): void {
    const available = this.#bytes.length - this.#end;
    if (this.#start > 0 || available === 0) {
      const left = apply(subarray, this.#bytes, [this.#start, this.#end]) as Buffer;
      if (available === 0) this.#bytes = apply(alloc, Buffer, [this.#bytes.length * 2]) as Buffer;
      apply(copy, left, [this.#bytes]);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const count = retryInterrupted(() =>
      readSync(this.#fd, this.#bytes, this.#end, this.#bytes.length - this.#end, null),
    );
    if (count === 0) leave(0);
    this.#end += count;
  }
}

/** The engine, seen from the isolated process. */
export class Channel {
  readonly #requests = new Lines(0);
  readonly #modules = new Lines(4);

  /** Blocks until the next request, or rows. */
  receive(): unknown {
    return this.#requests.next();
  }

  /** Writes immediately, even if other code is running. */
  send(message: Exclude<FromSandbox, SandboxResult>): void {
    this.#write(`${stringify(message)}\n`);
  }

  /**
   * Writes a result without calling a method that the migration's code may have changed: the token stays
   * unknown to it.
   * @param result a `SandboxResult` as JSON
   */
  sendResult(result: string, token: string, clean: boolean): void {
    const fields = apply(slice, result, [0, -1]) as string;
    this.#write(`${fields},"token":"${token}","clean":${clean}}\n`);
  }

  #write(text: string): void {
    const bytes = apply(alloc, Buffer, [apply(byteLength, Buffer, [text])]) as Buffer;
    apply(utf8Write, bytes, [text, 0, bytes.length]);
    for (let at = 0; at < bytes.length; ) {
      at += retryInterrupted(() => writeSync(3, bytes, at, bytes.length - at));
    }
  }

  /** Requests a module and waits for the answer. */
  ask(message: Extract<FromSandbox, { t: 'load' | 'resolve' }>): ModuleAnswer {
    this.send(message);
    return this.#modules.next() as ModuleAnswer;
  }
}

function retryInterrupted(work: () => number): number {
  for (;;) {
    try {
      return work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN' && code !== 'EINTR') leave(1);
    }
  }
}

declare global {
  namespace NodeJS {
    interface Process {
      /** Ends the process without running exit handlers. */
      reallyExit(code: number): never;
    }
  }
}
