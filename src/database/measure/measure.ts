import type { MikroORM } from '@mikro-orm/core';
import type { Previewer } from '../../preview/previewer.ts';
import { answerWithin } from '../../project/connections.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import type { Project } from '../../project/project.ts';
import type { MeasuredLock, MeasuredRun, MeasuredStep } from '../../values/measured.ts';
import type { Batch } from '../../values/run.ts';
import { queryOn } from '../connect/monitor.ts';
import type { LedgerTable } from '../ledger.ts';
import { type ReplayStep, RevisionRunner } from '../shadow/revision-run.ts';
import { sqlFailure } from '../sql-failure.ts';
import { type Content, notRestored, readContent, removed } from './content.ts';
import { LockTimes } from './lock-times.ts';
import { isStronger } from './locks.ts';
import { type Ask, readTables, rewritten, type Tables } from './tables.ts';

/** The input of a measurement. */
export interface Measured {
  readonly project: Project;
  readonly previewer: Previewer;
  /** The address of the copy. */
  readonly orm: MikroORM;
  readonly ledger: LedgerTable;
  readonly schema: string | null;
  readonly steps: readonly ReplayStep[];
  readonly sources: ReadonlyMap<string, MigrationSource>;
  /** The transactions of the plan: locks are held to the end of theirs. */
  readonly batches: readonly Batch[];
  readonly report: (text: string, done: number, total: number) => void;
}

/**
 * Runs the steps of a plan on a copy, each with its downgrade and a second upgrade, and measures them. Stops
 * after the first step that fails, or if a failed downgrade left changes behind.
 */
export async function measure(what: Measured): Promise<MeasuredStep[]> {
  return answerWithin(null, () => new Measuring(what).steps());
}

class Measuring {
  readonly #what: Measured;
  readonly #ask: Ask;

  constructor(what: Measured) {
    this.#what = what;
    this.#ask = queryOn(what.orm);
  }

  async steps(): Promise<MeasuredStep[]> {
    const { steps, batches, report } = this.#what;
    const measured: MeasuredStep[] = [];
    // Tables created in a transaction are only visible to it, so their locks do not count.
    let before: Tables = new Map();
    for (const [index, step] of steps.entries()) {
      report(`Measuring ${step.revision}`, index, steps.length);
      const batch = batches.find(one => one.steps.includes(index));
      if (batch?.steps[0] === index) before = await this.#tables();
      const one = await this.#step(step, before);
      measured.push(one.measured);
      if (one.stuck) break;
    }
    report('Measured', steps.length, steps.length);
    return measured.map((step, index) => ({
      ...step,
      done: { ...step.done, locks: held(step.done, laterIn(batches, index, measured)) },
    }));
  }

  /** @returns `stuck`: later steps cannot be tried */
  async #step(
    step: ReplayStep,
    known: Tables,
  ): Promise<{ readonly measured: MeasuredStep; readonly stuck: boolean }> {
    const first = await this.#content();
    const { run: done, after: second } = await this.#run(step, known, first);
    if (done.failure) return { measured: { ...step, done, undone: null, lost: [] }, stuck: true };
    const back: ReplayStep = { ...step, action: step.action === 'up' ? 'down' : 'up' };
    const { run: undone, after: third } = await this.#run(back, await this.#tables(), second);
    if (undone.failure) {
      const none = undone.failure.code === 'no-down';
      const measured = { ...step, done, undone: none ? null : undone, lost: [] };
      // In a transaction, it left nothing behind.
      return { measured, stuck: !none && notRestored(second, third).length > 0 };
    }
    const measured = { ...step, done, undone, lost: notRestored(first, third) };
    const again = await this.#run(step, known, third);
    return { measured, stuck: again.run.failure !== null };
  }

  async #run(
    step: ReplayStep,
    known: Tables,
    content: Content,
  ): Promise<{ readonly run: MeasuredRun; readonly after: Content }> {
    const { project, previewer, orm, schema, sources } = this.#what;
    const before = await this.#tables();
    // Under their current names.
    const locked = new Map([...before].filter(([oid]) => known.has(oid)));
    const times = new LockTimes(orm, locked);
    const runner = new RevisionRunner(project, previewer, orm, schema, times);
    const wal = await this.#wal();
    let failure: MeasuredRun['failure'] = null;
    try {
      await runner.run(step, sources.get(step.revision) as MigrationSource);
    } catch (error) {
      failure = sqlFailure(error, runner.statement).info;
    }
    const { ms, locks } = times.end(performance.now());
    const walBytes = (await this.#wal()) - wal;
    const after = await this.#tables();
    const contentAfter = await readContent(this.#ask, after);
    return {
      run: {
        ms,
        locks,
        rewrites: rewritten(before, after),
        walBytes,
        losses: removed(content, contentAfter),
        failure,
      },
      after: contentAfter,
    };
  }

  #tables(): Promise<Tables> {
    return readTables(this.#ask, this.#what.ledger);
  }

  async #content(): Promise<Content> {
    return readContent(this.#ask, await this.#tables());
  }

  /** Total bytes of write-ahead log of the server. */
  async #wal(): Promise<number> {
    const [row] = await this.#ask<{ at: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as at`,
    );
    return Number(row?.at);
  }
}

/** Duration of the later steps in the same transaction, ms. */
function laterIn(batches: readonly Batch[], index: number, measured: readonly MeasuredStep[]): number {
  const batch = batches.find(({ steps }) => steps.includes(index));
  if (!batch?.transactional) return 0;
  return batch.steps
    .filter(step => step > index)
    .reduce((sum, step) => sum + (measured[step]?.done.ms ?? 0), 0);
}

/** Locks with the time to the end of their transaction, strongest first. */
function held({ locks }: MeasuredRun, later: number): MeasuredLock[] {
  return locks
    .map(lock => ({ ...lock, ms: Math.round((lock.ms + later) * 10) / 10 }))
    .sort((a, b) => Number(isStronger(b.mode, a.mode)) - Number(isStronger(a.mode, b.mode)) || b.ms - a.ms);
}
