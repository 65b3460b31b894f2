import type { Worker } from 'node:worker_threads';
import { Failure } from '../failure.ts';
import type { WatchData, WatchMessage } from './thread.ts';

/*
 * Code of a revision may block this thread, in an endless loop for example. Then no signal is handled, because
 * Node handles signals on this thread. While such code runs, another thread (thread.ts) waits for signals as
 * well: it stops the code if this thread does not respond after a signal.
 */

/** Stops code that blocks this thread, until `end`. */
export interface BlockingWatch {
  /** Rejects with a Failure, `cancelled`, when code was stopped: its own promise never settles. */
  readonly stopped: Promise<never>;
  /** Resolves when signals are noticed. */
  readonly ready: Promise<void>;
  /**
   * What is printed if the code cannot be stopped (it waits inside Node or an add-on) and the process has to
   * be killed: a sentence about what is done.
   */
  setSummary(summary: string): void;
  /** The run is being cancelled: from now on, code is stopped without a further signal. */
  cancelling(): void;
  end(): void;
}

/** How long an unused thread is kept, ms: between loading revisions and running them. */
const idleMs = 1_000;

/** What a process that owns its signals can do around code that blocks it. */
export interface Owner {
  /** The result is printed as JSON. */
  readonly json?: boolean;
  /** The process that this one must not outlive. */
  readonly parent?: number | null;
  /** Called before code runs: nothing can be sent or drawn while it blocks. */
  readonly beforeCode?: () => void;
}

let owner: Owner | null = null;
let thread: Worker | null = null;
let ready: Promise<void> = Promise.resolve();
let leaving: NodeJS.Timeout | undefined;
const watching = new Set<(error: Failure) => void>();

/**
 * The process belongs to migtui, which handles its signals. Without this call, signals are the application's,
 * and `watchBlocking` does nothing.
 */
export function ownSignals(by: Owner = {}): void {
  owner = by;
}

/** Call this immediately before code that may block. */
export function beforeCode(): void {
  owner?.beforeCode?.();
}

/** Starts to watch for a signal while code of the user runs on this thread. */
export function watchBlocking(): BlockingWatch {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  watching.add(reject);
  clearTimeout(leaving);
  if (owner) thread ??= startThread(owner);
  return {
    stopped,
    ready,
    setSummary(summary) {
      thread?.postMessage({ summary } satisfies WatchMessage);
    },
    cancelling() {
      thread?.postMessage({ cancelling: true } satisfies WatchMessage);
    },
    end() {
      watching.delete(reject);
      if (watching.size > 0) return;
      thread?.postMessage({ cancelling: false } satisfies WatchMessage);
      leaving = setTimeout(() => {
        const unused = thread;
        thread = null;
        void unused?.terminate();
      }, idleMs).unref();
    },
  };
}

/** Null if there can be no thread, as under a permission model. */
function startThread({ json = false, parent = null }: Owner): Worker | null {
  const heartbeat = new Int32Array(new SharedArrayBuffer(4));
  try {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Loaded on first use: that takes 2 ms, and only runs need it.
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const started = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: { heartbeat, json, parent } satisfies WatchData,
      // Node handles signals on other threads too, but only its own modules can ask for that.
      execArgv: ['--expose-internals', '--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    });
    started.on('message', (message: 'ready' | 'ping' | 'stopped') => {
      if (message === 'ready') {
        resolve();
        started.unref();
      }
      Atomics.add(heartbeat, 0, 1);
      if (message === 'stopped') for (const reject of watching) reject(codeStopped());
    });
    // Without it, blocking code cannot be stopped; nothing else changes.
    started.on('error', () => {
      if (thread === started) thread = null;
      resolve();
    });
    ready = promise;
    return started;
  } catch {
    return null;
  }
}

function codeStopped(): Failure {
  return new Failure({
    code: 'cancelled',
    message: 'Cancelled: the code of a revision blocked the process and was stopped.',
  });
}
