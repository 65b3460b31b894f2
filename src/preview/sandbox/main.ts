import { open as openFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { Channel } from './channel.ts';
import { isAllowed, isolateProcess } from './isolate.ts';
import { installLoader } from './loader.ts';
import { type Answer, listedClass, openOrm, type Places } from './orm.ts';
import { watchCapabilities, watchPending } from './pending.ts';
import type { SandboxRequest, SandboxResult, SandboxRows, SentQuery } from './protocol.ts';
import { type Connected, standIn } from './stand-in.ts';
import { recordGlobals } from './traces.ts';

/*
 * The isolated process: it runs code of migrations for previews. See isolate.ts for what it blocks.
 */

interface Instance {
  up(): unknown;
  down(): unknown;
  isTransactional(): unknown;
  getQueries(): readonly unknown[];
}

type MigrationClass = new (driver: object, config: object) => Instance;

// The streams open their pipes now; later none can be opened.
void process.stdout;
void process.stderr;
// An unawaited promise in user code may reject without ending the process.
process.on('unhandledRejection', () => {});

const channel = new Channel();
const { token } = channel.receive() as { token: string };
installLoader(channel);
const places = JSON.parse(process.argv[2] as string) as Places;
const { BaseMigration } = await baseMigration(places.migration);
const file = await openFile(fileURLToPath(import.meta.url));
const open = isolateProcess((process.stdout as unknown as { _handle: object })._handle, file);
await file.close();
/** Taken before the user's code can change it. */
const baseDown = BaseMigration.prototype.down;

const { stringify } = JSON;
let queries = 0;
/** Ends a run that waits for something that can no longer happen. */
let abandonRun: ((why: Error) => void) | null = null;
const { setImmediate } = globalThis;
process.on('beforeExit', () => {
  const end = abandonRun;
  abandonRun = null;
  if (!end) return;
  setImmediate(() => {});
  end(new Error('it waits for a promise that never settles'));
});

// What the code opened is closed now.
for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
watchCapabilities();
const isUnchanged = recordGlobals(isAllowed, [BaseMigration]);
const becomesQuiet = watchPending();

channel.send({ t: 'ready', open });
void serve();

async function serve(): Promise<never> {
  for (;;) {
    const result = await run(channel.receive() as SandboxRequest);
    abandonRun = null;
    // Writing it may call methods that the code has defined, so it comes before the checks.
    const text = textOf(result);
    const quiet = await becomesQuiet();
    channel.sendResult(text, token, quiet && isUnchanged());
  }
}

/** A result as JSON. */
function textOf(result: SandboxResult): string {
  try {
    return stringify(result);
  } catch (error) {
    const note = `fails in the preview: ${messageOf(error)}`;
    return stringify({ ...result, queries: [], executed: 0, note });
  }
}

/** The result of the code; if it never finishes, that is an error. */
function unlessIdle<T>(work: T): Promise<Awaited<T>> {
  return new Promise((resolve, reject) => {
    abandonRun = reject;
    Promise.resolve(work).then(resolve, reject);
  });
}

async function baseMigration(url: string): Promise<{ BaseMigration: MigrationClass }> {
  const { Migration } = (await import(url)) as { Migration: MigrationClass };
  return { BaseMigration: Migration };
}

async function run(request: SandboxRequest): Promise<SandboxResult> {
  const { n, direction, live } = request;
  const captured: SentQuery[] = [];
  let note: string | null = null;
  const reportIncomplete = (why: string): void => {
    note ??= why;
  };
  const connected: Connected = {
    live,
    reportIncomplete,
    async execute(query) {
      captured.push(query);
      return live ? (await answerTo(query)).rows : [];
    },
    platform: places.platform,
    orm: () => openOrm(places, answerTo),
  };
  const result = (more: Partial<SandboxResult>): SandboxResult => ({
    t: 'result',
    n,
    token: '',
    clean: false,
    queries: captured,
    executed: captured.length,
    transactional: true,
    irreversible: false,
    note,
    broken: null,
    ...more,
  });
  let instance: Instance;
  let transactional: boolean;
  let loaded = false;
  try {
    const Class = await unlessIdle(classFor(request));
    loaded = true;
    if (!Class) return result({ broken: { code: 'no-migration-class', error: null } });
    const { driver, config } = standIn(connected, queryOf);
    instance = new Class(driver, config);
    transactional = instance.isTransactional() !== false;
  } catch (error) {
    return result({
      broken: { code: loaded ? 'migration-cannot-start' : 'migration-broken', error: described(error) },
    });
  }
  if (direction === 'down' && instance.down === baseDown) {
    return result({ irreversible: true, transactional });
  }
  try {
    await unlessIdle(instance[direction]());
  } catch (error) {
    note = `fails in the preview: ${messageOf(error)}`;
  }
  const executed = captured.length;
  try {
    for (const query of instance.getQueries()) captured.push(queryOf(query));
  } catch (error) {
    reportIncomplete(`fails in the preview: ${messageOf(error)}`);
  }
  return result({ executed, transactional, note });
}

async function classFor({ path, listed, n }: SandboxRequest): Promise<MigrationClass | undefined> {
  if (path === null) {
    return (await listedClass(places, listed ?? 0)) as MigrationClass | undefined;
  }
  // A new copy each time, so that edits are seen.
  const exported = (await import(`${pathToFileURL(path).href}?migtui=${n}`)) as Record<string, unknown>;
  const inside = exported.default;
  const functions = [
    ...Object.values(exported),
    ...(typeof inside === 'object' && inside !== null ? Object.values(inside) : []),
  ].filter(value => typeof value === 'function') as MigrationClass[];
  return (
    functions.find(value => typeof value.prototype?.up === 'function') ??
    functions.find(value => value.prototype instanceof BaseMigration)
  );
}

/** What MikroORM accepts as a query: text with parameters, a raw fragment, or a query builder. */
function queryOf(query: unknown, params?: unknown): SentQuery {
  if (typeof query === 'string') return { sql: query, params: packed(params) };
  const builder = query as { toRaw?(): unknown; sql?: unknown; params?: unknown };
  const raw = (typeof builder?.toRaw === 'function' ? builder.toRaw() : builder) as {
    sql?: unknown;
    params?: unknown;
  };
  const sql = raw?.sql;
  if (typeof sql !== 'string') throw new TypeError('this is not SQL');
  return { sql, params: packed(raw.params) };
}

function packed(params: unknown): string | null {
  if (params === undefined || (Array.isArray(params) && params.length === 0)) return null;
  return serialize(params).toString('base64');
}

async function answerTo(query: SentQuery): Promise<Answer> {
  const n = ++queries;
  channel.send({ t: 'query', n, ...query });
  const answer = channel.receive() as SandboxRows;
  if (answer.error !== undefined) throw new Error(answer.error);
  return deserialize(Buffer.from(answer.rows as string, 'base64')) as Answer;
}

/**
 * A refusal by Node's permission model; its own message explains how to allow it, which is not possible here.
 */
const refused: Readonly<Record<string, string>> = {
  FileSystemWrite: 'a preview cannot write files',
  FileSystemRead: 'a preview cannot read files outside the project',
};

function messageOf(error: unknown): string {
  try {
    return `${whatWasThrown(error)}`;
  } catch {
    return 'the error cannot be displayed';
  }
}

function whatWasThrown(error: unknown): unknown {
  const { code, permission } = (error ?? {}) as { code?: unknown; permission?: unknown };
  if (code === 'ERR_ACCESS_DENIED' && typeof permission === 'string') {
    return refused[permission] ?? 'a preview cannot use this part of Node';
  }
  if (error instanceof AggregateError && error.message === '' && error.errors.length > 0) {
    return messageOf(error.errors[0]);
  }
  return error instanceof Error ? error.message : String(error);
}

/** An error as a plain value. */
function described(error: unknown): NonNullable<NonNullable<SandboxResult['broken']>['error']> {
  const { code, stack } = (error ?? {}) as { code?: unknown; stack?: unknown };
  return {
    message: messageOf(error),
    stack: typeof stack === 'string' ? stack : '',
    code: typeof code === 'string' ? code : null,
  };
}
