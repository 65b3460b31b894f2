import { type ChildProcess, type ChildProcessByStdio, fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'vitest';
import {
  cleanEnvironment,
  type MigrationSketch,
  makeProject,
  type Project,
  repository,
} from '../support/project.ts';
import type { Pty } from '../support/pty.ts';
import { sampleOf } from '../support/sample.ts';
import type { Order, Report } from './agent.ts';

/** All output of agents and engines, searched for passwords at the end. */
export const said: string[] = [];

/**
 * Checks that the output contains no password of the test server. A screen may wrap a word, or colour a part
 * of it.
 * @param atLeast the length that the output of all cases exceeds, characters; that of a sample is in proportion
 */
export function expectNoPassword(atLeast: number): void {
  const all = said.join('\n');
  expect(all.length).toBeGreaterThan(atLeast / sampleOf().every);
  for (const text of [all, stripVTControlCharacters(all).replace(/[│╭╮╰╯\s]+/g, ' ')]) {
    expect(text.match(/.{0,40}correct(%20|\+|\s)*horse/s)).toBeNull();
  }
}

/** The end of a program. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start, or from the last signal, to the exit, ms. */
  readonly ms: number;
}

/** The built program while it runs. */
export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Its output so far; a later listener of the child's streams sees it with the piece that it receives. */
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

export function startProgram({ root }: Project, args: readonly string[]): Running {
  const child = spawn(process.execPath, [join(repository, 'bin/migtui.js'), ...args], {
    cwd: root,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  let last = performance.now();
  child.stdout.on('data', piece => {
    output.stdout += piece;
  });
  child.stderr.on('data', piece => {
    output.stderr += piece;
  });
  const ended = new Promise<Ended>(resolve =>
    child.on('close', (code, signal) => resolve({ code, signal, ...output, ms: performance.now() - last })),
  );
  return {
    child,
    output,
    ended,
    kill(signal) {
      last = performance.now();
      child.kill(signal);
    },
  };
}

/** An agent's process. */
export interface Agent {
  /** Resolves with the report, or null if the agent died. */
  order(order: Order): Promise<Extract<Report, { kind: 'done' }> | null>;
  end(): Promise<void>;
  /** SIGKILL. */
  kill(): void;
}

export async function startAgent(): Promise<Agent> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./agent.ts', import.meta.url)), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const gone = new Promise<null>(resolve => child.once('exit', () => resolve(null)));
  const next = (kind: Report['kind']): Promise<Report | null> => {
    const told = new Promise<Report>(resolve => {
      const onReport = (report: Report): void => {
        if (report.kind !== kind) return;
        child.off('message', onReport);
        resolve(report);
      };
      child.on('message', onReport);
    });
    return Promise.race([told, gone]);
  };
  await next('ready');
  return {
    async order(order) {
      const report = next('done');
      child.send(order);
      return (await report) as Extract<Report, { kind: 'done' }> | null;
    },
    kill: () => void child.kill('SIGKILL'),
    async end() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** A project whose database is set by `FAULT_URL`, so that one project can be used with many databases. */
export function makeFaultProject(
  migrations: Record<string, MigrationSketch | string>,
  more = '',
): Promise<Project> {
  return makeProject({
    migrations,
    files: {
      'mikro-orm.config.ts': `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
export default () => defineConfig({
  clientUrl: process.env.FAULT_URL,
  baseDir: process.cwd(),
  extensions: [Migrator],
  entities: [],
  discovery: { warnWhenNoEntities: false },
  migrations: { path: 'migrations', pathTs: 'migrations', emit: 'ts' },
  ${more}
});
`,
    },
  });
}

/** With the journal on. */
export const journalled = `schemaGenerator: { ignoreSchema: ['migtui'] },`;

/** Limits the number that run at once. */
export async function inParallel<T>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: count }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}

/** One after the other. */
export function serially(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
}

/** The engine process of a running program. */
export function engineOf(app: Pty): number {
  const pid = app.pid();
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** Resolves when a process has ended. */
export async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    try {
      if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
    } catch {
      return;
    }
    await pause(50);
  }
  throw new Error(`process ${pid} is still there`);
}
