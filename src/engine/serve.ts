import { createBirpc } from 'birpc';
import { CapturedOutput } from '../foundation/captured-output.ts';
import { Failure } from '../foundation/failure.ts';
import { loadModules } from '../project/modules.ts';
import type { EngineApi } from './api.ts';
import { openEngine } from './engine.ts';
import { EventBatch } from './event-batch.ts';
import type { Answer, EngineFunctions, FrontEndFunctions } from './wire.ts';

/**
 * Answers the front end that started this process, until its channel closes: then the front end is gone, however it
 * went.
 */
export function serve(): void {
  captureOutput();
  void warmUp(process.argv[2]);
  let engine: EngineApi | undefined;

  const events = new EventBatch(batch => void frontEnd.events.asEvent(batch));
  // events before an answer are sent before it
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
          return (engine[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
        }),
    },
    {
      // nothing more is sent to a closed front end: its channel's error must not end the rollback
      post: data => {
        if (process.connected) process.send?.(data, undefined, undefined, () => {});
      },
      on: listener => void process.on('message', listener),
      timeout: -1,
    },
  );

  /** Ends what runs (cancel, roll back, write it down), then goes. */
  async function leave(): Promise<void> {
    await engine?.close().catch(() => {});
    process.exit(0);
  }

  process.on('disconnect', () => void leave());
  process.on('SIGTERM', () => void leave());
  // the terminal's signals are the front end's business; when it ends because of one, the channel closes
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
}

/** What the project's code prints, and uncaught errors, reach the front end without passwords. */
function captureOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const captured = new CapturedOutput(stream.write.bind(stream) as (text: string) => void);
    stream.write = captured.write as typeof stream.write;
    process.on('exit', () => captured.flush());
  }
  process.on('uncaughtException', error => {
    // a listener of the project's own takes care of it
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
 * Imports the MikroORM of the project that the front end named when it started us, while the front end is still busy
 * with itself.
 * MikroORM takes the current folder as it is imported. Opening the project tells what is wrong with it.
 */
async function warmUp(root: string | undefined): Promise<void> {
  if (!root) return;
  try {
    process.chdir(root);
    await loadModules(root);
  } catch {}
}
