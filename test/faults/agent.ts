/*
 * A separate program: an engine that upgrades a project's database and fails at a given point. It prints
 * every event and result as a line of JSON, so that all output can be searched.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineApi, EngineEvent } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { Failure } from '../../src/foundation/failure.ts';

/** A request to an agent, over IPC. */
export interface Order {
  readonly root: string;
  /** Becomes `FAULT_URL` of the project's config. */
  readonly url: string;
  /** The failure: at the n-th run event (0-based). */
  readonly at?: number;
  /**
   * `die`: SIGKILL this process, which contains the engine; `backends`: the server ends every connection to
   * the database; `crash`: our server process is killed, and the server recovers; `fast`, `immediate`: the
   * server is shut down this way, and starts again.
   */
  readonly accident?: 'die' | 'backends' | 'crash' | 'fast' | 'immediate';
  readonly lockWait?: number;
}

/** A report to its parent. */
export type Report =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      readonly code: string | null;
      readonly events: number;
      readonly tips: readonly string[];
    };

const say = (value: unknown): void => console.log(JSON.stringify(value));

function interrupt({ accident, url }: Order): void {
  if (accident === 'die') process.kill(process.pid, 'SIGKILL');
  // This process is paused meanwhile: the failure happens exactly here.
  const program = fileURLToPath(new URL('./interrupt.ts', import.meta.url));
  const { stderr } = spawnSync(process.execPath, [program, accident as string, url], { encoding: 'utf8' });
  if (stderr) say({ interrupt: stderr });
}

async function upgrade(order: Order): Promise<void> {
  process.env.FAULT_URL = order.url;
  let events = 0;
  const onEvent = (event: EngineEvent): void => {
    say(event);
    if (event.type !== 'run' || event.event.kind === 'watch' || event.event.kind === 'waiting') return;
    if (events++ === order.at) interrupt(order);
  };
  const engine = await openEngine({ root: order.root }, onEvent);
  try {
    const { code, tips } = await run(engine, order);
    process.send?.({ kind: 'done', code, events, tips } satisfies Report);
  } finally {
    await engine.close().catch(() => {});
  }
}

/** Until nothing is pending, like a user: read the state again if the plan has changed. */
async function run(
  engine: EngineApi,
  { lockWait }: Order,
): Promise<{ code: string | null; tips: readonly string[] }> {
  for (;;) {
    const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
    if (preview.plan.steps.length === 0) return { code: null, tips: preview.plan.tips };
    try {
      const result = await engine.run(preview, { lockWait });
      say(result);
      return { code: result.failure?.code ?? null, tips: result.tips };
    } catch (error) {
      const { code, info } = error as Failure;
      say(error instanceof Failure ? info : { message: String(error) });
      if (code !== 'plan-changed') return { code: code ?? 'internal', tips: [] };
    }
  }
}

process.on('message', (order: Order) => {
  upgrade(order).catch(error => {
    say({ message: String((error as Error).stack ?? error) });
    process.send?.({
      kind: 'done',
      code: (error as Failure).code ?? 'internal',
      events: 0,
      tips: [],
    } satisfies Report);
  });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ kind: 'ready' } satisfies Report);
