import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { Failure } from '../foundation/failure.ts';
import { driverPackages } from '../project/config/kind.ts';
import { learnPasswords } from '../project/config/password-functions.ts';
import { brokenMigration, noMigrationClass, unusableMigration } from '../project/files/classes.ts';
import type { MigrationSource } from '../project/files/migration-source.ts';
import type { Project } from '../project/project.ts';
import { hasOnQuery, onQueryFailed } from './on-query-failed.ts';
import { type PlainMigration, readPlain } from './plain.ts';
import type { Limits, SandboxProcess } from './process.ts';
import type { Recording, ReplayInfo, RunQuery, Statement } from './recording.ts';
import type { Places } from './sandbox/orm.ts';
import type { SandboxResult, SentQuery } from './sandbox/protocol.ts';
import { SandboxEnded } from './sandbox-ended.ts';
import { StoppedPreviews } from './stopped.ts';

/** On the shadow, a revision may take some time between two statements. */
const replay: Limits = { timeoutMs: 120_000, outputBytes: 2 ** 24 };

/**
 * Determines what migrations do without running them for real: plain ones are parsed, the code of others runs
 * in an isolated process. A preview never loads a migration into this process.
 */
export class Previewer {
  readonly #project: Project;
  readonly #onOutput: (text: string) => void;
  /** Loaded when code must run, because it includes a compiler. */
  #sandbox: SandboxProcess | null = null;
  readonly #plain = new Map<string, { readonly source: string; readonly plain: PlainMigration | null }>();
  #loadedAt = 0;
  #passwords: Promise<void> | null = null;
  #previews: Promise<unknown> = Promise.resolve();
  readonly #stopped = new StoppedPreviews();

  /** @param onOutput receives the output of the migrations' code */
  constructor(project: Project, onOutput: (text: string) => void = () => {}) {
    this.#project = project;
    this.#onOutput = onOutput;
  }

  /** Whether `record` returns statements as they are written: no code of the project changes them. */
  get sendsUnchanged(): boolean {
    const { orm, modules } = this.#project;
    const connection = orm.em.getConnection() as unknown as { prepareQuery: unknown };
    return (
      connection.prepareQuery === modules.sql.AbstractSqlConnection.prototype['prepareQuery' as never] &&
      orm.driver.getPlatform().formatQuery === modules.core.Platform.prototype.formatQuery &&
      !hasOnQuery(orm.config.get('onQuery'))
    );
  }

  /** Whether one direction of a migration is read from its source, and nothing else. */
  isPlain(source: MigrationSource, direction: 'up' | 'down'): boolean {
    return Boolean(this.#plainOf(source)?.[direction]);
  }

  /**
   * The SQL of one direction of a migration.
   * @throws Failure `migration-broken` | `no-migration-class` if the file cannot be used at all
   */
  async record(source: MigrationSource, direction: 'up' | 'down'): Promise<Recording> {
    const plain = this.#plainOf(source);
    const known = plain?.[direction];
    if (plain && known) {
      const { transactional } = plain;
      if (known === 'none') return { ...notReversible, transactional };
      return {
        sql: known.map(sql => this.#format({ sql, params: null })).filter(isSql),
        complete: true,
        note: null,
        transactional,
      };
    }
    let result: SandboxResult;
    try {
      result = await this.#preview(source, direction);
    } catch (error) {
      if (!(error instanceof SandboxEnded)) throw error;
      return {
        sql: [],
        complete: false,
        note: `no preview: ${error.message}`,
        transactional: true,
        stopped: error.message,
      };
    }
    this.#refuseBroken(source, result);
    const { transactional, irreversible, note } = result;
    if (irreversible) return { ...notReversible, transactional };
    const sql: string[] = [];
    for (const query of result.queries) {
      try {
        sql.push(this.#format(query));
      } catch (error) {
        return { sql: sql.filter(isSql), complete: false, note: (error as Error).message, transactional };
      }
    }
    return { sql: sql.filter(isSql), complete: note === null, note, transactional };
  }

  /**
   * What a replay must know about one direction before it runs.
   * @throws those of `record`
   */
  async replay(source: MigrationSource, direction: 'up' | 'down'): Promise<ReplayInfo> {
    const plain = this.#plainOf(source);
    const known = plain?.[direction];
    if (plain && known) {
      const { transactional } = plain;
      if (known === 'none') return { transactional, irreversible: true, statements: [] };
      const statements = known.map(sql => ({ sql, params: undefined }));
      return { transactional, irreversible: false, statements };
    }
    const result = await this.#unlessBroken(source, () => this.#preview(source, direction));
    const { transactional, irreversible, note, queries } = result;
    const statements = note === null ? queries.map(statementOf) : null;
    return { transactional, irreversible, statements };
  }

  /**
   * Runs the code of one direction, which may `query` rows. For replays on a scratch database: the code
   * cannot reach anything else.
   * @returns the queued statements, to be run after it
   * @throws errors of `query`; Failure `revision-threw` | `replay-stuck`, and those of `record`
   */
  async run(
    source: MigrationSource,
    direction: 'up' | 'down',
    query: RunQuery,
  ): Promise<readonly Statement[]> {
    const failed: unknown[] = [];
    const { note, queries, executed } = await this.#unlessBroken(source, () =>
      this.#run(source, direction, replay, async sent => {
        try {
          const { rows, affectedRows } = await query(statementOf(sent));
          return {
            rows: serialize({ rows: rows.map(row => ({ ...row })), affectedRows }).toString('base64'),
          };
        } catch (error) {
          failed.push(error);
          return { error: error instanceof Error ? error.message : String(error) };
        }
      }),
    );
    if (note !== null) {
      // The database's own error is more useful than its consequence.
      throw failed[0] ?? new Failure({ code: 'revision-threw', message: note.replace(whatThrew, '') });
    }
    return queries.slice(executed).map(statementOf);
  }

  /** Ends the process, if there is one; no other is started. */
  close(): void {
    this.#sandbox?.close();
  }

  async #process(): Promise<SandboxProcess> {
    const { modules, configFile, context, root } = this.#project;
    const { SandboxProcess } = await import('./process.ts').catch(() => {
      throw new SandboxEnded(
        `the compiler of migrations (oxc-transform) is not installed for ${process.platform}-${process.arch}`,
      );
    });
    this.#sandbox ??= new SandboxProcess(
      root,
      {
        ...modules.places,
        platform: platformPlace(this.#project),
        config: configFile === null ? null : pathToFileURL(join(root, configFile)).href,
        context,
      },
      this.#onOutput,
    );
    return this.#sandbox;
  }

  /** @throws SandboxEnded, again without running it if it has just ended that way */
  #preview(source: MigrationSource, direction: 'up' | 'down'): Promise<SandboxResult> {
    // One after the other, because the limits depend on those before.
    const done = this.#previews.then(() =>
      this.#stopped.preview(source, direction, limits => this.#run(source, direction, limits, null)),
    );
    this.#previews = done.catch(() => {});
    return done;
  }

  async #run(
    source: MigrationSource,
    direction: 'up' | 'down',
    limits: Limits,
    onQuery: Parameters<SandboxProcess['run']>[2],
  ): Promise<SandboxResult> {
    // What the code prints may contain them.
    this.#passwords ??= learnPasswords(this.#project.config);
    await this.#passwords;
    const sandbox = await this.#process();
    this.#forgetEdited(sandbox);
    const listed = source.path === null ? this.#placeInList(source) : null;
    return sandbox.run({ path: source.path, listed, direction, live: onQuery !== null }, limits, onQuery);
  }

  /** Imported modules do not change: an edited helper requires a new process. */
  #forgetEdited(sandbox: SandboxProcess): void {
    const edited = [...sandbox.loaded].some(path => {
      try {
        return statSync(path).mtimeMs > this.#loadedAt;
      } catch {
        return true;
      }
    });
    if (edited) sandbox.stop();
    if (sandbox.loaded.size === 0) this.#loadedAt = Date.now();
  }

  #plainOf(source: MigrationSource): PlainMigration | null {
    const { id, source: text } = source;
    if (text === null) return null;
    const known = this.#plain.get(id);
    if (known?.source === text) return known.plain;
    const plain = readPlain(source);
    this.#plain.set(id, { source: text, plain });
    return plain;
  }

  #placeInList({ listed }: MigrationSource): number {
    const list = this.#project.options.migrationsList as readonly unknown[];
    return list.findIndex(entry => entry === listed || (entry as { class?: unknown }).class === listed);
  }

  /** A process that ended is reported like code that threw. */
  async #unlessBroken(source: MigrationSource, work: () => Promise<SandboxResult>): Promise<SandboxResult> {
    try {
      const result = await work();
      this.#refuseBroken(source, result);
      return result;
    } catch (error) {
      if (!(error instanceof SandboxEnded)) throw error;
      throw new Failure({ code: 'replay-stuck', message: error.message }, { cause: error });
    }
  }

  #refuseBroken(source: MigrationSource, { broken }: SandboxResult): void {
    if (!broken) return;
    const { root } = this.#project;
    if (broken.code === 'no-migration-class') throw noMigrationClass(root, source);
    const error = Object.assign(new Error(String(broken.error?.message)), {
      stack: String(broken.error?.stack),
      ...(broken.error?.code && { code: broken.error.code }),
    });
    throw broken.code === 'migration-broken'
      ? brokenMigration(root, source, error)
      : unusableMigration(root, source, error);
  }

  /**
   * In MikroORM's form, with the parameters inserted.
   * @throws Failure `config-broken` if the config's `onQuery` throws
   */
  #format(query: SentQuery): string {
    const connection = this.#project.orm.em.getConnection() as unknown as {
      prepareQuery(query: unknown, params?: unknown): { formatted: string };
    };
    try {
      return connection.prepareQuery(query.sql, unpacked(query) ?? []).formatted;
    } catch (error) {
      if (!hasOnQuery(this.#project.orm.config.get('onQuery'))) throw error;
      throw onQueryFailed(error, query.sql);
    }
  }
}

/** Where the class of the driver's platform is exported. */
function platformPlace({ kind, modules, orm }: Project): Places['platform'] {
  const { name } = orm.driver.getPlatform().constructor;
  // The platforms of PGlite and of SQLite's drivers are in other packages.
  const owner = name === 'SqlitePlatform' ? null : modules.urlOf(driverPackages[kind]);
  return { url: owner ?? modules.places.sql, name };
}

const notReversible = {
  sql: [],
  complete: true,
  note: 'has no down(), so it cannot be undone',
  irreversible: true,
} as const;

/** The start of a note about an error that the code threw. */
const whatThrew = /^fails in the preview: /;

const statementOf = (query: SentQuery): Statement => ({ sql: query.sql, params: unpacked(query) });

const isSql = (text: string): boolean => text.trim() !== '';

function unpacked({ params }: SentQuery): unknown {
  return params === null ? undefined : deserialize(Buffer.from(params, 'base64'));
}
