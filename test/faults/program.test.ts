import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { migtui, type Project } from '../support/project.ts';
import { openMigtui, type Pty } from '../support/pty.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { expectFinished, recover } from './recovery.ts';
import { sixRevisions } from './six-revisions.ts';
import {
  engineOf,
  expectNoPassword,
  gone,
  inParallel,
  journalled,
  makeFaultProject,
  said,
} from './support.ts';

/*
 * The real program: bin/migtui.js, in a terminal and controlled by keys, or headless.
 */

const killed = 128 + 9;
const preload = fileURLToPath(new URL('./boundary.ts', import.meta.url));

/** An environment in which the program, or its engine, is ended at one point: see boundary.ts. */
const environment = (
  database: Database,
  ends: 'face' | 'engine' | 'both' | 'command',
  at?: number,
  count?: string,
) => ({
  FAULT_URL: database.url,
  FAULT_ENDS: ends,
  FAULT_AT: at === undefined ? undefined : String(at),
  FAULT_COUNT: count,
  NODE_OPTIONS: `--import=${preload}`,
});

/** Presses keys up to the point before the run. */
async function openPlan(project: Project, env: Record<string, string | undefined>): Promise<Pty> {
  const app = await openMigtui(project.root, { env });
  await app.sees('6 pending');
  await app.press('u');
  await app.sees('6 steps');
  return app;
}

/** Number of the engine's writes to the server in an undisturbed run of the app. */
async function countWrites(project: Project): Promise<number> {
  const database = await createDatabase();
  const count = join(project.root, 'writes');
  const app = await openPlan(project, environment(database, 'engine', undefined, count));
  await app.press('Enter');
  await app.sees('6 steps done');
  await app.press('Esc', 'q');
  expect(await app.exit).toEqual({ code: 0 });
  await expectFinished(database, 'nothing happened');
  await database.drop();
  const writes = Number(readFileSync(count, 'utf8'));
  // The monitor of a long statement may write more or less often.
  expect(writes).toBeGreaterThan(40);
  return writes - 4;
}

/** Ends the front end, or all of it, at each of these events. */
async function killAt(project: Project, ends: 'face' | 'both', points: readonly number[]): Promise<void> {
  await inParallel(sampled(points), 2, async at => {
    const database = await createDatabase();
    const app = await openPlan(project, environment(database, ends, at));
    const engine = engineOf(app);
    await app.press('Enter');
    expect([at, await app.exit]).toEqual([at, { code: killed }]);
    await gone(engine);
    said.push(app.output());
    await recover(project, database, `${ends} killed at ${at}`);
    await database.drop();
  });
}

const every = (count: number, step = 1, first = 0): number[] =>
  Array.from({ length: Math.ceil((count - first) / step) }, (_, index) => first + index * step);

test('kill -9 of the app at every boundary: its engine notices, rolls back and exits', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  await killAt(project, 'face', every(await countWrites(project), 5));
});

test('kill -9 of the program and its engine at once', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  await killAt(project, 'both', every(await countWrites(project), 16, 1));
});

test('kill -9 of the engine during the app: it is reported, and r restarts the engine', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  await inParallel(sampled(every(await countWrites(project), 16, 3)), 2, async at => {
    const database = await createDatabase();
    const app = await openPlan(project, environment(database, 'engine', at));
    await app.press('Enter');
    await app.sees('The engine stopped (SIGKILL)');
    await app.press('Esc', 'r');
    await app.seesNo('ENGINE STOPPED');
    await app.press('q');
    expect([at, await app.exit]).toEqual([at, { code: 0 }]);
    said.push(app.output());
    expect(app.output()).not.toContain('birpc');
    await recover(project, database, `engine killed under the screen at ${at}`);
    await database.drop();
  });
});

test('kill -9 of a headless upgrade between its messages to the server', async () => {
  const project = await makeFaultProject(sixRevisions, journalled);
  const count = join(project.root, 'writes');
  const upgrade = async (at?: number) => {
    const database = await createDatabase();
    const output = await migtui(project, ['upgrade', 'heads', '--yes'], {
      env: environment(database, 'command', at, count),
    });
    said.push(output.stdout, output.stderr);
    return { database, output };
  };
  const whole = await upgrade();
  expect(whole.output).toMatchObject({ code: 0 });
  await expectFinished(whole.database, 'nothing happened');
  const writes = Number(readFileSync(count, 'utf8'));
  expect(writes).toBeGreaterThan(60);
  await inParallel(sampled(every(writes - 4, 12, 3)), 2, async at => {
    const { database, output } = await upgrade(at);
    expect([at, output.code]).toEqual([at, null]);
    await recover(project, database, `headless killed before it wrote ${at}`);
    await database.drop();
  });
});

test('no password in any output', () => {
  expectNoPassword(100_000);
});
