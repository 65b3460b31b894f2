import { addressOf } from '../database/connect/address.ts';
import { type Connection, connect, isRefusal } from '../database/connect/connection.ts';
import { Failure, type Problem } from '../foundation/failure.ts';
import type { FileChecksums, MigrationSource } from '../project/files/migration-source.ts';
import { fileChecksums } from '../project/files/sources.ts';
import { isUrl, projectOn } from '../project/other-database.ts';
import { isEmbedded, type Project, revisionsOf } from '../project/project.ts';
import { RevisionGraph } from '../revisions/graph.ts';
import { mostAtOnce } from './capacity.ts';
import { nameOf, type Target } from './target.ts';

/** The revisions of a context, read once. */
export interface Files {
  readonly project: Project;
  readonly byId: ReadonlyMap<string, MigrationSource>;
  /** The current checksum, by revision id. */
  readonly checksums: ReadonlyMap<string, string | null>;
  readonly fileChecksums: FileChecksums;
  readonly graph: RevisionGraph;
  readonly problems: readonly Problem[];
}

/** A database that has targets, connected. */
export interface FleetDatabase {
  readonly files: Files;
  /** On this database. */
  readonly project: Project;
  readonly connection: Connection;
  close(): Promise<void>;
}

/** What the fleet receives from the code that opened the project. */
export interface OpenedProject {
  readonly project: Project;
  /** The open connection; PGlite has no other. */
  connection(): Promise<Connection>;
  /** Opens another context of the same config. */
  open(context: string): Promise<Project>;
  /** A target that is open in the app: on PGlite, only its connection can be used. */
  readonly target?: { readonly project: Project; connection(): Promise<Connection> } | undefined;
}

/** The databases of a fleet: addresses and connections. */
export class FleetDatabases {
  readonly #home: OpenedProject;
  readonly #files = new Map<string, Promise<Files>>();
  readonly #projects: Project[] = [];
  /** The config's own database of each context: many targets are in it. */
  readonly #kept = new Map<string, Promise<FleetDatabase>>();
  readonly #opened: Promise<FleetDatabase>[] = [];

  constructor(home: OpenedProject) {
    this.#home = home;
  }

  get home(): Project {
    return this.#home.project;
  }

  /** The name of a target's context. */
  contextOf({ context }: Pick<Target, 'context'>): string {
    return context ?? this.home.context;
  }

  /** Identifies the database of a target. */
  keyOf(target: Pick<Target, 'context' | 'database'>): string {
    return JSON.stringify([this.contextOf(target), target.database]);
  }

  /**
   * The files of a context.
   * @throws Failure of opening the project
   */
  files(context: string | null): Promise<Files> {
    const name = context ?? this.home.context;
    const known = this.#files.get(name) ?? this.#open(name);
    this.#files.set(name, known);
    return known;
  }

  async #open(context: string): Promise<Files> {
    const { home } = this;
    const project =
      context === home.context ? home : (this.#held(context) ?? (await this.#home.open(context)));
    if (project !== home && project !== this.#home.target?.project) this.#projects.push(project);
    const sources = project.sources();
    const { graph, problems } = RevisionGraph.inspect(revisionsOf(sources));
    return {
      project,
      byId: new Map(sources.migrations.map(migration => [migration.id, migration])),
      checksums: new Map(sources.migrations.map(({ id, checksum }) => [id, checksum])),
      fileChecksums: fileChecksums(sources.migrations),
      graph,
      problems: [...sources.problems, ...problems],
    };
  }

  #held(context: string): Project | null {
    const { project } = this.#home.target ?? {};
    return project?.context === context && isEmbedded(project.orm) ? project : null;
  }

  /**
   * Connects to a database of the fleet. The config's own database stays connected until `close`.
   * @param max maximum number of connections
   * @throws Failure of the database, `bad-database`
   */
  async connect(context: string | null, database: string | null, max: number): Promise<FleetDatabase> {
    const { project } = await this.files(context);
    if (database !== null || max > mostAtOnce || isEmbedded(project.orm)) {
      return this.#connect(context, database, max);
    }
    const name = this.contextOf({ context });
    const known = this.#kept.get(name);
    if (known && (await answers(known))) return known;
    const opening = this.#connect(context, null, mostAtOnce);
    const kept = opening.then(site => ({ ...site, close: async () => {} }));
    this.#kept.set(name, kept);
    this.#opened.push(opening);
    return kept;
  }

  async #connect(context: string | null, database: string | null, max: number): Promise<FleetDatabase> {
    const files = await this.files(context);
    const { project } = files;
    if (isEmbedded(project.orm)) return this.#embedded(files, database);
    const there = (await projectOn(project, database, max)) as Project;
    const done = async (): Promise<void> => {
      await there.close();
    };
    try {
      requirePlace(there, database);
      const connection = await connect(there);
      if (isRefusal(connection)) throw new Failure(connection.failure);
      return {
        files,
        project: there,
        connection,
        async close() {
          await connection.close().catch(() => {});
          await done();
        },
      };
    } catch (error) {
      await done();
      throw error;
    }
  }

  async #embedded(files: Files, database: string | null): Promise<FleetDatabase> {
    const { project } = files;
    if (database !== null) {
      throw new Failure({
        code: 'bad-database',
        message: `PGlite has only one database, so the fleet cannot connect to ${nameOf(database)}.`,
        next: 'Use a context whose config uses the driver of @mikro-orm/postgresql.',
      });
    }
    if (project === this.home) {
      const connection = await this.#home.connection();
      return { files, project, connection, close: async () => {} };
    }
    const { target } = this.#home;
    if (project === target?.project) {
      return { files, project, connection: await target.connection(), close: async () => {} };
    }
    const connection = await connect(project);
    if (isRefusal(connection)) throw new Failure(connection.failure);
    return { files, project, connection, close: () => connection.close() };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opened.map(async opening => (await opening).close()));
    await Promise.allSettled(this.#projects.map(project => project.close()));
  }
}

/** Whether a database was connected, and still is. */
async function answers(connected: Promise<FleetDatabase>): Promise<boolean> {
  try {
    await (await connected).connection.query('select 1');
    return true;
  } catch {
    return false;
  }
}

/**
 * A config that sets the connection itself (driverOptions) would connect every target to the same database.
 * @throws Failure `bad-database`
 */
export function requirePlace(project: Project, database: string | null): void {
  if (database === null) return;
  const name = isUrl(database) ? nameOf(database) : database;
  const address = addressOf(project);
  if (address.name === name && !address.label.endsWith('(by driverOptions)')) return;
  throw new Failure({
    code: 'bad-database',
    message: `The MikroORM config sets its connection with driverOptions (${address.label}), so the fleet cannot connect to ${name}.`,
    next: 'Give the config clientUrl, or host and dbName, instead.',
  });
}
