import type { MikroORM } from '@mikro-orm/core';
import type {
  EngineApi,
  EngineEvent,
  EngineOptions,
  Overview,
  PlanRequest,
  Preview,
  RunOptions,
  RunResult,
} from '../engine/api.ts';
import { Failure } from '../foundation/failure.ts';
import { findRoot } from '../project/config/root.ts';

/** How `createMigtui` opens a project. */
export interface MigtuiOptions extends Partial<Omit<EngineOptions, 'root' | 'config' | 'context' | 'live'>> {
  /** The folder of the project's package.json; default: the nearest one from the current folder. */
  readonly root?: string;
  /** Receives events: statements, progress of runs, output of the project. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** Plans and runs for scripts and tests, with the same guarantees as the command line. */
export interface Migtui {
  /** Reads the state of the database. Writes nothing. */
  overview(): Promise<Overview>;
  /**
   * The steps to a target with their SQL, warnings and data loss. Writes nothing.
   * @throws TargetError; Failure `broken-revisions` | `missing-revision` | …
   */
  plan(
    command: PlanRequest['command'],
    target: string | readonly string[],
    more?: Partial<PlanRequest>,
  ): Promise<Preview>;
  /**
   * Runs exactly the plan, or refuses with `plan-changed`. A failure during the run is in the result; `run`
   * throws only if nothing ran.
   */
  run(plan: Preview, options?: RunOptions): Promise<RunResult>;
  /** Plans and runs an upgrade. @throws Failure, also if a revision failed */
  upgrade(target?: string | readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Plans and runs a downgrade. @throws Failure, also if a revision failed */
  downgrade(target: string, options?: RunOptions): Promise<RunResult>;
  /** Marks revisions as applied without running them. @throws Failure */
  stamp(target: string | readonly string[], options?: RunOptions): Promise<RunResult>;
  /** All other calls that the command line uses. */
  readonly engine: EngineApi;
  close(): Promise<void>;
}

/**
 * Opens migtui with the config of an ORM. It uses its own connections: the ORM is not changed and stays open.
 * The current folder becomes the root of the project, as for the `mikro-orm` CLI.
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
  // Protection rules apply to scripts, too.
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
    overview: () => engine.overview(),
    run: (preview, options = {}) => engine.run(preview, options),
    upgrade: (target = 'head', options) => planAndRun('upgrade', target, options),
    downgrade: (target, options) => planAndRun('downgrade', target, options),
    stamp: (target, options) => planAndRun('stamp', target, options),
    close: () => engine.close(),
  };
}
