import { Failure } from '../foundation/failure.ts';
import { learnFromValue } from '../foundation/secrets/sources.ts';
import type { Beside, Place, Project } from './project.ts';
import { runSchema } from './run-schema.ts';

/** The project with its migrations run in another schema; shares everything with `project`. */
export function projectInSchema(project: Project, schema: string | null): Project {
  if (schema === null) return project;
  const name = runSchema(schema);
  return {
    ...project,
    askedSchema: name,
    schema: name,
    options: { ...project.options, schema: name } as never,
  };
}

/**
 * The project on another database of its server or, with a URL, on another server, with separate connections.
 * Parts that the URL omits (user, password) come from the config. The same files, config and entities.
 * @param database a name, a URL, or null for the one in the config
 * @param max maximum number of connections
 * @returns null for PGlite, which has a single connection and no other databases
 * @throws Failure `bad-database` for an invalid URL
 */
export async function projectOn(
  project: Project,
  database: string | null,
  max: number,
): Promise<Project | null> {
  const place = database === null ? {} : placeOf(database);
  const orm = await project.beside({ ...place, max });
  if (!orm) return null;
  return {
    ...project,
    ledgerSchema: null,
    orm,
    beside: (options: Beside = {}) =>
      project.beside({ ...place, ...options, server: { ...place.server, ...options.server } }),
    async close() {
      await orm.close(true).catch(() => {});
    },
  };
}

/** Whether a text is a URL and not the name of a database. */
export const isUrl = (text: string): boolean => /^postgres(ql)?:\/\//i.test(text);

/**
 * A database of the config's server, by its name, or of any server, by its URL.
 * @throws Failure `bad-database` for an invalid URL
 */
export function placeOf(database: string): Place {
  if (!isUrl(database)) return { database };
  learnFromValue(database);
  if (!URL.canParse(database)) throw badUrl();
  const { hostname, port, username, password, pathname } = new URL(database);
  const name = decodeURIComponent(pathname.slice(1));
  if (hostname === '' || name === '') throw badUrl();
  return {
    database: name,
    server: {
      host: decodeURIComponent(hostname),
      port: Number(port) || 5432,
      ...(username !== '' && { user: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    },
  };
}

function badUrl(): Failure {
  return new Failure({
    code: 'bad-database',
    message: 'A URL in the fleet names no host or no database.',
    next: 'Write it as postgres://user@host:5432/database; user and password default to those of the MikroORM config.',
  });
}
