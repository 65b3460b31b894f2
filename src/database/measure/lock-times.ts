import type { MikroORM } from '@mikro-orm/core';
import { cannotRunInside } from '../../safety/batches.ts';
import { splitStatements } from '../../safety/parse.ts';
import type { LockMode } from '../../values/findings.ts';
import type { MeasuredLock } from '../../values/measured.ts';
import { queryOn } from '../connect/monitor.ts';
import type { Around } from '../shadow/revision-run.ts';
import { type Held, isStronger, othersLocks, ownLocks } from './locks.ts';
import type { Tables } from './tables.ts';

/** Interval for reading the locks of a statement that cannot run inside a transaction, ms. */
const every = 5;

/** Statements that may commit by themselves: a transaction around them would change their behaviour. */
const mayCommit: readonly string[] = ['DoStmt', 'CallStmt', 'TransactionStmt'];

interface Taken {
  readonly mode: LockMode;
  /** From the previous statements, ms since the step began. */
  readonly since: number;
}

/**
 * Measures which locks a step takes and how long it holds them. Locks in a transaction are read after each of
 * its statements, because all of them are held to its end. Without a transaction, each statement gets its own
 * transaction, or, if that is not possible, the locks are polled.
 */
export class LockTimes implements Around {
  readonly #orm: MikroORM;
  readonly #tables: Tables;
  /** Time of all statements so far, without the queries of this class, ms. */
  #elapsed = 0;
  #lastEnd: number | null = null;
  /** In the transaction of the step, by oid. */
  readonly #open = new Map<string, Taken>();
  /** Of statements outside a transaction. */
  readonly #ended = new Map<string, { mode: LockMode; ms: number }>();

  /** @param tables that existed before the step; only their locks count */
  constructor(orm: MikroORM, tables: Tables) {
    this.#orm = orm;
    this.#tables = tables;
  }

  async statement(
    sql: string | null,
    ctx: unknown,
    run: (ctx: unknown) => Promise<unknown>,
  ): Promise<unknown> {
    if (ctx !== undefined) return this.#inside(ctx, run);
    const statements = sql === null ? null : await splitStatements(sql);
    const alone =
      statements === null ||
      statements.some(one => cannotRunInside(one) !== null || mayCommit.includes(one.type));
    return alone ? this.#polling(run) : this.#byItself(run);
  }

  /**
   * Call this when the step has ended.
   * @returns its time without the queries of this class, ms, and the locks
   */
  end(ended: number): { readonly ms: number; readonly locks: MeasuredLock[] } {
    // The commit is part of the step.
    const ms = this.#elapsed + (this.#lastEnd === null ? 0 : ended - this.#lastEnd);
    const locks = new Map(this.#ended);
    for (const [oid, { mode, since }] of this.#open) locks.set(oid, { mode, ms: ms - since });
    return {
      ms: Math.round(ms),
      locks: [...locks].map(([oid, { mode, ms }]) => ({
        table: this.#tables.get(oid)?.name ?? oid,
        mode,
        ms: Math.round(ms * 10) / 10,
      })),
    };
  }

  async #inside(ctx: unknown, run: (ctx: unknown) => Promise<unknown>): Promise<unknown> {
    const since = this.#elapsed;
    const began = performance.now();
    const result = await run(ctx);
    this.#elapsed += performance.now() - began;
    const held = await ownLocks(this.#askIn(ctx), this.#tables);
    for (const { oid, mode } of held) {
      const before = this.#open.get(oid);
      if (before === undefined || isStronger(mode, before.mode)) this.#open.set(oid, { mode, since });
    }
    this.#lastEnd = performance.now();
    return result;
  }

  /** Runs a statement in its own transaction, which is equivalent to what it has anyway. */
  async #byItself(run: (ctx: unknown) => Promise<unknown>): Promise<unknown> {
    const began = performance.now();
    let asking = 0;
    let held: readonly Held[] = [];
    const result = await this.#orm.em.getConnection().transactional(async tx => {
      const answer = await run(tx);
      const asked = performance.now();
      held = await ownLocks(this.#askIn(tx), this.#tables);
      asking = performance.now() - asked;
      return answer;
    });
    const ms = performance.now() - began - asking;
    this.#elapsed += ms;
    for (const one of held) this.#keep(one, ms);
    return result;
  }

  async #polling(run: (ctx: unknown) => Promise<unknown>): Promise<unknown> {
    const ask = queryOn(this.#orm);
    const seen = new Map<string, { mode: LockMode; first: number; last: number }>();
    let running = true;
    const looking = (async () => {
      while (running) {
        for (const { oid, mode } of await othersLocks(ask, this.#tables)) {
          const now = performance.now();
          const before = seen.get(oid);
          if (before === undefined || isStronger(mode, before.mode))
            seen.set(oid, { mode, first: now, last: now });
          else if (before.mode === mode) before.last = now;
        }
        await new Promise(resolve => setTimeout(resolve, every));
      }
    })();
    const began = performance.now();
    try {
      return await run(undefined);
    } finally {
      this.#elapsed += performance.now() - began;
      running = false;
      await looking;
      for (const [oid, { mode, first, last }] of seen) this.#keep({ oid, mode }, last - first + every);
    }
  }

  #keep({ oid, mode }: Held, ms: number): void {
    const before = this.#ended.get(oid);
    if (before && (isStronger(before.mode, mode) || (before.mode === mode && before.ms >= ms))) return;
    this.#ended.set(oid, { mode, ms });
  }

  #askIn(ctx: unknown) {
    return <Row extends object>(sql: string): Promise<Row[]> =>
      this.#orm.em.getConnection().execute(sql, [], 'all', ctx as never) as never;
  }
}
