import { type Catalog, readCatalog } from '../database/catalog.ts';
import { addressOf } from '../database/connect/address.ts';
import { type Connection, isRefusal } from '../database/connect/connection.ts';
import { isUnreachable, type Refusal, refusalOf } from '../database/connect/refusal.ts';
import type { Dialect } from '../database/dialect.ts';
import { dialectOf } from '../database/dialects.ts';
import type { Ledger, LedgerTable } from '../database/ledger.ts';
import { isTableLocked } from '../database/locked-table.ts';
import { Failure, type Problem } from '../foundation/failure.ts';
import { Previewer } from '../preview/previewer.ts';
import type { Recording } from '../preview/recording.ts';
import { provideXArguments } from '../project/config/x-arguments.ts';
import type { MigrationSource, Sources } from '../project/files/migration-source.ts';
import { openProject, type Project, revisionsOf } from '../project/project.ts';
import { RevisionGraph } from '../revisions/graph.ts';
import type { Protection } from '../settings/protection.ts';
import type { EngineEvent, EngineOptions, Waiting } from './api.ts';
import { protectionsIn, protectionsOf } from './policy/protections.ts';

/** Project and database at one moment. */
export interface State {
  readonly sources: Sources;
  readonly byId: ReadonlyMap<string, MigrationSource>;
  readonly graph: RevisionGraph;
  readonly problems: readonly Problem[];
  readonly database: Connection | Refusal;
  /** Null without a connection. */
  readonly ledger: Ledger | null;
  /** Logged ids, including missing ones, in the order in which they were logged. */
  readonly applied: ReadonlyMap<string, Date | null>;
  /** The same in terms of the graph: a squashed revision instead of those it replaces. */
  readonly done: ReadonlyMap<string, Date | null>;
}

/** When each revision of the graph was applied; for a squashed one, the time of the last replaced one. */
function doneIn(
  graph: RevisionGraph,
  applied: ReadonlyMap<string, Date | null>,
): ReadonlyMap<string, Date | null> {
  const done = new Set(graph.applied(applied.keys()));
  if (done.size === applied.size && [...applied.keys()].every(id => done.has(id))) return applied;
  const lastOf = (id: string): Date | null =>
    graph.replaces(id).reduce<Date | null>((last, one) => {
      const when = applied.get(one) ?? null;
      return last === null || (when !== null && when > last) ? when : last;
    }, null);
  return new Map(Array.from(done, id => [id, applied.has(id) ? (applied.get(id) ?? null) : lastOf(id)]));
}

/** The same project with other applied revisions. */
export function withApplied(state: State, applied: State['applied']): State {
  const { graph } = RevisionGraph.inspect(revisionsOf(state.sources), applied.keys());
  return { ...state, graph, applied, done: doneIn(graph, applied) };
}

/**
 * The ids of a target or of a range `a:b`.
 * @throws TargetError
 */
export function resolved({ graph, applied }: State, target: string): readonly string[] {
  if (target.includes(':')) return graph.range(target, applied.keys()).revisions;
  return graph.resolve(target, applied.keys());
}

/** What the engine keeps between calls: the opened project and its connection. */
export class Session {
  readonly project: Project;
  /** The project to which the targets of the fleet are relative; a different one if a target is open. */
  home: Project;
  readonly dialect: Dialect;
  readonly options: EngineOptions;
  readonly emit: (event: EngineEvent) => void;
  /** When opening began, ms since the epoch: files that were edited later have not been loaded. */
  readonly opened: number;
  /** The database state at the last status; undefined before the first. */
  seen: string | undefined;
  #connecting: Promise<Connection | Refusal> | undefined;
  /** Determines what migrations do without running them. */
  readonly previewer: Previewer;
  /** The live catalog, for the lint rules. */
  readCatalog: (connection: Connection, sql: readonly string[]) => Promise<Catalog | null> = (
    connection,
    sql,
  ) => readCatalog(connection, { sql });
  readonly #imported = new Map<string, string | null>();
  #closing: (() => Promise<void>)[] = [];

  private constructor(
    project: Project,
    options: EngineOptions,
    emit: (event: EngineEvent) => void,
    opened: number,
    previewer?: Previewer,
  ) {
    this.opened = opened;
    this.project = project;
    this.home = project;
    this.dialect = dialectOf(project);
    this.options = options;
    this.emit = emit;
    this.previewer =
      previewer ??
      new Previewer(project, text =>
        emit({
          type: 'log',
          at: new Date().toISOString(),
          level: 'info',
          source: 'project',
          text: text.trimEnd(),
        }),
      );
  }

  /** @param orm whose config is used instead of loading one */
  static async open(
    options: EngineOptions,
    emit: (event: EngineEvent) => void,
    orm?: Project['orm'],
  ): Promise<Session> {
    const opened = performance.timeOrigin + performance.now();
    if (options.x) provideXArguments(options.x);
    const network = {
      ...options.network,
      onWaiting: (waiting: Waiting) => emit({ type: 'waiting', at: new Date().toISOString(), ...waiting }),
    };
    const project = await openProject(options.root, { ...options, orm, network });
    if (options.target === undefined) return new Session(project, options, emit, opened);
    try {
      const { openTarget } = await import('./fleet-target.ts');
      const session = new Session(await openTarget(project, options, network), options, emit, opened);
      session.home = project;
      session.onClose(() => project.close());
      return session;
    } catch (error) {
      await project.close();
      throw error;
    }
  }

  /**
   * This session for another target of the fleet: with its project and connection, everything else unchanged.
   * Must not be closed.
   * @param readCatalog reads the part of the catalog that concerns the target
   */
  on(project: Project, connection: Connection, readCatalog: Session['readCatalog']): Session {
    const other = new Session(project, this.options, this.emit, this.opened, this.previewer);
    other.#connecting = Promise.resolve(connection);
    other.readCatalog = readCatalog;
    other.#closing = this.#closing;
    other.home = this.home;
    return other;
  }

  /** The migrations table; its location is certain only with a connection. */
  get table(): LedgerTable {
    return this.dialect.table(this.project);
  }

  /** The requirements for changing the open database. */
  get protections(): readonly Protection[] {
    const { name, host } = addressOf(this.project);
    const subject = { context: this.project.context, host, database: name };
    return protectionsOf(protectionsIn(this.options.protected), subject);
  }

  /** Whether CI opened this session. */
  get ci(): boolean {
    return this.options.ci ?? !['', '0', 'false', undefined].includes(process.env.CI);
  }

  /** The connection; a refusal is not cached, so the next status tries again. */
  async connection({ create = false } = {}): Promise<Connection | Refusal> {
    const connecting = this.#connecting ?? this.dialect.connect(this.project, { create });
    this.#connecting = connecting;
    const connection = await connecting;
    if (isRefusal(connection)) this.#connecting = undefined;
    return connection;
  }

  /** Reads project and database again, writing nothing. */
  async state(): Promise<State> {
    // Connects while the files are read.
    const reading = this.#applied();
    reading.catch(() => {});
    await new Promise(setImmediate);
    const sources = this.project.sources();
    const { database, ledger } = await reading;
    const applied = ledger?.applied ?? new Map<string, Date | null>();
    const { graph, problems } = RevisionGraph.inspect(revisionsOf(sources), ledger ? applied.keys() : []);
    return {
      sources,
      byId: new Map(sources.migrations.map(migration => [migration.id, migration])),
      graph,
      problems: [...sources.problems, ...problems],
      database,
      ledger,
      applied,
      done: doneIn(graph, applied),
    };
  }

  /** A lost database is refused for now; its pool reconnects when the server is available. */
  async #applied(): Promise<Pick<State, 'database' | 'ledger'>> {
    const database = await this.connection();
    if (isRefusal(database)) return { database, ledger: null };
    try {
      return { database, ledger: await this.dialect.readLedger(database, this.table) };
    } catch (error) {
      if (isTableLocked(error)) return { database: { state: 'refused', failure: error.info }, ledger: null };
      if (!isUnreachable(error)) throw error;
      return { database: refusalOf(error, database.address), ledger: null };
    }
  }

  /** The SQL of one direction of a revision. */
  async record(source: MigrationSource, direction: 'up' | 'down'): Promise<Recording> {
    return this.previewer.record(source, direction);
  }

  /**
   * Call this before a revision's file is imported: Node imports a file once.
   * @throws Failure `restart-needed` if it was edited after this process imported it
   */
  importing(source: MigrationSource): void {
    const seen = this.#imported.get(source.id);
    if (seen !== undefined && seen !== source.checksum) {
      throw new Failure({
        code: 'restart-needed',
        message: `${source.declaration.file ?? source.id} was edited after it was loaded.`,
        next: 'Restart the engine.',
      });
    }
    this.#imported.set(source.id, source.checksum);
  }

  /** Must be done before the project is closed. */
  onClose(work: () => Promise<void>): void {
    this.#closing.push(work);
  }

  async close(): Promise<void> {
    this.previewer.close();
    await Promise.allSettled(this.#closing.map(work => work()));
    const connection = await this.#connecting?.catch(() => undefined);
    if (connection && !isRefusal(connection)) await connection.close().catch(() => {});
    await this.project.close();
  }
}
