import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import type { Connection } from '../connect/connection.ts';

/** How libpq programs (pg_dump, pg_restore) connect to the database that MikroORM is connected to. */
export interface LibpqSettings {
  /** Environment variables, including the password. */
  readonly env: Readonly<Record<string, string>>;
  /** The address for display. */
  readonly place: {
    readonly host: string | null;
    readonly port: number | null;
    readonly user: string | null;
    readonly database: string;
  };
  /** Removes the temporary certificate files. */
  dispose(): void;
}

/** A connected `pg` client, with the connection parameters that it uses. */
interface PgClient {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: unknown;
  readonly database?: string;
  readonly ssl?: unknown;
  release?(): void;
}

interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: unknown;
  readonly cert?: unknown;
  readonly key?: unknown;
}

/**
 * Takes the parameters from the driver's own connection, so that URL, config, environment, `.pgpass` and
 * password functions apply as they do in MikroORM.
 * @throws Failure `backup-unsupported` if the config has its own client
 */
export async function libpqSettings({ orm }: Connection): Promise<LibpqSettings> {
  const client = await pgClient(orm.em.getConnection());
  const { host, port, user, database } = client;
  const { env: tls, dispose } = tlsSettings(client.ssl);
  const password = typeof client.password === 'string' ? client.password : null;
  return {
    env: {
      ...(host && { PGHOST: host }),
      ...(port && { PGPORT: String(port) }),
      ...(user && { PGUSER: user }),
      ...(password && { PGPASSWORD: password }),
      PGDATABASE: database ?? '',
      PGAPPNAME: 'migtui backup',
      ...tls,
    },
    place: { host: host ?? null, port: port ?? null, user: user ?? null, database: database ?? '' },
    dispose,
  };
}

async function pgClient(connection: unknown): Promise<PgClient> {
  try {
    const driver = connection as { getNativeClient(): Promise<{ connect(): Promise<PgClient> }> };
    const client = await (await driver.getNativeClient()).connect();
    const { host, port, user, password, database, ssl } = client;
    client.release?.();
    if (database) return { host, port, user, password, database, ssl } as PgClient;
  } catch {
    // Reported below.
  }
  throw new Failure({
    code: 'backup-unsupported',
    message:
      'The MikroORM config uses a custom database client, so pg_dump cannot use its connection. No migration was run.',
    next: 'Back up the database yourself, then run without --backup.',
  });
}

/** The `ssl` option of pg as libpq variables. */
function tlsSettings(ssl: unknown): { env: Record<string, string>; dispose(): void } {
  if (!ssl) return { env: { PGSSLMODE: 'prefer' }, dispose() {} };
  const { rejectUnauthorized, ca, cert, key }: TlsOptions = typeof ssl === 'object' ? ssl : {};
  const files = Object.entries({ PGSSLROOTCERT: ca, PGSSLCERT: cert, PGSSLKEY: key }).filter(
    ([, content]) => typeof content === 'string' || Buffer.isBuffer(content) || Array.isArray(content),
  );
  const mode = rejectUnauthorized === false || ca === undefined ? 'require' : 'verify-full';
  if (files.length === 0) return { env: { PGSSLMODE: mode }, dispose() {} };
  const folder = mkdtempSync(join(tmpdir(), 'migtui-tls-'));
  const env: Record<string, string> = { PGSSLMODE: mode };
  for (const [variable, content] of files) {
    const path = join(folder, variable.toLowerCase());
    writeFileSync(path, Array.isArray(content) ? content.join('\n') : (content as string | Buffer), {
      mode: 0o600,
    });
    env[variable] = path;
  }
  return { env, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
