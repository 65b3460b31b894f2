import { createHash, randomBytes } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import { redact } from '../../foundation/secrets/redactor.ts';
import { learnFromUrl } from '../../foundation/secrets/sources.ts';
import { isEmbedded, type Project } from '../../project/project.ts';
import { quoteIdent, quoteLiteral } from '../quote.ts';
import { sqlState } from '../sql-failure.ts';
import { missingFeature } from './missing-feature.ts';
import { ScratchRoles } from './roles.ts';
import { type Scratch, scratchOrm } from './scratch.ts';

/** The prefix of scratch database names, with which leftovers are recognised. */
export function scratchPrefix(url: string): string {
  return `migtui_shadow_${createHash('sha256').update(new URL(url).pathname).digest('hex').slice(0, 6)}_`;
}

/** The prefix of the comments of roles that revisions created there. */
const roleMark = 'made by a rehearsal of migtui ';

/**
 * Scratch databases on a server. Each has a unique name and is dropped when it is no longer needed or, if
 * this process dies before that, by the next migtui process. A session lock on its name marks it as in use.
 * @param url a database of the server, from which the scratch databases are created; nothing is written to it
 * @throws Failure `shadow-unreachable` | `shadow-forbidden`
 */
export async function serverScratch(project: Project, url: string): Promise<Scratch> {
  if (isEmbedded(project.orm)) {
    throw new Failure({
      code: 'shadow-needs-server-driver',
      message: 'This project uses the PGlite driver, which cannot talk to a shadow server.',
      next: 'Omit --shadow: the shadow is then PGlite.',
    });
  }
  const admin = await connectTo(project, url);
  const run = <Row extends object>(sql: string): Promise<Row[]> =>
    admin.em.getConnection().execute(sql, [], 'all') as never;
  const prefix = scratchPrefix(url);
  const [{ version }] = (await run(`select current_setting('server_version') as version`)) as [
    { version: string },
  ];
  const owned = new Set<string>();
  const session = `${roleMark}${randomBytes(8).toString('hex')}`;
  await run(`select pg_advisory_lock(${lockOf(session)})`);
  const roles = new ScratchRoles(session);
  /** By template: the roles that its revisions created. */
  const created = new Map<string, ReadonlySet<string>>();
  let open: { readonly orm: MikroORM; readonly name: string } | null = null;

  const create = async (template: string | null): Promise<string> => {
    const name = `${prefix}${Date.now().toString(36)}_${randomBytes(4).toString('hex')}`;
    await run(`select pg_advisory_lock(${lockOf(name)})`);
    owned.add(name);
    try {
      await run(`create database ${quoteIdent(name)}${template ? ` template ${quoteIdent(template)}` : ''}`);
    } catch (error) {
      throw notCreated(error);
    }
    return name;
  };
  const drop = async (name: string): Promise<void> => {
    await run(`drop database if exists ${quoteIdent(name)} with (force)`);
    await run(`select pg_advisory_unlock(${lockOf(name)})`);
    owned.delete(name);
  };
  const enter = async (name: string): Promise<MikroORM> => {
    const place = new URL(url);
    place.pathname = `/${name}`;
    const orm = await scratchOrm(project, { url: place.href, driverOptions: {} });
    const [there] = (await orm.em.getConnection().execute('select current_database() as name')) as [
      { name: string },
    ];
    // Hooks of the config could connect elsewhere, so none may run here.
    if (there.name !== name) throw new Error(`the scratch connection reached ${there.name}`);
    open = { orm, name };
    return orm;
  };
  const leave = async (): Promise<string | null> => {
    const left = open;
    open = null;
    await left?.orm.close(true).catch(() => {});
    return left?.name ?? null;
  };

  const scratch: Scratch = {
    identity: `postgresql ${version}`,
    async open(saved) {
      const left = await leave();
      if (left) await drop(left);
      roles.enter(saved?.kind === 'template' ? created.get(saved.name) : undefined);
      return enter(await create(saved?.kind === 'template' ? saved.name : null));
    },
    async save() {
      const name = (await leave()) as string;
      const kept = await create(name);
      created.set(kept, new Set(roles.created));
      return { saved: { kind: 'template', name: kept }, orm: await enter(name) };
    },
    roles,
    missingFeature: error => missingFeature(error, 'server'),
    async close() {
      await leave();
      for (const name of owned) await drop(name).catch(() => {});
      for (const name of roles.made) await run(`drop role if exists ${quoteIdent(name)}`).catch(() => {});
      await admin.close(true);
    },
  };
  await dropLeftovers(run, prefix, owned);
  await dropLeftRoles(run, session);
  return scratch;
}

/** Scratch databases whose process is gone: their lock is free. */
async function dropLeftovers(
  run: <Row extends object>(sql: string) => Promise<Row[]>,
  prefix: string,
  owned: ReadonlySet<string>,
): Promise<void> {
  const found = await run<{ name: string }>(
    `select datname as name from pg_database where starts_with(datname, ${quoteLiteral(prefix)})`,
  );
  for (const { name } of found) {
    if (owned.has(name)) continue;
    const [{ free }] = (await run(`select pg_try_advisory_lock(${lockOf(name)}) as free`)) as [
      { free: boolean },
    ];
    if (!free) continue;
    await run(`drop database if exists ${quoteIdent(name)}`).catch(() => {});
    await run(`select pg_advisory_unlock(${lockOf(name)})`);
  }
}

/** Roles that revisions created in a scratch database whose process is gone. */
async function dropLeftRoles(
  run: <Row extends object>(sql: string) => Promise<Row[]>,
  session: string,
): Promise<void> {
  const found = await run<{ name: string; mark: string }>(
    `select rolname as name, shobj_description(oid, 'pg_authid') as mark from pg_roles
      where starts_with(shobj_description(oid, 'pg_authid'), ${quoteLiteral(roleMark)})`,
  );
  for (const { name, mark } of found) {
    if (mark === session) continue;
    const [{ free }] = (await run(`select pg_try_advisory_lock(${lockOf(mark)}) as free`)) as [
      { free: boolean },
    ];
    if (!free) continue;
    await run(`drop role if exists ${quoteIdent(name)}`).catch(() => {});
    await run(`select pg_advisory_unlock(${lockOf(mark)})`);
  }
}

function lockOf(name: string): string {
  return `hashtextextended(${quoteLiteral(name)}, 0)`;
}

function notCreated(error: unknown): unknown {
  const state = sqlState(error);
  if (state !== '42501' && state !== '25006') return error;
  const standby = state === '25006';
  return new Failure(
    {
      code: 'shadow-forbidden',
      message: standby
        ? 'The shadow server is read-only, so no scratch database can be made on it.'
        : 'The role of the shadow server may not create databases.',
      next: standby
        ? 'Use another server with --shadow, or omit it to use PGlite in memory.'
        : 'Grant it CREATEDB, or use another server with --shadow.',
    },
    { cause: error },
  );
}

/** One permanent connection: the locks belong to its session. */
async function connectTo(project: Project, url: string): Promise<MikroORM> {
  learnFromUrl(url);
  let orm: MikroORM | undefined;
  try {
    orm = await scratchOrm(project, { url, driverOptions: { min: 1, max: 1, idleTimeoutMillis: 0 } });
    await orm.em.getConnection().execute('select 1');
    return orm;
  } catch (error) {
    await orm?.close(true).catch(() => {});
    const errorText = redact(error instanceof Error ? error.message : String(error));
    throw new Failure(
      {
        code: 'shadow-unreachable',
        message: `The shadow server cannot be reached: ${errorText.split('\n')[0]}`,
        next: 'Check --shadow, or omit it to use PGlite in memory.',
      },
      { cause: error },
    );
  }
}
