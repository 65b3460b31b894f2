import type { MikroORM } from '@mikro-orm/core';
import type {
  EngineApi,
  EngineEvent,
  EngineOptions,
  Look,
  PlanRequest,
  Preview,
  RunOptions,
  RunResult,
} from '../engine/api.ts';
import { Failure } from '../foundation/failure.ts';
import { findRoot } from '../project/root.ts';

/** How `createMigtui` opens a project. */
export interface MigtuiOptions extends Partial<Omit<EngineOptions, 'root' | 'config' | 'context' | 'live'>> {
  /** The folder of the project's package.json; default: the nearest one from the current folder. */
  readonly root?: string;
  /** Receives what happens: statements, progress of runs, what the project prints. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** Plans and runs for scripts and tests, with what the command line promises. */
export interface Migtui {
  /** Where the database stands. Writes nothing. */
  look(): Promise<Look>;
  /**
   * The steps to a target with their SQL, warnings and losses. Writes nothing.
   * @throws TargetError; Failure `broken-revisions` | `missing-revision` | …
   */
  plan(
    command: PlanRequest['command'],
    target: string | readonly string[],
    more?: Partial<PlanRequest>,
  ): Promise<Preview>;
  /**
   * Runs exactly the plan, or refuses with `plan-changed`. A failure on the way is in the result; `run` throws only
   * when nothing ran at all.
   */
  run(plan: Preview, options?: RunOptions): Promise<RunResult>;
  /** Plans and runs an upgrade. @throws Failure, also when a revision failed */
  upgrade(target?: string | readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Plans and runs a downgrade. @throws Failure, also when a revision failed */
  downgrade(target: string, options?: RunOptions): Promise<RunResult>;
  /** Writes what is applied without running it. @throws Failure */
  stamp(target: string | readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Everything else that the command line asks. */
  readonly engine: EngineApi;
  close(): Promise<void>;
}

/**
 * Opens migtui on the config of an ORM. Its connections are migtui's own: the ORM stays as it is, and open. The
 * current folder becomes the project's root, as for the `mikro-orm` CLI.
 *
 *     const migtui = await createMigtui(orm);
 *     await migtui.upgrade('head');
 *     await migtui.close();
 *
 * @throws Failure `mikro-orm-mismatch` | `no-project` | `wrong-driver` | …
 */
export async function createMigtui(orm: MikroORM, options: MigtuiOptions = {}): Promise<Migtui> {
  const { root = findRoot(process.cwd()), onEvent = () => {}, ...rest } = options;
  const { openEngine } = await import('../engine/engine.ts');
  // what protects a database protects it from scripts, too
  const { allProtections } = await import('../engine/policy/settings.ts');
  const protections = await allProtections(root, rest.protected);
  const engine = await openEngine({ ...rest, root, protected: protections }, onEvent, orm);
  const targetsOf = (target: string | readonly string[]) => (typeof target === 'string' ? [target] : target);
  const plan: Migtui['plan'] = (command, target, more = {}) =>
    engine.preview({ ...more, command, targets: targetsOf(target) });
  const planAndRun = async (
    command: PlanRequest['command'],
    target: string | readonly string[],
    options: RunOptions = {},
  ): Promise<RunResult> => {
    const result = await engine.run(await plan(command, target), options);
    if (result.failure) throw new Failure(result.failure);
    return result;
  };
  return {
    engine,
    plan,
    look: () => engine.look(),
    run: (preview, options = {}) => engine.run(preview, options),
    upgrade: (target = 'head', options) => planAndRun('upgrade', target, options),
    downgrade: (target, options) => planAndRun('downgrade', target, options),
    stamp: (target, options) => planAndRun('stamp', target, options),
    close: () => engine.close(),
  };
}
