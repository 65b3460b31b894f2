import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createBirpc } from 'birpc';
import { wasBlocked } from '../../foundation/blocking/messages.ts';
import { Failure } from '../../foundation/failure.ts';
import type { EngineApi, EngineEvent, EngineOptions } from '../api.ts';
import type { EngineConnection, EngineExit } from './connection.ts';
import { EventBatch } from './event-batch.ts';
import { forkEngine } from './fork.ts';
import { type PackedOverview, unpackOverview } from './packed-overview.ts';
import { type Launched, renewable } from './renewable.ts';
import type { Answer, EngineFunctions, FrontEndFunctions } from './wire.ts';

/** All method names: a method that is missing here could not be called. */
const methods = Object.keys({
  overview: true,
  revision: true,
  show: true,
  resolve: true,
  preview: true,
  lint: true,
  run: true,
  cancel: true,
  endSession: true,
  journal: true,
  resolveRevision: true,
  ensureTable: true,
  emptying: true,
  empty: true,
  script: true,
  effect: true,
  authors: true,
  sizes: true,
  arrivals: true,
  fleetStatus: true,
  fleetStages: true,
  fleetRehearse: true,
  fleetPlan: true,
  fleetRun: true,
  fleetContinue: true,
  fleetCancel: true,
  compare: true,
  doctor: true,
  check: true,
  draftRevision: true,
  draftSplit: true,
  draftFix: true,
  draftMerge: true,
  draftRebase: true,
  draftAdopt: true,
  draftSquash: true,
  diff: true,
  draftInit: true,
  rehearse: true,
  rehearsePlan: true,
  bake: true,
  test: true,
  write: true,
  close: true,
} satisfies Record<keyof EngineApi, true>) as (keyof EngineApi)[];

/** How much of a crashing engine's output is kept, characters. */
const maxOutput = 4_000;

/** Time to wait for the last output of a dead engine, ms. */
const outputTimeoutMs = 200;

/**
 * Opens a project in an engine process and calls it over IPC. The first call waits until it is open.
 * @param launchChild starts the process, now and at every restart
 */
export function startEngine(
  options: EngineOptions,
  launchChild: () => ChildProcess = () => forkEngine(options.root),
): EngineConnection {
  const listeners = new Set<(events: readonly EngineEvent[]) => void>();
  const exits = new Set<(exit: EngineExit) => void>();
  const onEvents = (events: readonly EngineEvent[]): void => {
    for (const listener of listeners) listener(events);
  };
  const gone = (exit: EngineExit): void => {
    for (const listener of exits) listener(exit);
  };
  let opening = options;
  const engine = renewable(change => {
    opening = { ...opening, ...change };
    return launch(launchChild(), opening, onEvents, gone);
  });
  const api = Object.fromEntries(
    methods.map(method => [method, (...args: unknown[]) => engine.call(method, args)]),
  ) as unknown as EngineApi;
  return {
    api,
    events(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onExit(listener) {
      exits.add(listener);
      return () => exits.delete(listener);
    },
    restart: engine.renew,
    kill: engine.kill,
    stop: engine.stop,
  };
}

function launch(
  child: ChildProcess,
  options: EngineOptions,
  onEvents: (events: readonly EngineEvent[]) => void,
  gone: (exit: EngineExit) => void,
): Launched {
  let lastOutput = '';
  let leaving = false;
  /** Set when the process has exited. */
  let died: Failure | undefined;
  /** Pending calls that may change something. */
  let changing = 0;
  const printed = new EventBatch(onEvents);
  const capture = (output: Readable | null, level: 'info' | 'error'): void => {
    if (!output) return;
    // A line that the pipe splits in two is still one line.
    createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on('line', text => {
      lastOutput = `${lastOutput}${text}\n`.slice(-maxOutput);
      if (text.trim() === '') return;
      printed.add({ type: 'log', at: new Date().toISOString(), level, source: 'project', text });
    });
  };
  capture(child.stdout, 'info');
  capture(child.stderr, 'error');

  const engine = createBirpc<EngineFunctions, FrontEndFunctions>(
    { events: onEvents },
    {
      post: data => {
        // An engine that has just died: its exit handler answers pending calls.
        if (child.connected) child.send(data, () => {});
      },
      on: listener => void child.on('message', listener),
      timeout: -1,
    },
  );
  const exited = new Promise<EngineExit>(resolve => {
    child.on('error', error => {
      // It never started. Any other error belongs to a process that will exit.
      if (child.pid === undefined) resolve({ code: null, signal: null, lastOutput: error.message });
    });
    // Its last output may still arrive; a child process of its own may hold the pipe open.
    child.once('exit', (code, signal) => {
      const exited = (): void => resolve({ code, signal, lastOutput, blocked: wasBlocked(lastOutput) });
      child.once('close', exited);
      setTimeout(exited, outputTimeoutMs).unref();
    });
  });
  void exited.then(exit => {
    died = new Failure({
      code: 'engine-died',
      message: `The engine ended (${exit.signal ?? `exit code ${exit.code}`}).`,
      next: 'Press r to restart it; the log has its last output.',
    });
    engine.$close(died);
    printed.flush();
    if (!leaving) gone(exit);
  });
  const opened = engine.open(options).then(unwrap);
  opened.catch(() => {});
  return {
    async call(method, args) {
      try {
        await opened;
        if (isCancel(method, args)) interrupt(child);
        const mayChange = reading.has(method) ? 0 : 1;
        changing += mayChange;
        const value = unwrap(
          await engine.call(method, args).finally(() => {
            changing -= mayChange;
          }),
        );
        return method === 'overview' ? unpackOverview(value as PackedOverview) : value;
      } catch (error) {
        if (error instanceof Failure) throw error;
        // birpc's message for a call after the end.
        if (died) throw died;
        const cause = (error as { cause?: unknown }).cause;
        throw cause instanceof Failure ? cause : error;
      }
    },
    async stop() {
      leaving = true;
      if (child.connected) child.disconnect();
      await endOf(child, exited, changing > 0 ? endingMs.changing : endingMs.reading);
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}

const isCancel = (method: keyof EngineApi, [mode]: readonly unknown[]): boolean =>
  (method === 'cancel' || method === 'fleetCancel') && mode === 'rollback';

/** Stops code of a revision that blocks the engine, which then cannot receive the call. Otherwise it does nothing. */
function interrupt(child: ChildProcess): void {
  // On Windows, this would end the process.
  if (process.platform !== 'win32') child.kill('SIGINT');
}

function unwrap(answer: Answer): unknown {
  if (!answer.ok) throw new Failure(answer.failure);
  return answer.value;
}

/** Calls that only read, and leave nothing behind when they are interrupted. */
const reading: ReadonlySet<keyof EngineApi> = new Set([
  'overview',
  'revision',
  'show',
  'resolve',
  'preview',
  'lint',
  'journal',
  'effect',
  'authors',
  'sizes',
  'arrivals',
  'fleetStatus',
  'fleetStages',
]);

/** Time for the engine to end, ms: for a rollback, or if it only reads. */
const endingMs = { changing: 4_500, reading: 700 } as const;

/** Waits for a graceful end; then kills the process. */
async function endOf(child: ChildProcess, exited: Promise<EngineExit>, ms: number): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  await exited;
  clearTimeout(timer);
}
