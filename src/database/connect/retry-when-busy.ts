import type { MikroORM } from '@mikro-orm/core';
import { networkOf } from '../../project/connections.ts';
import { sqlState } from '../sql-failure.ts';
import { isFull } from './connection-problem.ts';

/** Default time to wait for a free connection, ms. */
const defaultBusyWait = 5_000;
const pauseFirst = 100;
const pauseMost = 2_000;
/** A wait is reported after this time, and again at this interval, ms. */
const reportInterval = 2_000;

/**
 * Retries with an increasing delay while the server or a pooler has no free connection. This is safe because
 * nothing has been sent yet.
 * @param attempt opens a connection and uses it
 */
export async function retryWhenBusy<T>(orm: MikroORM, attempt: () => Promise<T>): Promise<T> {
  const { busyWait = defaultBusyWait, onWaiting } = networkOf(orm);
  const started = performance.now();
  let reportedAt = 0;
  for (let pause = pauseFirst; ; pause = Math.min(pause * 1.5, pauseMost)) {
    try {
      return await attempt();
    } catch (error) {
      const waited = performance.now() - started;
      const errorText = error instanceof Error ? error.message : String(error);
      if (!isFull(errorText, sqlState(error)) || waited >= busyWait) throw error;
      if (waited - reportedAt >= reportInterval) {
        onWaiting?.({ for: 'free connection', where: placeOf(orm), ms: Math.round(waited) });
        reportedAt = waited;
      }
      const left = busyWait - waited;
      await new Promise(resolve => setTimeout(resolve, Math.min(left, pause * (0.75 + Math.random() / 2))));
    }
  }
}

function placeOf(orm: MikroORM): string {
  const { host, port } = orm.em.getConnection().getConnectionOptions() as { host?: string; port?: number };
  return host ? `${host}:${port || 5432}` : 'the server';
}
