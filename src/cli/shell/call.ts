import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EngineApi, EngineEvent, FleetEvent, RunEvent } from '../../engine/api.ts';
import { chooseRoot, WhichProject } from '../../project/config/choose-root.ts';
import { loadSettings } from '../../settings/load.ts';
import type { Settings } from '../../settings/settings.ts';
import { type StrictRule, strictRules } from '../../settings/strict.ts';
import { drawLog, drawTask, drawWaiting } from '../draw/events.ts';
import type { AppRequest, Host } from './host.ts';
import { Output } from './output.ts';

/** Options of every command. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly project?: string;
  readonly color?: boolean;
  readonly config?: string;
  readonly context?: string;
  readonly schema?: string;
  readonly readOnly?: boolean;
  readonly shadow?: string;
  readonly baseline?: string;
  readonly x?: Readonly<Record<string, string>>;
  /** For the commands that run a plan; undefined: from the settings. */
  readonly strict?: boolean;
}

/**
 * The root of the selected project.
 * @throws Failure of `chooseRoot`
 */
export function rootOf(host: Host, { project, config }: SharedOptions = {}): string {
  return chooseRoot(host.cwd, { project, elsewhere: config !== undefined }, host.env);
}

/** The user can choose from a list on this terminal. */
export function isInteractive({ stdin, stdout, env }: Host, { json }: SharedOptions): boolean {
  return stdin.isTTY === true && stdout.isTTY && env.TERM !== 'dumb' && json !== true;
}

/** One call of a command: its options, its output, and the engine once it is needed. */
export class Call {
  readonly host: Host;
  readonly shared: SharedOptions;
  readonly settings: Settings;
  readonly output: Output;
  readonly root: string;
  readonly #fleetListeners = new Set<(event: FleetEvent) => void>();
  readonly #runListeners = new Set<(event: RunEvent) => void>();
  #engine: Promise<EngineApi> | undefined;
  #busyWait: number | undefined;

  private constructor(host: Host, shared: SharedOptions, settings: Settings, root: string) {
    this.host = host;
    this.shared = shared;
    this.settings = settings;
    this.root = root;
    const colour = shared.color ?? (settings.theme === 'none' ? false : undefined);
    this.output = new Output(host, { json: shared.json === true, colour, ascii: settings.ascii });
  }

  /**
   * @param asks with several projects, ask on a terminal which one to use; null: the user cancelled
   * @throws Failure of `chooseRoot` | `settings-invalid`
   */
  static async begin(host: Host, shared: SharedOptions, asks = false): Promise<Call | null> {
    let root: string | null;
    try {
      root = rootOf(host, shared);
    } catch (error) {
      if (!asks || !(error instanceof WhichProject) || !isInteractive(host, shared)) throw error;
      root = await host.chooseProject(error.members);
    }
    if (root === null) return null;
    host.capturePrints();
    return new Call(host, shared, await loadSettings(root, host.env), root);
  }

  /**
   * The options for opening the engine and the app: command line options override project settings, which
   * override user settings.
   */
  get request(): AppRequest {
    const { shadow = this.settings.shadow } = this.shared;
    // A path is relative to the current folder, like every other one.
    const here = this.shared.config && resolve(this.host.cwd, this.shared.config);
    const config = here && existsSync(here) ? here : this.shared.config;
    const context = this.shared.context ?? this.host.env.MIKRO_ORM_CONTEXT_NAME;
    return {
      settings: this.settings,
      options: {
        root: this.root,
        config,
        context,
        schema: this.shared.schema,
        readOnly: this.shared.readOnly ?? this.settings.readOnly,
        strict: this.#strict(),
        protected: this.settings.protected,
        lint: this.settings.lint,
        lockTimeout: this.settings.lockTimeout,
        shadow,
        baseline: this.#baseline(),
        notCompared: this.settings.notCompared,
        x: this.shared.x,
        network: {
          connectTimeout: this.settings.connectTimeout,
          answerTimeout: this.settings.answerTimeout,
          busyWait: this.#busyWait,
        },
      },
    };
  }

  /** On the command line, a path is relative to the current folder; in the settings, to the project. */
  #baseline(): string | undefined {
    if (this.shared.baseline !== undefined) return resolve(this.host.cwd, this.shared.baseline);
    return this.settings.baseline === undefined ? undefined : resolve(this.root, this.settings.baseline);
  }

  #strict(): readonly StrictRule[] {
    const { strict } = this.shared;
    if (strict === undefined) return this.settings.strict;
    if (!strict) return [];
    return this.settings.strict.length > 0 ? this.settings.strict : strictRules;
  }

  /**
   * Opens the engine in this process, once.
   * @param busyWait how long to wait for a server without a free connection, ms; default: a few seconds
   */
  engine(busyWait?: number): Promise<EngineApi> {
    this.#busyWait ??= busyWait;
    this.#engine ??= this.host.openEngine(this.request.options, event => this.#onEvent(event));
    return this.#engine;
  }

  /** Closes the engine if it was opened. */
  async end(): Promise<void> {
    const engine = await this.#engine?.catch(() => undefined);
    await engine?.close();
  }

  /** Listens to the events of a run; returns a function that stops listening. */
  onRun(listener: (event: RunEvent) => void): () => void {
    this.#runListeners.add(listener);
    return () => this.#runListeners.delete(listener);
  }

  /** Listens to the events of a fleet run; returns a function that stops listening. */
  onFleet(listener: (event: FleetEvent) => void): () => void {
    this.#fleetListeners.add(listener);
    return () => this.#fleetListeners.delete(listener);
  }

  #onEvent(event: EngineEvent): void {
    if (event.type === 'fleet') for (const listener of this.#fleetListeners) listener(event.event);
    if (event.type === 'run') for (const listener of this.#runListeners) listener(event.event);
    if (event.type === 'log') this.output.note(event, drawLog);
    if (event.type === 'waiting') this.output.note(event, drawWaiting);
    if (event.type === 'task' && this.host.stderr.isTTY) this.output.note(event, drawTask);
  }
}
