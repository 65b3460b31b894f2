import { Failure } from '../../foundation/failure.ts';
import { sqlState } from '../sql-failure.ts';
import { knownPackage } from './extension-packages.ts';

/**
 * Functions and types of extensions that other SQL created, by the name that PostgreSQL reports as missing.
 */
const byExtension: Readonly<Record<string, RegExp>> = {
  vector: /type "(?:public\.)?(?:vector|halfvec|sparsevec)"/,
  postgis: /type "(?:public\.)?(?:geometry|geography)"|function st_\w+\(/i,
  citext: /type "(?:public\.)?citext"/,
  hstore: /type "(?:public\.)?hstore"/,
  ltree: /type "(?:public\.)?ltree"/,
  'uuid-ossp': /function uuid_generate_\w+\(/,
  pgcrypto: /function (?:digest|crypt|gen_salt|hmac)\(/,
  unaccent: /function unaccent\(/,
  pg_trgm: /operator class "g\w+_trgm_ops"|function similarity\(/,
  btree_gist: /data type \w+ has no default operator class for access method "gist"/,
};

/**
 * Distinguishes a statement that the scratch database cannot run from a wrong one: an extension, role,
 * language or similar object that the user's server has and this one does not.
 * @param engine kind of shadow, for the message
 */
export function missingFeature(error: unknown, engine: 'PGlite' | 'server'): Failure | null {
  const message = error instanceof Error ? error.message : String(error);
  const state = sqlState(error) ?? '';
  const assumed = Object.entries(byExtension).find(([, pattern]) => pattern.test(message))?.[0];
  if (assumed && /^42(704|883)$/.test(state)) {
    return failure(
      engine,
      `extension "${assumed}", which no revision creates`,
      `Create it in a revision (create extension if not exists "${assumed}")`,
      error,
      assumed,
    );
  }
  // could not open extension control file "/usr/share/postgresql/18/extension/postgis.control"
  const end = message.includes('control file ') ? message.indexOf('.control') : -1;
  const file = end < 0 ? undefined : message.slice(message.lastIndexOf('/', end) + 1, end);
  const [, what, name] =
    /(extension|role|language|tablespace|text search configuration|database) "([^"]+)"/.exec(message) ?? [];
  const missing = what !== undefined && /^(0A000|42704|58P01|3D000|22023|42501)$/.test(state);
  if (!file && !missing) return null;
  const extension = file ?? (what === 'extension' ? name : undefined);
  return failure(
    engine,
    extension ? `extension "${extension}"` : `${what} "${name}"`,
    null,
    error,
    extension,
  );
}

function failure(
  engine: 'PGlite' | 'server',
  thing: string,
  first: string | null,
  cause: unknown,
  extension?: string,
): Failure {
  const known = engine === 'PGlite' && extension ? knownPackage(extension) : null;
  const server =
    engine === 'PGlite'
      ? 'use a server for scratch databases: --shadow postgres://… (or "shadow" in the settings)'
      : `${extension ? 'install' : 'create'} it on the shadow server, or use another one with --shadow`;
  const install = known && `Run: npm install --save-dev ${known}`;
  const ways = [first, install].filter(way => way !== null);
  const next =
    ways.length > 0 ? `${ways.join('; ')}, or ${server}.` : `${server[0]?.toUpperCase()}${server.slice(1)}.`;
  const where = engine === 'PGlite' ? 'PGlite, which' : 'a server that';
  return new Failure(
    {
      code: 'shadow-lacks',
      message: `The shadow is ${where} has no ${thing}: the revisions cannot be replayed on it.`,
      next,
    },
    { cause },
  );
}
