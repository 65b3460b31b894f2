import { expect } from 'vitest';
import type { Project } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';
import type { Order } from './agent.ts';
import { recover } from './recovery.ts';
import { type Agent, inParallel, startAgent } from './support.ts';

/**
 * Causes a failure at each of the given events of a run, each on a separate database, then reads the state,
 * resolves interrupted revisions, and runs again to the end.
 */
export async function survive(
  project: Project,
  accident: NonNullable<Order['accident']>,
  points: readonly number[],
): Promise<void> {
  // An agent that survives its failure is reused for the next one.
  const idle: Agent[] = [];
  const together = accident === 'die' || accident === 'backends' ? 2 : 1;
  await inParallel(sampled(points), together, async at => {
    const database = await createDatabase();
    const agent = idle.pop() ?? (await startAgent());
    const report = await agent.order({ root: project.root, url: database.url, at, accident });
    if (report) idle.push(agent);
    await recover(project, database, `${accident} at ${at}`);
    await database.drop();
  });
  await Promise.all(idle.map(agent => agent.end()));
}

/** Number of events in an undisturbed run. */
export async function countEvents(project: Project): Promise<number> {
  const database = await createDatabase();
  const agent = await startAgent();
  const report = await agent.order({ root: project.root, url: database.url });
  await agent.end();
  expect(report?.code).toBeNull();
  await database.drop();
  return report?.events ?? 0;
}
