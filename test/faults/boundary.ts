/*
 * Loaded into every process of the real program before anything else (NODE_OPTIONS=--import), to end it at one exact
 * moment. FAULT_AT is that moment, FAULT_ENDS who is ended:
 *
 * - `face`, `engine`, `both`: the app. FAULT_AT counts the run events that the engine tells, as agent.ts does, and the
 *   engine's process is where they are counted: it stands still at the event until the face is dead.
 * - `command`: a headless command. FAULT_AT counts what it writes to sockets, the server's.
 */
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';

const at = Number(process.env.FAULT_AT);
const ends = process.env.FAULT_ENDS;

function isBoundary(message: unknown): boolean {
  const { m, a } = message as { m?: string; a?: { type?: string; event?: { kind?: string } }[] };
  const told = m === 'event' && a?.[0]?.type === 'run' ? a[0].event?.kind : undefined;
  return told !== undefined && told !== 'watch' && told !== 'waiting';
}

/** Dead, though perhaps not yet buried by its parent. */
function isDead(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

function strike(): void {
  const face = process.ppid;
  if (ends !== 'engine') {
    process.kill(face, 'SIGKILL');
    while (!isDead(face));
  }
  if (ends !== 'face') process.kill(process.pid, 'SIGKILL');
}

if (ends === 'command') {
  const write = Socket.prototype.write;
  let writes = 0;
  Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
    if (this.remotePort !== undefined && writes++ === at) process.kill(process.pid, 'SIGKILL');
    return write.apply(this, args);
  } as typeof write;
  process.on('exit', () => console.error(`FAULT_WRITES ${writes}`));
} else if (process.send) {
  const send = process.send.bind(process) as (...args: unknown[]) => boolean;
  let events = 0;
  process.send = (message: unknown, ...more: unknown[]) => {
    if (isBoundary(message) && events++ === at) strike();
    return send(message, ...more);
  };
}
