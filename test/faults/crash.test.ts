import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import type { Failure } from '../../src/foundation/failure.ts';
import { createDatabase, provideServer, type Server, startServer } from '../support/server.ts';
import { sixRevisions } from './six-revisions.ts';
import { expectNoPassword, journalled, makeFaultProject, said } from './support.ts';
import { countEvents, survive } from './survive.ts';

// A separate server, because it is killed.
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

test('a server that is down when the run begins is reported', async () => {
  const mortal = await startServer();
  provideServer(mortal.url);
  const database = await createDatabase();
  provideServer(server.url);
  const project = await makeFaultProject(sixRevisions, journalled);
  process.env.FAULT_URL = database.url;
  const engine = await openEngine({ root: project.root }, event => void said.push(JSON.stringify(event)));
  const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
  await mortal.stop();
  const error = await engine.run(preview, {}).then(
    () => null,
    (failure: Failure) => failure.info,
  );
  said.push(JSON.stringify(error));
  expect(error).toMatchObject({
    code: 'database-unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
    next: 'Start the server, or check host and port in the MikroORM config.',
  });
  expect((await engine.overview()).database).toMatchObject({ state: 'unreachable' });
  await engine.close();
});

test('no password in any output', () => {
  expectNoPassword(100_000);
});
