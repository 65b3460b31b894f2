import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { redact } from '../../foundation/secrets/redactor.ts';
import type { Plan } from '../../revisions/plan.ts';
import type { RunNotes } from '../../values/journal.ts';
import { userName } from '../lock.ts';
import type { LoadedStep } from '../run/context.ts';
import { sqlState } from '../sql-failure.ts';
import { createJournal, journalState, journalTable, type Query } from './table.ts';
import { version } from './version.ts';

/** How a step ended that did not commit. */
export type BadEnd = 'failed' | 'rolled back';

interface Entry {
  readonly id: string;
  readonly step: LoadedStep;
  readonly transactional: boolean;
  readonly started: Date;
}

/** Writes the journal of one run. */
export class JournalWriter {
  readonly #run: string;
  readonly #ledger: string;
  readonly #plan: Plan & RunNotes;
  readonly #entries = new Map<number, Entry>();
  #planWritten = false;

  /** @param plan with the notes that are kept beside it */
  constructor(run: string, ledger: string, plan: Plan & RunNotes) {
    this.#run = run;
    this.#ledger = ledger;
    this.#plan = plan;
  }

  /** A step starts. `query` must commit at once where there is a second connection, so that a kill leaves the row. */
  async begin(query: Query, step: LoadedStep, transactional: boolean): Promise<void> {
    const entry = { id: randomUUID(), step, transactional, started: new Date() };
    this.#entries.set(step.index, entry);
    await this.#write(query, entry, 'started', null, null);
  }

  /** A step is done. `query` must be in the transaction that also holds the log row. */
  async done(query: Query, step: LoadedStep, ms: number): Promise<void> {
    const entry = this.#entries.get(step.index);
    if (entry) await this.#write(query, entry, 'done', ms, null);
  }

  /** A step's transaction was rolled back, or it failed without one. `query` must be outside of it. */
  async ended(
    query: Query,
    step: LoadedStep,
    outcome: BadEnd,
    ms: number,
    error: string | null,
  ): Promise<void> {
    const entry = this.#entries.get(step.index);
    if (entry) await this.#write(query, entry, outcome, ms, error);
    this.#entries.delete(step.index);
  }

  /** A person said how a step that never ended stands. */
  async settled(query: Query, step: LoadedStep): Promise<void> {
    await this.#write(
      query,
      { id: randomUUID(), step, transactional: true, started: new Date() },
      'settled',
      null,
      null,
    );
  }

  /** Whether the step began in this attempt. */
  has(step: LoadedStep): boolean {
    return this.#entries.has(step.index);
  }

  async #write(
    query: Query,
    { id, step, transactional, started }: Entry,
    outcome: string,
    ms: number | null,
    error: string | null,
  ): Promise<void> {
    await query(
      `insert into ${journalTable} ("id", "run", "ledger", "revision", "action", "outcome", "transactional", "started",
         "finished", "ms", "os_user", "host", "version", "plan", "checksum", "error")
       values ($1, $2, $3, $4, $5, $6, $7, $8, case when $6 <> 'started' then clock_timestamp() end, $9::int, $10, $11,
         $12, $13::jsonb, $14, $15)
       on conflict ("id") do update set "outcome" = excluded."outcome", "finished" = excluded."finished",
         "ms" = excluded."ms", "error" = excluded."error"`,
      [
        id,
        this.#run,
        this.#ledger,
        step.revision,
        step.action,
        outcome,
        transactional,
        started.toISOString(),
        ms,
        userName(),
        hostname(),
        version(),
        this.#planWritten ? null : JSON.stringify(this.#plan),
        step.checksum,
        error === null ? null : redact(error),
      ],
    );
    this.#planWritten = outcome === 'started' || this.#planWritten;
  }
}

/** Makes schema and table where they are not there yet. */
export async function ensureJournal(query: Query): Promise<void> {
  // "if not exists" of PostgreSQL asks for the right to create even when there is nothing to create
  if ((await journalState(query)) === 'present') return;
  for (const sql of createJournal) {
    try {
      await query(sql);
    } catch (error) {
      // somebody made it at the same moment: `if not exists` does not wait for uncommitted rows of the catalog
      if (!['23505', '42P06', '42P07'].includes(sqlState(error) ?? '')) throw error;
      await query(sql);
    }
  }
}

/**
 * Writes down the end of steps whose run was killed. The caller holds the lock, so none of them is still running:
 * in a transaction they are rolled back, because `done` would have been committed with it.
 */
export async function reconcileJournal(query: Query, ledger: string): Promise<void> {
  await query(
    `update ${journalTable}
        set "outcome" = case when "transactional" then 'rolled back' else 'failed' end, "finished" = clock_timestamp(),
            "error" = coalesce("error", 'The run ended without a word (killed, or the connection was lost).')
      where "ledger" = $1 and "outcome" = 'started'`,
    [ledger],
  );
}
