import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Query } from '../database/journal/table.ts';
import { Failure } from '../foundation/failure.ts';
import { learnNames } from '../foundation/names-with-lines.ts';
import { isUrl } from '../project/other-database.ts';
import type { TargetFunction, TargetSource } from '../settings/fleet.ts';
import { fits } from './choice.ts';
import { byName, fill, givenTarget, nameOf, type Target, tagsOf, withoutDoubles } from './target.ts';

/** The environment for finding targets. */
export interface Environment {
  readonly root: string;
  /** Contexts that the MikroORM config offers. */
  readonly contexts: readonly string[];
  /**
   * Queries a database.
   * @param context null: the one that migtui was opened with
   * @param database a name or a URL; null: the config's
   * @throws Failure of the database
   */
  ask<T>(context: string | null, database: string | null, work: (query: Query) => Promise<T>): Promise<T>;
}

type Row = Readonly<Record<string, unknown>>;
type Part<Key extends string> = Extract<TargetSource, Readonly<Record<Key, unknown>>>;

/**
 * Every target of the settings, by name.
 * @throws Failure `fleet-names` | `fleet-query` | `fleet-module` | `fleet-target` | `fleet-template`, or of a database
 */
export async function findTargets(
  sources: readonly TargetSource[],
  environment: Environment,
): Promise<readonly Target[]> {
  const found: Target[] = [];
  for (const source of sources) found.push(...(await targetsOf(source, environment)));
  learnNames(found.flatMap(({ name, schema, database, tags }) => [name, schema, database, ...tags]));
  return [...withoutDoubles(found)].sort(byName);
}

async function targetsOf(source: TargetSource, environment: Environment): Promise<readonly Target[]> {
  if (typeof source === 'function') return given(source, [], 'The function in "fleet.targets"');
  if ('schemas' in source) return schemasOf(source, environment);
  if ('databases' in source) return databasesOf(source, environment);
  if ('contexts' in source) return contextsOf(source, environment);
  const file = pathToFileURL(resolve(environment.root, source.module)).href;
  const module = await (import(file) as Promise<{ default?: unknown }>).catch(error => {
    throw moduleFailure(source.module, error);
  });
  const targets = await given(module.default, source.tags ?? [], source.module);
  return targets.map(target => ({
    ...target,
    name: fill(source.name ?? '{name}', { name: target.name }),
  }));
}

async function schemasOf(source: Part<'schemas'>, environment: Environment): Promise<readonly Target[]> {
  const { schemas, context = null, database = null } = source;
  const rows = Array.isArray(schemas)
    ? schemas.map((name): Row => ({ name }))
    : await environment.ask(context, database, async query => {
        if (typeof schemas === 'object') return rowsOf(query, (schemas as { query: string }).query);
        const all = await query<{ name: string }>(
          `select nspname::text as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
        );
        return all.filter(({ name }) => fits(schemas as string, name));
      });
  return rows.map(row => {
    const schema = String(row.name);
    return { ...labelled(source, row, schema), context, database, schema };
  });
}

async function databasesOf(source: Part<'databases'>, environment: Environment): Promise<readonly Target[]> {
  const { databases, context = null } = source;
  const target = (database: string, row: Row): Target => ({
    ...labelled(source, { ...placeOf(database), ...row }, nameOf(database)),
    context,
    database,
    schema: null,
  });
  if (Array.isArray(databases))
    return databases.map(database => target(database, { name: nameOf(database) }));
  if (typeof databases === 'string') {
    const pattern = nameOf(databases);
    // A pattern is not the name of a database; every server has "postgres".
    const on = isUrl(databases) ? beside(databases, 'postgres') : null;
    const rows = await environment.ask(context, on, query =>
      query<{ name: string }>(
        'select datname::text as name from pg_database where datallowconn and not datistemplate',
      ),
    );
    return rows
      .filter(({ name }) => fits(pattern, name))
      .map(row => target(on ? beside(on, row.name) : row.name, row));
  }
  const { query: sql, on = null, url } = databases as { query: string; on?: string; url?: string };
  const rows = await environment.ask(context, on, query => rowsOf(query, sql));
  return rows.map(row => {
    const name = String(row.name);
    if (url !== undefined) return target(fill(url, row, encodeURIComponent), row);
    if (isUrl(name)) return target(name, { ...row, name: nameOf(name) });
    return target(on !== null && isUrl(on) ? beside(on, name) : name, row);
  });
}

async function contextsOf(source: Part<'contexts'>, { contexts }: Environment): Promise<readonly Target[]> {
  const names = source.contexts === true ? contexts : source.contexts;
  return names.map(context => ({
    ...labelled(source, { name: context }, context),
    context,
    database: null,
    schema: null,
  }));
}

function labelled(
  { name, tags = [] }: { readonly name?: string | undefined; readonly tags?: readonly string[] | undefined },
  row: Row,
  own: string,
): Pick<Target, 'name' | 'tags'> {
  return {
    name: name === undefined ? own : fill(name, { ...row, name: own }),
    tags: [...tags, ...tagsOf(row.tags)],
  };
}

/** The same URL with another database. */
function beside(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

function placeOf(database: string): Row {
  if (!isUrl(database) || !URL.canParse(database)) return {};
  const { hostname, port } = new URL(database);
  return { host: hostname, port: port || '5432' };
}

/** The rows of a user's query; its first column is the name. */
async function rowsOf(query: Query, sql: string): Promise<readonly Row[]> {
  const rows = await query<Record<string, unknown>>(sql).catch(error => {
    throw new Failure(
      {
        code: 'fleet-query',
        message: `The query for the targets of the fleet failed: ${(error as Error).message}`,
        next: 'Fix it in the setting "fleet.targets"; nothing was run.',
        sql: { statement: sql },
      },
      { cause: error },
    );
  });
  return rows.map(row => {
    const [first] = Object.values(row);
    if (first === null || first === undefined || first === '') {
      throw new Failure({
        code: 'fleet-query',
        message:
          'The query for the targets of the fleet returned a row without a name: its first column is empty.',
        next: 'Return only names, such as: select schema_name from public.tenants where schema_name is not null.',
      });
    }
    return { ...row, name: first };
  });
}

async function given(source: unknown, tags: readonly string[], where: string): Promise<readonly Target[]> {
  try {
    const list = await (typeof source === 'function' ? (source as TargetFunction)() : source);
    const targets: Target[] = [];
    if (!isIterable(list)) {
      throw new Failure({
        code: 'fleet-module',
        message: `${where} returned no list of targets.`,
        next: 'Export a list as its default, or a function that returns or yields one.',
      });
    }
    for await (const one of list as AsyncIterable<unknown>) targets.push(givenTarget(one, tags, where));
    return targets;
  } catch (error) {
    throw error instanceof Failure ? error : moduleFailure(where, error);
  }
}

const isIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);

function moduleFailure(where: string, error: unknown): Failure {
  const errorText = error instanceof Error ? error.message : String(error);
  return new Failure(
    {
      code: 'fleet-module',
      message: `${where} failed to list the targets of the fleet: ${errorText}`,
      next: 'Fix it, then try again; nothing was run.',
    },
    { cause: error },
  );
}
