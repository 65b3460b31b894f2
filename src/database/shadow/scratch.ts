import type { MikroORM } from '@mikro-orm/core';
import type { Failure } from '../../foundation/failure.ts';
import { longAnswer } from '../../project/connections.ts';
import type { Project } from '../../project/project.ts';
import type { ScratchRoles } from './roles.ts';

/** The saved contents of a scratch database. */
export type Saved =
  /** Can be stored on disk. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A database on the scratch server; dropped when the process ends. */
  | { readonly kind: 'template'; readonly name: string };

/** Provides private scratch databases, one at a time, through an ORM without entities. */
export interface Scratch {
  /** Engine and version, for cache keys. */
  readonly identity: string;
  /** An empty database, or one that was saved; the previously open one is dropped. */
  open(saved: Saved | null): Promise<MikroORM>;
  /** Saves the open database in its current state. It stays open, but its ORM may be a different one. */
  save(): Promise<{ readonly saved: Saved; readonly orm: MikroORM }>;
  /** The roles that revisions may need and create there. */
  readonly roles: ScratchRoles;
  /** The failure for a statement that needs a feature which this scratch database does not have; null otherwise. */
  missingFeature(error: unknown): Failure | null;
  close(): Promise<void>;
}

/**
 * The project's MikroORM on another database: its driver, platform and settings, without entities and
 * subscribers. All settings that point to the user's database are replaced, including environment variables.
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
    // Statements of revisions may take long there.
    driverOptions: project.connections.limit(place.driverOptions, longAnswer),
  } as never);
  await orm.connect();
  return orm;
}
