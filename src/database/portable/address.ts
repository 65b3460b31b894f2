import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { redactor } from '../../foundation/secrets/redactor.ts';
import type { Project } from '../../project/project.ts';
import type { Address } from '../connect/place.ts';
import { productOf } from './products.ts';

/**
 * The address of a database other than PostgreSQL, read without connecting. Registers the password with the
 * redactor.
 */
export function portableAddress(project: Project): Address {
  const { orm, kind } = project;
  const dbName: string = orm.config.get('dbName') ?? '';
  if (productOf(kind).lock === 'file') {
    const file = databaseFile(project);
    const shown = dbName.replace(/\?.*$/, '');
    const name = file ? basename(file) : shown === ':memory:' || shown === '' ? 'memory' : shown;
    const label = name === 'memory' && !file ? 'in memory' : shown;
    const remote =
      /^[a-z]{2,}:\/\//i.test(dbName) && URL.canParse(dbName) ? new URL(dbName).hostname : 'embedded';
    return { kind, name, host: remote, label, folder: null };
  }
  const { user, password, host, port, database } = orm.em.getConnection().getConnectionOptions() as {
    readonly user?: string;
    readonly password?: unknown;
    readonly host?: string;
    readonly port?: number;
    readonly database?: string;
  };
  redactor.learn(password, [user, host, database]);
  const name = database ?? dbName;
  const place = port && Number(port) !== productOf(kind).port ? `${host}:${port}` : (host ?? 'local');
  return {
    kind,
    name,
    host: host ?? 'local',
    label: `${user ? `${user}@` : ''}${place}/${name}`,
    folder: null,
  };
}

/** The file of a SQLite or libSQL database, absolute; null for a database in memory or a remote one. */
export function databaseFile({ orm, root }: Pick<Project, 'orm' | 'root'>): string | null {
  const dbName: string = orm.config.get('dbName') ?? '';
  if (dbName === '' || dbName === ':memory:' || /^[a-z]{2,}:\/\//i.test(dbName)) return null;
  // Like the drivers: relative to the current folder.
  return resolve(root, dbName.replace(/^file:/, '').replace(/\?.*$/, ''));
}

/** The database file does not exist, so connecting would create it. */
export function isAbsent(project: Project): boolean {
  const file = productOf(project.kind).lock === 'file' ? databaseFile(project) : null;
  return file !== null && !existsSync(file);
}
