import type { MikroORM } from '@mikro-orm/core';
import type { Failure } from '../../foundation/failure.ts';
import { longAnswer } from '../../project/connections.ts';
import type { Project } from '../../project/project.ts';
import type { ScratchRoles } from './roles.ts';

/** A scratch database's contents, kept to come back to. */
export type Saved =
  /** Can be kept on disk. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A database on the scratch server; gone when the process ends. */
  | { readonly kind: 'template'; readonly name: string };

/** Gives scratch databases that nobody else uses, one at a time, through an ORM without entities. */
export interface Scratch {
  /** Engine and version, for cache keys. */
  readonly identity: string;
  /** An empty database, or one as it was saved; the one that was open before is gone. */
  open(saved: Saved | null): Promise<MikroORM>;
  /** Keeps the open database as it is now. It stays open, but its ORM may be another one. */
  save(): Promise<{ readonly saved: Saved; readonly orm: MikroORM }>;
  /** The roles that revisions may need and make there. */
  readonly roles: ScratchRoles;
  /** A failure that says what this scratch database lacks, when that is why a statement failed. */
  lacks(error: unknown): Failure | null;
  close(): Promise<void>;
}

/**
 * The project's MikroORM on another database: its driver, platform and settings, without entities and subscribers.
 * Everything that says where the user's database is gets replaced, the environment included.
 */
export async function scratchOrm(
  project: Project,
  place: { readonly url: string; readonly dbName?: string; readonly driverOptions: object },
): Promise<MikroORM> {
  const { hostname, port, username, password, pathname } = new URL(place.url);
  const orm = await project.modules.core.MikroORM.init({
    ...project.config.getAll(),
    entities: [],
    entitiesTs: [],
    subscribers: [],
    replicas: [],
    preferEnvVars: false,
    ensureDatabase: false,
    allowGlobalContext: true,
    debug: false,
    discovery: { ...(project.config.get('discovery') as object), warnWhenNoEntities: false },
    pool: { min: 0, max: 4 },
    clientUrl: place.url,
    host: decodeURIComponent(hostname),
    port: Number(port) || 5432,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    dbName: place.dbName ?? decodeURIComponent(pathname.slice(1)),
    // what revisions do there may take long
    driverOptions: project.connections.limit(place.driverOptions, longAnswer),
  } as never);
  await orm.connect();
  return orm;
}
