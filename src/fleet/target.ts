import { Failure } from '../foundation/failure.ts';
import { quoteShell } from '../foundation/shell.ts';
import { commandsFor, type SuggestedCommands } from '../foundation/suggested-commands.ts';
import type { GivenTarget } from '../settings/fleet.ts';

/** A target before its database was queried. */
export interface Target {
  readonly name: string;
  readonly tags: readonly string[];
  /** A context of the MikroORM config; null: the one that migtui was opened with. */
  readonly context: string | null;
  /** A name or a URL; null: the config's. */
  readonly database: string | null;
  /** Null: the default. */
  readonly schema: string | null;
}

const collator = new Intl.Collator('en', { numeric: true });

/** Natural sort order: tenant_2 before tenant_10. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  collator.compare(a.name, b.name);

/**
 * The targets of all sources, each name once.
 * @throws Failure `fleet-names` if two have the same name
 */
export function withoutDoubles(targets: readonly Target[]): readonly Target[] {
  const known = new Map<string, Target>();
  const twice = new Set<string>();
  for (const target of targets) {
    if (known.has(target.name)) twice.add(target.name);
    known.set(target.name, target);
  }
  if (twice.size === 0) return targets;
  const names = [...twice];
  throw new Failure({
    code: 'fleet-names',
    message: `${names.length === 1 ? 'A name is' : `${names.length} names are`} used by more than one target of the fleet: ${names.slice(0, 3).join(', ')}.`,
    next: 'Make each source list its targets once, or give them different names with its "name", such as "eu/{name}" or "{host}/{name}".',
    candidates: names,
  });
}

/**
 * Fills a template such as `postgres://{host}/{name}` from the columns of a row.
 * @param encode encodes each value
 * @throws Failure `fleet-template` for an unknown column
 */
export function fill(
  template: string,
  row: Readonly<Record<string, unknown>>,
  encode: (text: string) => string = text => text,
): string {
  return template.replace(/\{([^{}]*)\}/g, (_, column: string) => {
    const value = row[column];
    if (value === undefined || value === null) {
      throw new Failure({
        code: 'fleet-template',
        message: `The fleet settings use "{${column}}", which has no value.`,
        next: `Available: ${Object.keys(row)
          .map(name => `{${name}}`)
          .join(', ')}.`,
        candidates: Object.keys(row),
      });
    }
    return encode(String(value));
  });
}

/** Tags as returned by a query or a module: an array, or a comma-separated string. */
export function tagsOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  return list.map(tag => String(tag).trim()).filter(tag => tag !== '');
}

/**
 * A target as returned by the user's code.
 * @throws Failure `fleet-target` if it is invalid
 */
export function givenTarget(given: unknown, tags: readonly string[], where: string): Target {
  const {
    name,
    schema,
    database,
    context,
    tags: own,
  } = (typeof given === 'string' ? { schema: given } : (given ?? {})) as GivenTarget;
  const texts = [name, schema, database, context].filter(one => one !== undefined && one !== null);
  const named = name ?? schema ?? database ?? context;
  if (named === undefined || texts.some(one => typeof one !== 'string' || one === '')) {
    throw new Failure({
      code: 'fleet-target',
      message: `${where} returned an invalid target: ${JSON.stringify(given)?.slice(0, 100)}.`,
      next: 'A target is the name of a schema, or an object with "schema", "database" or "context", and optionally "name" and "tags".',
    });
  }
  return {
    name: name ?? nameOf(named),
    tags: [...tags, ...tagsOf(own)],
    context: context ?? null,
    database: database ?? null,
    schema: schema ?? null,
  };
}

/** A URL is displayed as the name of its database, because it may contain a password. */
export function nameOf(database: string): string {
  if (!URL.canParse(database)) return database;
  return decodeURIComponent(new URL(database).pathname.slice(1));
}

/**
 * Commands for one target. `migtui` alone cannot open another database than the config's.
 * @param context of the target
 */
export function commandsForTarget({ name, database, schema }: Target, context: string): SuggestedCommands {
  return {
    stamp: revision => `migtui fleet stamp ${revision} --only ${quoteShell(name)}`,
    resolve: revision =>
      database === null
        ? commandsFor({ context, schema }).resolve(revision)
        : `open ${name} on the fleet board of the app (F)`,
  };
}
