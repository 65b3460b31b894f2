import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ModuleResolver, moduleSource } from './modules.ts';
import type { Places } from './sandbox/orm.ts';
import type {
  FromSandbox,
  ModuleAnswer,
  SandboxQuery,
  SandboxRequest,
  SandboxResult,
  SandboxRows,
} from './sandbox/protocol.ts';
import { readableFolders, sandboxCommand, whyNoSandbox } from './sandbox-command.ts';
import { SandboxEnded } from './sandbox-ended.ts';
import { howItEnded, isResult, withShortTexts } from './sandbox-result.ts';

/** Limits of one run of a migration's code. */
export interface Limits {
  /** Without a statement, ms. */
  readonly timeoutMs: number;
  /** Of what the code prints, bytes. */
  readonly outputBytes: number;
}

/** The longest accepted message, characters: it contains a migration's SQL. */
const longestMessage = 128 * 1024 * 1024;

/** The largest file that is read for it, bytes. */
const largestFile = 64 * 1024 * 1024;

/** So much of what was sent may be unread, bytes: then it is code that asks for modules and ignores them. */
const longestBacklog = 256 * 1024 * 1024;

type Ask = Omit<SandboxRequest, 't' | 'n'>;

interface Pending {
  readonly resolve: (result: SandboxResult) => void;
  readonly reject: (error: Error) => void;
  readonly onQuery: ((query: SandboxQuery) => Promise<Omit<SandboxRows, 't' | 'n'>>) | null;
  readonly limits: Limits;
  timer: NodeJS.Timeout;
  printed: number;
}

/**
 * A process in which code of migrations is isolated: no database, network, other processes or signals, and no
 * files except for reading the project. One run at a time. It is started on first use, and again after a run
 * that had to be stopped.
 */
export class SandboxProcess {
  readonly #root: string;
  readonly #places: Places;
  readonly #onOutput: (text: string) => void;
  readonly #resolver = new ModuleResolver();
  #child: ChildProcess | null = null;
  #ready: Promise<void> | null = null;
  #pending: Pending | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #count = 0;
  #closed = false;
  /** The part of an incomplete message that has arrived. */
  #parts: string[] = [];
  #length = 0;
  /** Folders and files that the process may read. */
  #readable: readonly string[] = [];
  /** Known only to the process's own code: a result without it comes from somewhere else. */
  #token = '';
  /** Files that were loaded, to restart when one is edited. */
  readonly loaded = new Set<string>();

  /** @param onOutput receives the output of the code */
  constructor(root: string, places: Places, onOutput: (text: string) => void) {
    this.#root = root;
    this.#places = places;
    this.#onOutput = onOutput;
  }

  /**
   * Runs one direction of a migration.
   * @param onQuery runs statements that the code awaits; null: they are recorded and return no rows
   * @throws SandboxEnded if the process ended, or the limits were exceeded
   */
  run(ask: Ask, limits: Limits, onQuery: Pending['onQuery']): Promise<SandboxResult> {
    const done = this.#queue.then(() => this.#run(ask, limits, onQuery));
    this.#queue = done.catch(() => {});
    return done;
  }

  /** Ends the process, and those runs that wait for it. */
  close(): void {
    this.#closed = true;
    this.stop();
  }

  /** Ends the process; the next run starts another. */
  stop(): void {
    const child = this.#child;
    this.#child = this.#ready = null;
    this.loaded.clear();
    child?.kill('SIGKILL');
  }

  async #run(ask: Ask, limits: Limits, onQuery: Pending['onQuery']): Promise<SandboxResult> {
    const why = this.#closed ? 'migtui is exiting' : whyNoSandbox();
    if (why) throw new SandboxEnded(why);
    this.#ready ??= this.#start();
    await this.#ready;
    const request: SandboxRequest = { t: 'run', n: ++this.#count, ...ask };
    const result = await new Promise<SandboxResult>((resolve, reject) => {
      const pending: Pending = {
        resolve,
        reject,
        onQuery,
        limits,
        printed: 0,
        timer: setTimeout(() => {}, 0),
      };
      this.#pending = pending;
      this.#watch(pending);
      this.#write(0, request);
    }).finally(() => {
      if (this.#pending) clearTimeout(this.#pending.timer);
      this.#pending = null;
      this.#child?.unref();
    });
    // Code that failed may have left something behind for the next run.
    if (result.broken || !result.clean) this.stop();
    return result;
  }

  #watch(pending: Pending): void {
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => this.#break('it took too long'), pending.limits.timeoutMs);
  }

  /** Ends the process because of what its code did. */
  #break(why: string): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending) clearTimeout(pending.timer);
    this.stop();
    pending?.reject(new SandboxEnded(why));
  }

  #start(): Promise<void> {
    this.#parts = [];
    this.#length = 0;
    this.#token = randomBytes(16).toString('hex');
    const program = fileURLToPath(new URL('./sandbox/main.ts', import.meta.url));
    this.#readable = readableFolders(this.#root, program);
    const { NODE_OPTIONS: _, ...env } = process.env;
    const [command, ...args] = sandboxCommand(program, this.#readable, this.#places);
    const child = spawn(command, args, {
      cwd: this.#root,
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#child = child;
    // Writing to a process that has ended: its end is reported separately.
    for (const stream of child.stdio) stream?.on('error', () => {});
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => this.#printed(text));
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const incoming = child.stdio[3] as Readable;
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      if (this.#child !== child) return;
      this.#length += chunk.length;
      if (this.#length > longestMessage) return this.#break('its SQL is too long');
      const [first, ...lines] = chunk.split('\n') as [string, ...string[]];
      this.#parts.push(first);
      for (const next of lines) {
        const line = this.#parts.join('');
        this.#parts = [next];
        this.#length = next.length;
        if (this.#child !== child) return;
        this.#receive(line, resolve, reject);
      }
    });
    child.once('error', error => reject(new SandboxEnded(`no process could be started (${error.message})`)));
    child.once('exit', (code, signal) => {
      reject(new SandboxEnded(howItEnded(code, signal)));
      if (this.#child === child) this.#break(howItEnded(code, signal));
    });
    promise.catch(() => {
      if (this.#child === child) this.stop();
    });
    this.#write(0, { token: this.#token });
    return promise;
  }

  /** Only the shape of a message is trusted: it comes from a process that runs the user's code. */
  #receive(line: string, ready: () => void, reject: (error: Error) => void): void {
    const forged = 'it wrote to a file descriptor that it did not open';
    let message: FromSandbox;
    try {
      message = JSON.parse(line) as FromSandbox;
    } catch {
      this.#break(forged);
      return;
    }
    if (message?.t === 'ready') {
      if (message.open.length === 0) ready();
      else reject(new SandboxEnded(`this Node cannot isolate it (${message.open.join(', ')})`));
    } else if (message?.t === 'load') this.#answer(this.#moduleAt(String(message.url)));
    else if (message?.t === 'resolve') {
      this.#answer(this.#resolver.resolve(String(message.specifier), String(message.parent)));
    } else if (message?.t === 'query') void this.#query(message);
    else if (
      message?.t === 'result' &&
      this.#pending &&
      message.n === this.#count &&
      message.token === this.#token &&
      isResult(message)
    ) {
      this.#pending.resolve(withShortTexts(message));
    } else this.#break(forged);
  }

  #moduleAt(url: string): ModuleAnswer {
    if (!url.startsWith('file:')) return { error: `${url} is not a file` };
    const path = fileURLToPath(url.split('?')[0] as string);
    const refused = this.#refusal(path);
    if (refused !== null) return { error: refused };
    this.loaded.add(path);
    return moduleSource(url, this.#places.migration);
  }

  /** Why a file is not read for the process: it could request any file, even without the loader. */
  #refusal(path: string): string | null {
    try {
      const real = realpathSync(path);
      const isOpen = this.#readable.some(folder => real === folder || real.startsWith(`${folder}${sep}`));
      if (!isOpen) return 'a preview cannot read files outside the project';
      const file = statSync(real);
      return file.isFile() && file.size <= largestFile ? null : `${path} is not a file that can be imported`;
    } catch {
      return `${path} cannot be read`;
    }
  }

  async #query(query: SandboxQuery): Promise<void> {
    const pending = this.#pending;
    if (!pending?.onQuery) {
      this.#break('it wrote to a file descriptor that it did not open');
      return;
    }
    // The database's time does not count as the code's.
    clearTimeout(pending.timer);
    const answer = await pending.onQuery(query);
    if (this.#pending !== pending) return;
    this.#watch(pending);
    this.#write(0, { t: 'rows', n: query.n, ...answer } satisfies SandboxRows);
  }

  #printed(text: string): void {
    const pending = this.#pending;
    if (!pending) return;
    pending.printed += text.length;
    if (pending.printed > pending.limits.outputBytes) this.#break('it printed too much');
    else this.#onOutput(text);
  }

  #answer(answer: ModuleAnswer): void {
    this.#write(4, answer);
  }

  #write(fd: 0 | 4, message: object): void {
    const pipe = this.#child?.stdio[fd] as Writable | undefined;
    pipe?.write(`${JSON.stringify(message)}\n`);
    if (pipe && pipe.writableLength > longestBacklog) this.#break('it requests modules without reading them');
  }
}
