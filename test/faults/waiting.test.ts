import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { createDatabase } from '../support/server.ts';
import { expectNoPassword, makeFaultProject, said } from './support.ts';

const touch = 'Migration20260101000000_touch';

/** An upgrade with the default timeouts while another session holds a lock on the table. */
async function upgradeBehind(held: (release: () => Promise<void>) => void) {
  const database = await createDatabase();
  await database.query('create table chats (id int)');
  const blocker = await database.connect();
  await blocker.query('begin; lock table chats in access share mode');
  const project = await makeFaultProject({ [touch]: { up: 'alter table "chats" add column "topic" text' } });
  process.env.FAULT_URL = database.url;
  const events: RunEvent[] = [];
  const engine = await openEngine({ root: project.root }, event => {
    said.push(JSON.stringify(event));
    if (event.type === 'run') events.push(event.event);
  });
  const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
  held(async () => void (await blocker.query('rollback')));
  const result = await engine.run(preview, {});
  const { applied } = await engine.overview();
  await engine.close();
  await blocker.end();
  return { result, events, applied };
}

test('a table locked for 3 s: waits, shows the blocker, continues', async () => {
  const { result, events } = await upgradeBehind(release => setTimeout(() => void release(), 3_000));
  expect(result.failure).toBeNull();
  const blocked = events.filter(event => event.kind === 'watch' && event.blockers.length > 0);
  expect(blocked.length).toBeGreaterThan(2);
  expect(blocked.at(-1)).toMatchObject({ blockers: [{ user: 'postgres', application: 'migtui-test' }] });
});

test('locked for longer: gives up cleanly after its retries', async () => {
  const { result, events, applied } = await upgradeBehind(() => {});
  expect(result).toMatchObject({
    failure: { code: 'lock-timeout' },
    steps: [{ outcome: 'failed', rolledBack: true }],
  });
  expect(events.filter(event => event.kind === 'retry')).toHaveLength(3);
  expect(applied).toBe(0);
});

test('no password in any output', () => expectNoPassword(1_000));
