import { afterAll, beforeAll, expect, test } from 'vitest';
import { provideServer, type Server, startServer } from '../support/server.ts';
import { countEvents, sixRevisions, survive } from './accidents.ts';
import { journalled, makeFaultProject, said } from './support.ts';

// a server of its own: this one is killed
let server: Server;
beforeAll(async () => {
  server = await startServer();
  provideServer(server.url);
});
afterAll(() => server.stop());

test('a server process killed and the server restarted at every third boundary', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  const events = await countEvents(project);
  await survive(
    project,
    'crash',
    Array.from({ length: Math.floor(events / 3) }, (_, index) => index * 3 + 2),
  );
});

test('no password in anything that was said', () => {
  expect(said.join('')).not.toMatch(/correct(%20|\+| )horse/);
});
