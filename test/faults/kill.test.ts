import { expect, test } from 'vitest';
import { countEvents, sixRevisions, survive } from './accidents.ts';
import { journalled, makeFaultProject, said } from './support.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('kill -9 of the engine at every boundary: the next look is true, the next run finishes', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  const events = await countEvents(project);
  expect(events).toBeGreaterThan(40);
  await survive(project, 'die', range(events));
});

test('kill -9 of the whole program: its engine notices, rolls back and goes', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  const events = await countEvents(project);
  await survive(
    project,
    'face',
    range(events).filter(at => at % 2 === 0),
  );
});

test('every connection ended by the server, without a journal', async () => {
  const project = await makeFaultProject(sixRevisions);
  const events = await countEvents(project);
  await survive(
    project,
    'backends',
    range(events).filter(at => at % 2 === 1),
  );
});

test('no password in anything that was said', () => {
  expect(said.join('').length).toBeGreaterThan(100_000);
  expect(said.join('')).not.toMatch(/correct(%20|\+| )horse/);
});
