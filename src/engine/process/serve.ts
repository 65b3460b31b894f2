import { createBirpc } from 'birpc';
import { ownSignals } from '../../foundation/blocking/watch.ts';
import { CapturedOutput } from '../../foundation/captured-output.ts';
import { Failure } from '../../foundation/failure.ts';
import { loadModules } from '../../project/config/modules.ts';
import type { EngineApi } from '../api.ts';
import { openEngine } from '../engine.ts';
import { EventBatch } from './event-batch.ts';
import { packOverview } from './packed-overview.ts';
import type { Answer, EngineFunctions, FrontEndFunctions } from './wire.ts';

/**
 * Serves the front end that started this process until its channel closes, which means that the front end has
 * exited for whatever reason.
 */
export function serve(): void {
  captureOutput();
  void warmUp(process.argv[2]);
  let engine: EngineApi | undefined;

  const events = new EventBatch(batch => void frontEnd.events.asEvent(batch));
  ownSignals({ parent: process.ppid, beforeCode: () => events.flush() });
  // Events that precede a result are sent before it.
  const answer = async (work: () => Promise<unknown>): Promise<Answer> => {
    const given = await answerOf(work);
    events.flush();
    return given;
  };

  const frontEnd = createBirpc<FrontEndFunctions, EngineFunctions>(
    {
      open: options =>
        answer(async () => {
          engine = await openEngine(options, event => events.add(event));
        }),
      call: (method, args) =>
        answer(async () => {
          if (!engine) throw new Failure({ code: 'not-open', message: 'The engine is not open.' });
          if (method === 'overview') return packOverview(await engine.overview());
          return (engine[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
        }),
    },
    {
      // Nothing more is sent to a closed front end: an error of its channel must not stop the rollback.
      post: data => {
        if (process.connected) process.send?.(data, undefined, undefined, () => {});
      },
      on: listener => void process.on('message', listener),
      timeout: -1,
    },
  );

  /** Ends a run (cancels, rolls back, records it), then exits. */
  async function leave(): Promise<void> {
    await engine?.close().catch(() => {});
    process.exit(0);
  }

  process.on('disconnect', () => void leave());
  process.on('SIGTERM', () => void leave());
  // The front end handles the terminal's signals; if it exits because of one, the channel closes.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
}

/** Output of the project's code and uncaught errors reach the front end without passwords. */
function captureOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const captured = new CapturedOutput(stream.write.bind(stream) as (text: string) => void);
    stream.write = captured.write as typeof stream.write;
    process.on('exit', () => captured.end());
  }
  process.on('uncaughtException', error => {
    // The project's own listener handles it.
    if (process.listenerCount('uncaughtException') > 1) return;
    process.stderr.write(`${error?.stack ?? error}\n`);
    process.exit(1);
  });
}

async function answerOf(work: () => Promise<unknown>): Promise<Answer> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof Failure) return { ok: false, failure: error.info };
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`${stack ?? message}\n`);
    return {
      ok: false,
      failure: { code: 'internal', message, next: 'The log has the details; please report it.' },
    };
  }
}

/**
 * Imports the MikroORM of the given project while the front end is still starting. MikroORM reads the current
 * folder when it is imported. Errors are reported when the project is opened.
 */
async function warmUp(root: string | undefined): Promise<void> {
  if (!root) return;
  try {
    process.chdir(root);
    await loadModules(root);
  } catch {}
}
