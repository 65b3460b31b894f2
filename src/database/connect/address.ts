import { basename, resolve } from 'node:path';
import type { MikroORM } from '@mikro-orm/core';
import { redactor } from '../../foundation/secrets/redactor.ts';
import { isPostgres } from '../../project/config/kind.ts';
import { isEmbedded, type Project } from '../../project/project.ts';
import { portableAddress } from '../portable/address.ts';
import type { Address } from './place.ts';

export type { Address } from './place.ts';

/** The connection settings in the config. */
interface Options {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  /** The result of a function is not visible here. */
  readonly password?: unknown;
  readonly database?: string;
}

/** Whether the config has its own client. */
export const isOwnClient = ({ host }: Address): boolean => host === null;

export const ownClientMessage =
  'Connected with a client of the MikroORM config: connectTimeout and answerTimeout do not apply to it.';

/**
 * Reads the address from the project's config without connecting, and registers the password with the
 * redactor.
 */
export function addressOf(project: Project): Address {
  const { orm, root } = project;
  if (!isPostgres(project.kind)) return portableAddress(project);
  if (isEmbedded(orm)) return embedded(orm, root);
  const base = orm.em.getConnection().getConnectionOptions() as Options;
  const driver = orm.config.get('driverOptions') as unknown;
  const own =
    typeof driver === 'function' ||
    (isObject(driver) && ('createDriver' in driver || 'getExecutor' in driver));
  const options: Options = own || !isObject(driver) ? base : { ...base, ...driver, ...fromUrl(driver) };
  const { user, host, database } = options;
  for (const { password } of [base, options]) redactor.learn(password, [user, host, database]);
  const name = options.database ?? orm.config.get('dbName') ?? 'postgres';
  return {
    kind: 'postgresql',
    name,
    // The config has its own client; only that client knows where it connects.
    label: own
      ? `${name} (by driverOptions)`
      : `${options.user ? `${options.user}@` : ''}${placeOf(options)}/${name}`,
    host: own ? null : !host || host.startsWith('/') ? 'local' : host,
    folder: null,
  };
}

function embedded(orm: MikroORM, root: string): Address {
  const driverOptions = orm.config.get('driverOptions') as { dataDir?: string } | undefined;
  const location = driverOptions?.dataDir ?? orm.config.get('dbName') ?? 'memory://';
  const inMemory = location.startsWith('memory:');
  const folder = inMemory ? null : resolve(root, location.replace(/^file:\/\//, ''));
  return {
    kind: 'pglite',
    name: inMemory ? 'memory' : basename(folder as string),
    host: 'embedded',
    label: inMemory ? 'in memory' : `embedded ${location}`,
    folder,
  };
}

function placeOf({ host, port }: Options): string {
  if (!host || host.startsWith('/')) return 'local';
  return port && Number(port) !== 5432 ? `${host}:${port}` : host;
}

/** In pg, a `connectionString` overrides all other options. */
function fromUrl({ connectionString }: { connectionString?: unknown }): Options {
  if (typeof connectionString !== 'string' || !URL.canParse(connectionString)) return {};
  const { hostname, port, username, password, pathname } = new URL(connectionString);
  return {
    host: decodeURIComponent(hostname),
    port: Number(port) || 5432,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
