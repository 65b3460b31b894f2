import type { MikroORM } from '@mikro-orm/core';
import { ledgerTable } from '../database/ledger.ts';
import { quoteIdent } from '../database/quote.ts';
import { Failure } from '../foundation/failure.ts';
import { someNames } from '../foundation/some-names.ts';
import type { RevisionGraph } from '../revisions/graph.ts';
import type { BakedGraph } from '../values/baked.ts';
import { unbake } from './baked.ts';

/*
 * For the application itself: whether the database is at the revisions that the code expects. Reads only,
 * with one query.
 */

export interface StatusOptions {
  /** The revisions that the application was built with (`migtui bake`). Default: read from the migrations folder. */
  readonly graph?: BakedGraph | undefined;
  /** The schema of the migrations; default: the schema of the MikroORM config. */
  readonly schema?: string | undefined;
}

export interface AssertOptions extends StatusOptions {
  /**
   * For rolling deployments. `true`: every revision known to this code must be applied; newer revisions are
   * allowed. A target (`Migration2026…`, a label, …): at least that revision must be applied.
   */
  readonly atLeast?: true | string | undefined;
}

/** The state of a database. Revisions are ids (MikroORM's migration names). */
export interface ApplicationStatus {
  /** All revisions known to the code are applied, and no others. */
  readonly current: boolean;
  readonly heads: readonly string[];
  /** Not applied, in the order in which they would run. */
  readonly pending: readonly string[];
  /** Applied but unknown to this code, because a newer version of the application was deployed. */
  readonly unknown: readonly string[];
  readonly applied: number;
}

/**
 * Compares the migrations table with the revisions that this code was built with.
 * @param orm an initialised MikroORM; it is not changed
 * @throws Failure `bad-graph` | `broken-revisions`; errors of the database
 */
export async function status(orm: MikroORM, options: StatusOptions = {}): Promise<ApplicationStatus> {
  const graph = await graphOf(orm, options);
  const applied = await appliedIn(orm, options.schema);
  const pending = graph.pending(applied);
  const unknown = graph.missing(applied);
  return {
    current: pending.length === 0 && unknown.length === 0,
    heads: graph.heads,
    pending,
    unknown,
    applied: graph.applied(applied).length,
  };
}

/**
 * Throws unless the database is at the head that the code was built with. Changes nothing: run migrations
 * explicitly, before the application starts.
 *
 *     const orm = await MikroORM.init(config);
 *     await assertCurrent(orm);
 *
 * @throws Failure `not-current` | `ahead`; those of `status`; TargetError for `atLeast`
 */
export async function assertCurrent(orm: MikroORM, options: AssertOptions = {}): Promise<void> {
  const { atLeast, ...rest } = options;
  if (typeof atLeast === 'string') return assertApplied(orm, atLeast, rest);
  const { pending, unknown } = await status(orm, rest);
  if (pending.length > 0) throw notCurrent(pending);
  if (unknown.length > 0 && atLeast !== true) {
    throw new Failure({
      code: 'ahead',
      message: `${unknown.length} applied ${unknown.length === 1 ? 'revision is' : 'revisions are'} unknown to this version of the application: ${someNames(unknown)}.`,
      next: 'Deploy the matching version, or allow a newer database: assertCurrent(orm, { atLeast: true }).',
      candidates: unknown,
    });
  }
}

async function assertApplied(orm: MikroORM, target: string, options: StatusOptions): Promise<void> {
  const graph = await graphOf(orm, options);
  const applied = await appliedIn(orm, options.schema);
  const done = new Set(graph.applied(applied));
  const wanted = graph.resolve(target, applied);
  const pending = graph.ancestors(wanted).filter(id => !done.has(id));
  if (pending.length > 0) throw notCurrent(pending);
}

function notCurrent(pending: readonly string[]): Failure {
  return new Failure({
    code: 'not-current',
    message: `The database is not up to date: ${counted(pending.length)} ${pending.length === 1 ? 'is' : 'are'} not applied: ${someNames(pending)}.`,
    next: 'Run "migtui upgrade head" before the application starts.',
    candidates: pending,
  });
}

async function graphOf(orm: MikroORM, { graph }: StatusOptions): Promise<RevisionGraph> {
  if (graph) return unbake(graph);
  // An application with a baked graph needs no parser.
  const { graphOnDisk } = await import('../project/files/graph-on-disk.ts');
  return graphOnDisk(orm);
}

/** The names in the migrations table; empty if the table does not exist. */
async function appliedIn(orm: MikroORM, schema: string | undefined): Promise<string[]> {
  const options = orm.config.get('migrations') as { tableName?: string; schema?: string };
  const table = ledgerTable({ options, orm, schema: schema ?? options.schema ?? null } as Parameters<
    typeof ledgerTable
  >[0]);
  try {
    const connection = orm.em.getConnection() as unknown as {
      execute(sql: string, params: unknown[], method: 'all'): Promise<{ name: string }[]>;
    };
    // Same as MikroORM: the default schema is omitted, so search_path decides.
    const from = table.schema === 'public' ? quoteIdent(table.name) : table.sql;
    const rows = await connection.execute(`select name from ${from}`, [], 'all');
    return rows.map(({ name }) => name.replace(/\.[jt]s$/, ''));
  } catch (error) {
    // 42P01: no such table, 3F000: no such schema
    if (['42P01', '3F000'].includes((error as { code?: string }).code ?? '')) return [];
    throw error;
  }
}

const counted = (count: number): string => `${count} ${count === 1 ? 'revision' : 'revisions'}`;
