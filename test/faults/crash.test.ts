import { afterAll, beforeAll, expect, test } from 'vitest';
import { provideServer, type Server, startServer } from '../support/server.ts';
import { countEvents, survive } from './accidents.ts';
import { sixRevisions } from './six-revisions.ts';
import { journalled, makeFaultProject, said } from './support.ts';

// a server of its own: this one is killed
let server: Server;
beforeAll(async () => {
  server = await startServer({ restarts: true });
  provideServer(server.url);
});
afterAll(() => server.stop());

const boundaries = async (project: Awaited<ReturnType<typeof makeFaultProject>>): Promise<number[]> => [
  ...Array(await countEvents(project)).keys(),
];

test('a server process killed at every boundary, and the server recovers', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  await survive(project, 'crash', await boundaries(project));
});

test('the server restarted at every boundary: shut down fast, and without a checkpoint', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  const all = await boundaries(project);
  await survive(
    project,
    'fast',
    all.filter(at => at % 2 === 0),
  );
  await survive(
    project,
    'immediate',
    all.filter(at => at % 2 === 1),
  );
});

test('no password in anything that was said', () => {
  expect(said.join('').length).toBeGreaterThan(100_000);
  expect(said.join('')).not.toMatch(/correct(%20|\+| )horse/);
});
