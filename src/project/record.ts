import type { EntityManager } from '@mikro-orm/core';
import { Failure } from '../foundation/failure.ts';
import { instantiate, loadClass } from './classes.ts';
import type { Project } from './project.ts';
import type { MigrationSource } from './sources.ts';

/** The SQL that a migration's `up` or `down` would run, as far as it can be known without running it. */
export interface Recording {
  /** Statements in the order they would reach the database: what `execute()` ran first, then what `addSql()` queued. */
  readonly sql: readonly string[];
  /** False when the code looked at rows, used entities, or threw: then `sql` is only a part, and `note` says why. */
  readonly complete: boolean;
  readonly note: string | null;
  readonly transactional: boolean;
  /** True for the down of a migration that has none. */
  readonly irreversible?: boolean;
}

/** How long user code may take before its preview is given up, ms. */
const patience = 5_000;

/**
 * Runs `up()` or `down()` of a migration against a driver that only writes down what it is asked.
 * The database is not touched; the migration's own code does run.
 * @throws Failure `migration-broken` | `no-migration-class` when the file cannot be imported
 */
export async function record(
  project: Project,
  source: MigrationSource,
  direction: 'up' | 'down',
): Promise<Recording> {
  const Class = await loadClass(project.modules, project.root, source);
  const tape = new Tape(project);
  const { migration, transactional } = instantiate(project, Class, source, tape.driver());
  if (direction === 'down' && migration.down === project.modules.migrations.Migration.prototype.down) {
    return {
      sql: [],
      complete: true,
      note: 'has no down(): there is no way back',
      transactional,
      irreversible: true,
    };
  }
  let thrown: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  try {
    const work = Promise.resolve(migration[direction]());
    await Promise.race([
      work,
      new Promise((_, reject) => {
        // keeps the process awake: code that waits for nothing else would end it
        timer = setTimeout(reject, patience, new Error('it took too long'));
      }),
    ]);
  } catch (error) {
    thrown = error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
  for (const query of migration.getQueries()) tape.write(query);
  const note = thrown !== null ? `could not be previewed to its end: ${thrown}` : tape.note;
  return { sql: tape.statements, complete: note === null, note, transactional };
}

/** Writes down statements in place of a database, and notices code whose SQL depends on what it reads. */
class Tape {
  readonly statements: string[] = [];
  note: string | null = null;
  readonly #project: Project;

  constructor(project: Project) {
    this.#project = project;
  }

  write(query: unknown, params?: unknown): void {
    const connection = this.#project.orm.em.getConnection() as unknown as {
      prepareQuery(query: unknown, params?: unknown): { formatted: string };
    };
    const { formatted } = connection.prepareQuery(query, params ?? []);
    if (formatted.trim() !== '') this.statements.push(formatted);
  }

  /** The user's driver, with everything that would reach the database written down instead. */
  driver(): object {
    const execute = async (query: unknown, params?: unknown): Promise<unknown> => {
      this.write(query, params);
      return this.#rows();
    };
    const connection = shadowed(this.#project.orm.em.getConnection(), {
      execute,
      transactional: async (work: (tx: object) => Promise<unknown>) => work({}),
      getClient: () => this.#unknowable('uses the database client directly'),
    });
    return shadowed(this.#project.orm.driver, {
      execute,
      getConnection: () => connection,
      createEntityManager: () => this.#entityManager(execute, connection),
    });
  }

  #entityManager(execute: unknown, connection: object): object {
    const em: EntityManager = this.#project.orm.em;
    const manager: object = shadowed(em, {
      execute,
      getConnection: () => connection,
      setTransactionContext: () => {},
      fork: () => manager,
      transactional: async (work: (em: object) => Promise<unknown>) => work(manager),
    });
    return new Proxy(manager, {
      get: (target, key) => {
        const known = [
          'execute',
          'getConnection',
          'setTransactionContext',
          'fork',
          'transactional',
          'then',
          'getDriver',
          'config',
        ];
        if (
          typeof key === 'string' &&
          !known.includes(key) &&
          typeof Reflect.get(target, key) === 'function'
        ) {
          return () =>
            this.#unknowable(`uses the entity manager (${key}), whose SQL is known only when it runs`);
        }
        return Reflect.get(target, key);
      },
    });
  }

  /** An empty result that tells when somebody looks into it. */
  #rows(): unknown {
    return new Proxy([], {
      get: (target, key) => {
        if (key !== 'then' && key !== 'constructor') this.note ??= 'reads rows to decide what to run';
        return Reflect.get(target, key);
      },
    });
  }

  #unknowable(why: string): never {
    this.note ??= why;
    throw new Failure({ code: 'unknowable', message: why });
  }
}

function shadowed<T extends object>(target: T, over: Record<string, unknown>): object {
  return new Proxy(target, {
    get(_, key) {
      if (typeof key === 'string' && key in over) return over[key];
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
