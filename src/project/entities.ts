import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { EntityProperty, MikroORM } from '@mikro-orm/core';
import type { DatabaseSchema } from '@mikro-orm/sql';
import { Failure } from '../foundation/failure.ts';
import { sourceFailure } from './config/config.ts';
import { missingPackage, placeIn } from './files/thrown.ts';
import type { Project } from './project.ts';

/** The schema that the entities describe. */
export interface Entities {
  /** With the entities discovered, but without access to a database. */
  readonly orm: MikroORM;
  readonly count: number;
  /** The schema of the entities; a new object each time, because comparing modifies it. */
  schema(): DatabaseSchema;
  /** The SQL that creates all of it in an empty database, like `schema:create`. */
  creation(): Promise<string>;
  /**
   * Columns whose type is excluded from comparison in the entities (`ignoreSchemaChanges`): `chats.title`.
   */
  readonly ignoredTypes: ReadonlySet<string>;
  /** Defaults that were escaped, as MikroORM has them without that. */
  readonly unescaped: ReadonlyMap<string, string>;
}

/** Statements of a migration, in MikroORM's format; empty strings are blank lines. */
export interface MigrationSql {
  readonly up: string[];
  readonly down: string[];
}

/**
 * Discovers the entities without connecting.
 * @throws Failure `entities-broken`
 */
export async function discoverEntities({ root, modules, config, configFile }: Project): Promise<Entities> {
  let orm: MikroORM;
  try {
    orm = await modules.core.MikroORM.init({
      ...config.getAll(),
      discovery: { ...(config.get('discovery') as object), warnWhenNoEntities: false },
      driverOptions: {
        createDriver() {
          throw new Error('this command reads entities only and does not connect to a database');
        },
      },
    } as never);
  } catch (error) {
    const place = placeIn(root, error);
    if (place && place.file !== configFile) throw sourceFailure(place, error);
    const absent = missingPackage(error);
    throw new Failure(
      {
        code: 'entities-broken',
        message: `The entities could not be discovered: ${firstLine(error)}`,
        next: absent
          ? `Run: npm install ${absent}`
          : 'Fix the entities; the stock "mikro-orm debug" checks the same entities.',
      },
      { cause: error },
    );
  }
  const described = [...orm.getMetadata().getAll().values()].filter(
    meta => meta.tableName && !meta.embeddable && !meta.virtual,
  );
  const unescaped = new Map(described.flatMap(meta => meta.props.flatMap(escapeDefault)));
  return {
    orm,
    count: described.filter(meta => !meta.pivotTable).length,
    schema: () => generatorOf(orm).getTargetSchema(),
    unescaped,
    creation: () => generatorOf(orm).getCreateSchemaSQL({ wrap: false }),
    ignoredTypes: new Set(
      described.flatMap(meta =>
        meta.props
          .filter(prop => prop.ignoreSchemaChanges?.includes('type'))
          .flatMap(prop => prop.fieldNames.map(field => `${meta.tableName}.${field}`)),
      ),
    ),
  };
}

/**
 * MikroORM puts the `default` of a property between quotes without escaping it: `"it's"` becomes `'it's'`,
 * which PostgreSQL refuses. A default whose quotes are doubled already is left as it is.
 * @returns the changed default, as it is now and as it was
 */
function escapeDefault(prop: EntityProperty): [escaped: string, before: string][] {
  const { default: value, defaultRaw } = prop;
  if (!defaultRaw || !(Array.isArray(value) || defaultRaw === `'${value}'`)) return [];
  const content = defaultRaw.slice(1, -1);
  if (!content.replaceAll("''", '').includes("'")) return [];
  prop.defaultRaw = `'${content.replaceAll("'", "''")}'`;
  return [[prop.defaultRaw, defaultRaw]];
}

/**
 * The SQL from a schema to the entities and back, with the project's `safe` and `dropTables`,
 * split into statements like in the stock CLI.
 * @param guess let MikroORM treat a removed column and an added one of the same type as a rename
 */
export async function sqlToEntities(
  { modules }: Project,
  { orm }: Entities,
  from: DatabaseSchema,
  { guess = true } = {},
): Promise<MigrationSql> {
  class Probe extends modules.migrations.Migrator {
    diff(): Promise<MigrationSql> {
      return (
        this as unknown as { getSchemaDiff(blank: boolean, initial: boolean): Promise<MigrationSql> }
      ).getSchemaDiff(false, false);
    }
    /** The starting point of the stock CLI. */
    override getSchemaFromSnapshot(): Promise<DatabaseSchema> {
      return Promise.resolve(from);
    }
  }
  const diff = (): Promise<MigrationSql> => new Probe(orm.em as never).diff();
  return guess ? diff() : withoutGuesses(modules, diff);
}

/** Runs work with a MikroORM comparator that does not guess renames. */
export async function withoutGuesses<T>({ sql }: Project['modules'], work: () => T | Promise<T>): Promise<T> {
  const prototype = sql.SchemaComparator.prototype as unknown as { detectColumnRenamings(): void };
  const { detectColumnRenamings } = prototype;
  prototype.detectColumnRenamings = () => {};
  try {
    return await work();
  } finally {
    prototype.detectColumnRenamings = detectColumnRenamings;
  }
}

/**
 * A source of the project that was edited since `time` (ms): Node imports a file once, so the entities may
 * have changed. Null if there is none. Migrations do not count.
 */
export function editedSince({ root, folder, configFile }: Project, time: number): string | null {
  const open = [root];
  for (let visited = 0; open.length > 0 && visited < most; visited++) {
    const at = open.pop() as string;
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        const isOutput = outputs.has(entry.name) && !configFile?.startsWith(`${relative(root, path)}${sep}`);
        if (!isOutput && !entry.name.startsWith('.') && path !== folder) open.push(path);
      } else if (/\.[cm]?[jt]sx?$/.test(entry.name) && statSync(path).mtimeMs > time) {
        return relative(root, path);
      }
    }
  }
  return null;
}

/** Maximum number of folders that are searched. */
const most = 5_000;

/** Folders that tools write during development; a config may be loaded from one of them. */
const outputs = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'tmp', 'temp', 'logs']);

interface Generator {
  getTargetSchema(): DatabaseSchema;
  getCreateSchemaSQL(options: { wrap: boolean }): Promise<string>;
}

function generatorOf(orm: MikroORM): Generator {
  return (orm as unknown as { schema: Generator }).schema;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').find(line => line.trim() !== '') ?? 'it threw';
}
