import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { answerWithin, type ClientClass, Connections } from '../../src/project/connections.ts';
import type { Waiting } from '../../src/values/network.ts';
import { repository } from '../support/project.ts';

/** A pg client that gets no answer. */
class SilentClient {
  readonly host = 'db.example';
  readonly port = 5432;
  readonly processID = 4711;
  readonly #reject: ((error: Error) => void)[] = [];
  readonly connection = {
    stream: { destroy: (error?: Error) => this.#reject.splice(0).map(reject => reject(error as Error)) },
  };
  #never(): Promise<never> {
    return new Promise((_, reject) => this.#reject.push(reject));
  }
  connect(): Promise<never> {
    return this.#never();
  }
  query(_sql: string): Promise<never> {
    return this.#never();
  }
  end(): void {}
  once(): void {}
}

const Silent = SilentClient as unknown as ClientClass;

function clientOf(connections: Connections, config: object = {}): SilentClient {
  const { Client } = connections.limit(config) as { Client: new (options: object) => SilentClient };
  return new Client(config);
}

test('a query has a time limit; a statement of a revision has none; waits are reported', async () => {
  vi.useFakeTimers();
  const told: Waiting[] = [];
  const client = clientOf(new Connections({ onWaiting: waiting => told.push(waiting) }, Silent));
  const question = client.query('select 1').catch(error => error);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(told.map(({ for: what, where }) => `${what} ${where}`)).toEqual(
    Array.from({ length: 3 }, () => 'answer db.example:5432'),
  );
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await question).toMatchObject({ code: 'no-answer', message: expect.stringContaining('15 s') });

  let ended = false;
  void answerWithin(null, () => client.query('alter table')).catch(() => {
    ended = true;
  });
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(ended).toBe(false);
  vi.useRealTimers();
});

test.each([
  ['by default', {}, {}, 10_000],
  ['as the MikroORM config says', {}, { connectionTimeoutMillis: 30_000 }, 30_000],
  ['as the settings say', { connectTimeout: 2_000 }, { connectionTimeoutMillis: 30_000 }, 2_000],
])('connecting has a time limit, %s', async (_, options, config, limit) => {
  vi.useFakeTimers();
  const client = clientOf(new Connections(options, Silent), config);
  const connecting = client.connect().catch(error => error);
  let ended = false;
  void connecting.then(() => {
    ended = true;
  });
  await vi.advanceTimersByTimeAsync(limit - 1);
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await connecting).toMatchObject({ code: 'no-answer' });
  vi.useRealTimers();
});

test('settings of the config are kept, and a custom client is not changed', () => {
  const connections = new Connections({}, Silent);
  expect(connections.limit(undefined)).toMatchObject({ keepAlive: true });
  expect(connections.limit({ keepAlive: false, ssl: true })).toMatchObject({ keepAlive: false, ssl: true });
  const dialect = { createDriver: () => {} };
  expect(connections.limit(dialect)).toBe(dialect);
  expect((connections.limit(() => dialect) as () => unknown)()).toBe(dialect);
  expect((connections.limit(() => ({ max: 3 })) as () => unknown)()).toMatchObject({ max: 3 });
});

test('after a forced end, nothing is opened', async () => {
  const connections = new Connections({}, Silent);
  const client = clientOf(connections);
  const connecting = client.connect().catch(error => error.code);
  connections.abandon(true);
  expect(await connecting).toBe('no-answer');
  expect(
    await clientOf(connections)
      .connect()
      .catch(error => error.code),
  ).toBe('no-answer');
});

test('every ORM that connects has these limits', async () => {
  const made: string[] = [];
  for (const file of await readdir(join(repository, 'src'), { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const source = (await readFile(join(repository, 'src', file), 'utf8')).replace(/^ \*.*$/gm, '');
    expect([file, /from 'pg'|new Pool\(/.test(source)]).toEqual([file, false]);
    if (!source.includes('MikroORM.init(')) continue;
    made.push(file);
    // These cannot connect: one only discovers entities, one runs in the isolated process for previews.
    const closed = ['project/entities.ts', 'preview/sandbox/orm.ts'];
    const safe = source.includes('connections.limit(') || closed.includes(file);
    expect([file, safe]).toEqual([file, true]);
  }
  expect(made).toContain('project/project.ts');
});
