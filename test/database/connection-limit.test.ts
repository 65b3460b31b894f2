import { expect, test } from 'vitest';
import { retryWhenBusy } from '../../src/database/connect/retry-when-busy.ts';
import { waitsAs } from '../../src/project/connections.ts';
import type { Waiting } from '../../src/values/network.ts';

const full = () => Object.assign(new Error('sorry, too many clients already'), { code: '53300' });

function ormThatWaits(busyWait: number, told: Waiting[] = []) {
  const connection = { getConnectionOptions: () => ({ host: 'db.example', port: 6432 }) };
  const orm = { em: { getConnection: () => connection } };
  return waitsAs(orm, { busyWait, onWaiting: waiting => told.push(waiting) }) as never;
}

test('a full server is retried until a connection is free', async () => {
  let attempts = 0;
  const answer = await retryWhenBusy(ormThatWaits(60_000), async () => {
    if (++attempts < 4) throw full();
    return 'connected';
  });
  expect([answer, attempts]).toEqual(['connected', 4]);
});

test('but not longer than the timeout; other errors are not retried', async () => {
  let attempts = 0;
  const failing = (error: () => Error, busyWait: number) =>
    retryWhenBusy(ormThatWaits(busyWait), () => {
      attempts++;
      return Promise.reject(error());
    });
  await expect(failing(full, 0)).rejects.toThrow('too many clients');
  await expect(failing(() => new Error('connect ECONNREFUSED'), 60_000)).rejects.toThrow('ECONNREFUSED');
  expect(attempts).toBe(2);
});
