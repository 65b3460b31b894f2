import { it } from 'vitest';
import { demoSession } from '../support/demo-session.ts';
import { createDatabase } from '../support/server.ts';

it('the demo on a server goes through every flow in one session', { timeout: 300_000 }, async () => {
  await demoSession(await createDatabase());
});
