import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { sameKeyMs } from '../same-key.ts';
import { blocksMessage, killedMessage } from './messages.ts';

/*
 * The thread of watch.ts. After a signal, it pings the main thread. If there is no answer, it stops the
 * JavaScript that blocks it; if that does not help either, it kills the process.
 */

/** A message of the main thread; it has one of these. */
export interface WatchMessage {
  /** What is done, as a sentence. */
  readonly summary?: string;
  /** The run is being cancelled: from now on, no code may block the main thread. */
  readonly cancelling?: boolean;
}

/** What the thread is started with. */
export interface WatchData {
  /** The answers of the main thread: it adds 1 for each message. */
  readonly heartbeat: Int32Array;
  /** The result is printed as JSON. */
  readonly json: boolean;
  /** The process that this one must not outlive; null: none. */
  readonly parent: number | null;
}

const { heartbeat, json, parent } = workerData as WatchData;

/** How often the main thread is checked after a signal, ms. */
const checkMs = 100;
/** The main thread is blocked if it does not answer for this long, ms. */
const blockedMs = 700;
/** The process is killed if the main thread has not answered for this long after SIGTERM, ms. */
const killMs = 4_300;
/** How often it is checked whether the parent process still exists, ms. */
const parentMs = 500;

/** What is done, with a space before it. */
let summary = '';
let cancelling = false;
/** The unanswered ping: the answers before it, and when it was sent. */
let pinged: { readonly heartbeat: number; at: number } | null = null;
/** When the user or the system asked for the end without waiting; null: not yet, or the main thread answered. */
let endAsked: number | null = null;
/** The first Ctrl-C that the main thread has not answered. */
let interrupted: number | null = null;
let announced = false;
let checking: NodeJS.Timeout | undefined;

parentPort?.on('message', (message: WatchMessage) => {
  if (message.summary !== undefined) summary = ` ${message.summary}`;
  if (message.cancelling === undefined) return;
  cancelling = message.cancelling;
  if (cancelling) {
    checking ??= setInterval(check, checkMs);
  }
});

const Signal = signalClass();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) listen(name);
if (parent !== null) setInterval(noticeParent, parentMs);
parentPort?.postMessage('ready');

/** The main thread notices the end of its parent by itself, unless it is blocked. */
function noticeParent(): void {
  if (process.ppid === parent) return;
  endAsked ??= performance.now();
  checking ??= setInterval(check, checkMs);
}

function listen(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
  if (!Signal) return;
  const signal = new Signal();
  signal.unref();
  signal.onsignal = () => {
    const now = performance.now();
    const repeated = interrupted !== null && now - interrupted > sameKeyMs;
    if (name !== 'SIGINT' || repeated || cancelling) endAsked ??= now;
    interrupted ??= now;
    checking ??= setInterval(check, checkMs);
  };
  signal.start(constants.signals[name]);
}

function check(): void {
  const now = performance.now();
  const answered = Atomics.load(heartbeat, 0);
  if (pinged && pinged.heartbeat !== answered) {
    // The main thread handles signals itself.
    pinged = endAsked = interrupted = null;
    if (cancelling) return;
    clearInterval(checking);
    checking = undefined;
  } else if (!pinged) {
    pinged = { heartbeat: answered, at: now };
    parentPort?.postMessage('ping');
  } else if (endAsked !== null && now - endAsked > killMs) {
    kill();
  } else if (now - pinged.at > blockedMs) {
    pinged.at = now;
    stopCode();
  }
}

/**
 * Ends the JavaScript that the main thread is running; it continues with its next event. Inside a callback of
 * a timer, Node ends the process instead (its stack of asynchronous calls is broken), so the summary is
 * printed before.
 */
function stopCode(): void {
  if (!announced) print(`${blocksMessage} and is stopped.${summary}\n`);
  announced = true;
  const session = new Session();
  try {
    session.connectToMainThread();
    session.post('Runtime.terminateExecution', () => {
      session.disconnect();
      parentPort?.postMessage('stopped');
    });
  } catch {
    // Another debugger does not prevent this; a Node without an inspector does.
  }
}

function kill(): never {
  const message = `${killedMessage}, and the process was killed.${summary} The server rolls back what was not committed.`;
  const next = 'Run migtui status to see the state.';
  if (json) print(`${JSON.stringify({ error: { code: 'ended-early', message, next } }, null, 2)}\n`, 1);
  else print(`error: ${message}\nnext:  ${next}\n`);
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
}

/** Only text of our own: nothing here makes other text safe for a terminal. */
function print(text: string, fd: 1 | 2 = 2): void {
  try {
    writeSync(fd, text);
  } catch {
    // The terminal is gone.
  }
}

interface SignalHandle {
  onsignal: () => void;
  start(signal: number): void;
  unref(): void;
}

/** Node's handle of a signal, which works on any thread. */
function signalClass(): (new () => SignalHandle) | null {
  try {
    const internal = createRequire(import.meta.url)('internal/test/binding') as {
      internalBinding(name: 'signal_wrap'): { Signal: new () => SignalHandle };
    };
    return internal.internalBinding('signal_wrap').Signal;
  } catch {
    return null;
  }
}
