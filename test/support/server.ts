import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/**
 * Environment variable with the admin URL of the run's server; set by global-setup, inherited by every
 * worker.
 */
const variable = 'MIGTUI_TEST_SERVER';

export interface Server {
  /** URL of the superuser on database `postgres`. */
  readonly url: string;
  /** The same for its hot standby, if one was requested. */
  readonly standby?: string | undefined;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Start it again when it is shut down, like a service manager does. */
  readonly restarts?: boolean;
  /** A second server follows it and answers read-only queries. */
  readonly standby?: boolean;
}

/** Starts a real PostgreSQL server (about a second). It also ends when this process ends for any reason. */
export async function startServer({ restarts, standby }: ServerOptions = {}): Promise<Server> {
  const flags = [restarts && '--restarts', standby && '--standby'].filter(flag => typeof flag === 'string');
  const child = fork(fileURLToPath(new URL('./embedded.ts', import.meta.url)), flags, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const started = await new Promise<{ url?: string; standby?: string; error?: string }>(resolve => {
    child.once('message', message => resolve(message as { url?: string; standby?: string; error?: string }));
    child.once('exit', code => resolve({ error: `the server process ended with code ${code}` }));
  });
  if (!started.url) {
    await exited;
    throw new Error(started.error);
  }
  child.unref();
  child.channel?.unref();
  return {
    url: started.url,
    standby: started.standby,
    async stop() {
      child.ref();
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The superuser's URL on the server of this test run. */
export function serverUrl(): string {
  const url = process.env[variable];
  if (!url) throw new Error(`${variable} is not set: run the tests through vitest`);
  return url;
}

/** Makes `url` the server of this test run. */
export function provideServer(url: string): void {
  process.env[variable] = url;
}

export interface Database {
  /** As the superuser `postgres`. */
  readonly url: string;
  readonly name: string;
  /** Runs SQL as the superuser on a separate connection and returns the rows of the (last) statement. */
  query<Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** A connection to keep open, for locks and open transactions; `drop` ends it too. */
  connect(): Promise<pg.Client>;
  /**
   * Drops the database even if others are connected, and the roles created for it. Optional: the server is
   * thrown away.
   */
  drop(): Promise<void>;
  createRole(options?: RoleOptions): Promise<Role>;
}

export interface RoleOptions {
  /**
   * `select`: may read every table of schema public, now and later; `all`: owns nothing but may do everything
   * there. Default `select`.
   */
  readonly may?: 'nothing' | 'select' | 'all';
  /** Schemas for the grants. Default `['public']`. */
  readonly schemas?: readonly string[];
}

export interface Role {
  readonly name: string;
  readonly password: string;
  /** URL of the database as this role. */
  readonly url: string;
}

const unique = () => randomBytes(5).toString('hex');

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(url);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'migtui-test' });
  // A connection that the server ends (drop with force) must not end the test process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

function as(url: string, change: { database?: string; user?: string; password?: string }): string {
  const result = new URL(url);
  if (change.database !== undefined) result.pathname = `/${change.database}`;
  if (change.user !== undefined) result.username = encodeURIComponent(change.user);
  if (change.password !== undefined) result.password = encodeURIComponent(change.password);
  return result.href;
}

/** Databases are created with unusual settings, `npm run test:hostile`. */
export const hostile = (): boolean => process.env.MIGTUI_TEST_HOSTILE === '1';

const hostileSettings = [
  "default_transaction_isolation = 'serializable'",
  "datestyle = 'SQL, DMY'",
  "intervalstyle = 'sql_standard'",
  "timezone = 'Asia/Kathmandu'",
  "bytea_output = 'escape'",
  'extra_float_digits = -15',
  'standard_conforming_strings = off',
  'escape_string_warning = off',
  // An existing first schema is tested in test/database/server-settings.test.ts.
  `search_path = 'not there', 'public', 'pg_catalog'`,
];

/** A new empty database on this test run's server. */
export async function createDatabase(options: { readonly name?: string } = {}): Promise<Database> {
  const admin = serverUrl();
  const name = options.name ?? `test_${unique()}`;
  const url = as(admin, { database: name });
  const roles: string[] = [];
  await withClient(admin, async client => {
    const id = pg.escapeIdentifier(name);
    await client.query(`create database ${id}`);
    if (!hostile()) return;
    for (const setting of hostileSettings) await client.query(`alter database ${id} set ${setting}`);
  });

  return {
    url,
    name,
    connect: () => connect(url),
    query: (sql, values) =>
      withClient(url, async client => {
        const result: unknown = await client.query(sql, values && [...values]);
        const last = Array.isArray(result) ? result.at(-1) : result;
        return (last as pg.QueryResult).rows as never;
      }),
    async drop() {
      await withClient(admin, async client => {
        await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
        for (const role of roles) await client.query(`drop role if exists ${pg.escapeIdentifier(role)}`);
      });
    },
    async createRole({ may = 'select', schemas = ['public'] } = {}) {
      const role = `role_${unique()}`;
      const password = `pw_${unique()}`;
      const id = pg.escapeIdentifier(role);
      const statements = [`create role ${id} login password ${pg.escapeLiteral(password)}`];
      for (const schema of schemas.map(pg.escapeIdentifier)) {
        if (may === 'nothing') continue;
        const rights = may === 'select' ? 'select' : 'all';
        statements.push(
          `grant ${may === 'select' ? 'usage' : 'all'} on schema ${schema} to ${id}`,
          `grant ${rights} on all tables in schema ${schema} to ${id}`,
          `grant ${rights} on all sequences in schema ${schema} to ${id}`,
          `alter default privileges in schema ${schema} grant ${rights} on tables to ${id}`,
          `alter default privileges in schema ${schema} grant ${rights} on sequences to ${id}`,
        );
      }
      await withClient(url, client => client.query(statements.join(';\n')));
      roles.push(role);
      return { name: role, password, url: as(url, { user: role, password }) };
    },
  };
}
