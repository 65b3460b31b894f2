import { expect, test } from 'vitest';
import { sixRevisions } from './six-revisions.ts';
import { expectNoPassword, journalled, makeFaultProject } from './support.ts';
import { countEvents, survive } from './survive.ts';

test('kill -9 of the engine at every boundary: the state is correct, and the next run finishes', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  const events = await countEvents(project);
  expect(events).toBeGreaterThan(40);
  await survive(project, 'die', [...Array(events).keys()]);
});

test('every connection ended by the server at every boundary, without a journal', async () => {
  const project = await makeFaultProject(sixRevisions);
  await survive(project, 'backends', [...Array(await countEvents(project)).keys()]);
});

test('no password in any output', () => {
  expectNoPassword(100_000);
});
