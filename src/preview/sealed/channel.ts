import { readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { FromSealed, ModuleAnswer } from './protocol.ts';

/*
 * The pipes to the engine, with everything they need taken before the user's code could change it.
 */

const { parse, stringify } = JSON;
const { from } = Buffer;
const apply = Reflect.apply;
const decoder = new TextDecoder();

/** Reading requests, as they come. */
export class Channel {
  readonly #socket = new Socket({ fd: 0, readable: true, writable: false });

  /** Node's handle of the pipe. */
  get handle(): object {
    return (this.#socket as unknown as { _handle: object })._handle;
  }

  /** @param onLine called with each message */
  listen(onLine: (message: unknown) => void): void {
    let rest = '';
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (chunk: Buffer | string) => {
      rest += String(chunk);
      if (!String(chunk).includes('\n')) return;
      for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
        const line = rest.slice(0, at);
        rest = rest.slice(at + 1);
        onLine(parse(line));
      }
    });
    // the engine is gone
    this.#socket.on('end', () => process.reallyExit(0));
  }

  /** Writes at once, whatever else is going on. */
  send(message: FromSealed): void {
    const bytes = apply(from, Buffer, [`${stringify(message)}\n`]) as Buffer;
    for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at);
  }

  /** Asks for a module and waits for the answer. */
  ask(message: Extract<FromSealed, { t: 'load' | 'resolve' }>): ModuleAnswer {
    this.send(message);
    const chunks: number[] = [];
    const block = Buffer.alloc(65_536);
    while (true) {
      const count = readSync(4, block);
      if (count === 0) process.reallyExit(1);
      for (let index = 0; index < count; index++) chunks[chunks.length] = block[index] as number;
      if (chunks[chunks.length - 1] === 10)
        return parse(decoder.decode(new Uint8Array(chunks))) as ModuleAnswer;
    }
  }
}

declare global {
  namespace NodeJS {
    interface Process {
      /** Ends the process without telling anybody in it. */
      reallyExit(code: number): never;
    }
  }
}
