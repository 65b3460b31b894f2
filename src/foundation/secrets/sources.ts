import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { redactor } from './redactor.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Keys of objects and variables that contain a password. */
const passwordKey = /pass(?:word|wd|phrase)?$|(?:^|_)pwd$/i;
/** The working folders of a shell (`PWD`, `OLDPWD`). */
const notPassword = /^(?:OLD)?PWD$/;

/** Limits for searching a config. */
const deepest = 6;
const mostValues = 5_000;

/**
 * Registers the passwords in the user's environment, in every place where a driver would look: variables
 * (`PGPASSWORD`, any URL), `.pgpass` or `PGPASSFILE`, the service file. Missing or unreadable sources are
 * skipped.
 */
export function registerEnvironment(env: Environment): void {
  const names = [env.PGUSER, env.PGDATABASE, env.PGHOST, env.USER];
  for (const [key, value = ''] of Object.entries(env)) {
    if (notPassword.test(key)) continue;
    if (passwordKey.test(key)) redactor.learn(value, names);
    else learnFromUrl(value);
  }
  const home = env.HOME || homedir();
  const passFile =
    env.PGPASSFILE ||
    (process.platform === 'win32'
      ? join(env.APPDATA ?? home, 'postgresql', 'pgpass.conf')
      : join(home, '.pgpass'));
  for (const line of linesOf(passFile)) {
    const fields = line.match(/[^:\\]+(?:\\.[^:\\]*)*|(?:\\.[^:\\]*)+/g) ?? [];
    const [host, , database, user, password] = fields.map(field => field.replace(/\\(.)/g, '$1'));
    redactor.learn(password, [host, database, user]);
  }
  for (const line of linesOf(env.PGSERVICEFILE || join(home, '.pg_service.conf'))) {
    const [key = '', ...rest] = line.split('=');
    if (passwordKey.test(key.trim())) redactor.learn(rest.join('=').trim(), names);
  }
}

/**
 * Registers every password in a value, such as a MikroORM config or settings: values of password keys, and
 * URLs.
 */
export function learnFromValue(value: unknown): void {
  const seen = new Set<object>();
  let left = mostValues;
  const search = (at: unknown, key: string, names: readonly unknown[], depth: number): void => {
    if (typeof at === 'string') {
      if (passwordKey.test(key)) redactor.learn(at, names);
      else learnFromUrl(at);
      return;
    }
    if (typeof at !== 'object' || at === null || depth > deepest || seen.has(at)) return;
    seen.add(at);
    const plain = Array.isArray(at) || [Object.prototype, null].includes(Object.getPrototypeOf(at));
    if (!plain) return;
    const inner = at as Readonly<Record<string, unknown>>;
    const here = [inner.user, inner.dbName, inner.database, inner.host, inner.schema];
    for (const [key, one] of Object.entries(inner)) {
      if (left-- <= 0) return;
      search(one, key, [...names, ...here], depth + 1);
    }
  };
  search(value, '', [], 0);
}

/** Registers the password of a URL, if the text is one. */
export function learnFromUrl(text: string): void {
  if (!text.includes('://') || !URL.canParse(text)) return;
  const { hostname, username, password, pathname, searchParams } = new URL(text);
  const names = [hostname, username, pathname.slice(1)].map(decoded);
  for (const secret of [decoded(password), searchParams.get('password'), searchParams.get('sslpassword')]) {
    redactor.learn(secret, names);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The lines of a small file, without comments and empty lines. */
function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .slice(0, 1_000_000)
      .split(/\r?\n/)
      .filter(line => line !== '' && !line.startsWith('#'));
  } catch {
    return [];
  }
}
