/*
 * Loaded into every process of the real program before anything else (NODE_OPTIONS=--import), to end it at
 * one exact
 * point. FAULT_AT is that point, FAULT_ENDS selects who is ended:
 *
 * - `face`, `engine`, `both`: the app. FAULT_AT counts the engine's writes to the server after the app
 * requests the
 *   run. The engine is paused before that write until the app is dead.
 * - `command`: a headless command. FAULT_AT counts its writes to the server.
 *
 * FAULT_COUNT names a file that gets the number of writes when the run has finished.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';

const at = Number(process.env.FAULT_AT);
const ends = process.env.FAULT_ENDS;

/** The app's call that starts the run. */
const beginsRun = (message: unknown): boolean => {
  const { m, a } = message as { m?: string; a?: unknown[] };
  return m === 'call' && a?.[0] === 'run';
};

/** The events that tell the app that the run has finished. */
const endsRun = (message: unknown): boolean => {
  const { m, a } = message as { m?: string; a?: { type?: string; event?: { kind?: string } }[][] };
  return m === 'events' && a?.[0]?.some(one => one.type === 'run' && one.event?.kind === 'finished') === true;
};

/** Calls `before` before each write to a server, with its number. */
function countWrites(before: (count: number) => void): void {
  const write = Socket.prototype.write;
  let writes = 0;
  Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
    if (this.remotePort !== undefined) before(writes++);
    return write.apply(this, args);
  } as typeof write;
}

function tellCount(count: number): void {
  if (process.env.FAULT_COUNT) writeFileSync(process.env.FAULT_COUNT, String(count));
}

/** Dead, though possibly not yet reaped by its parent. */
function isDead(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

function stopHere(): void {
  const face = process.ppid;
  if (ends !== 'engine') {
    process.kill(face, 'SIGKILL');
    while (!isDead(face));
  }
  if (ends !== 'face') process.kill(process.pid, 'SIGKILL');
}

if (ends === 'command') {
  let writes = 0;
  countWrites(count => {
    if (count === at) process.kill(process.pid, 'SIGKILL');
    writes = count + 1;
  });
  process.on('exit', () => tellCount(writes));
} else if (process.send) {
  let running = false;
  let writes = 0;
  process.on('message', message => {
    running ||= beginsRun(message);
  });
  countWrites(() => {
    if (running && writes++ === at) stopHere();
  });
  const send = process.send.bind(process) as (...args: unknown[]) => boolean;
  process.send = (message: unknown, ...more: unknown[]) => {
    if (running && endsRun(message)) tellCount(writes);
    return send(message, ...more);
  };
}
