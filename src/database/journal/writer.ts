import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { redact } from '../../foundation/secrets/redactor.ts';
import type { Plan } from '../../revisions/plans/plan.ts';
import type { RunNotes } from '../../values/journal.ts';
import { userName } from '../lock.ts';
import type { LoadedStep } from '../run/context.ts';
import type { PipedStatement } from '../run/pipeline.ts';
import { sqlState } from '../sql-failure.ts';
import { createJournal, journalState, journalTable, type Query } from './table.ts';
import { version } from './version.ts';

/** The outcome of a step that did not commit. */
export type BadEnd = 'failed' | 'rolled back';

/** A finished step and its duration, ms. */
export interface Done {
  readonly step: LoadedStep;
  readonly ms: number;
}

/** A step that did not commit. */
export interface Ended extends Done {
  readonly outcome: BadEnd;
  readonly error: string | null;
}

interface Entry {
  readonly id: string;
  readonly step: LoadedStep;
  readonly transactional: boolean;
  readonly started: Date;
}

interface Row extends Entry {
  readonly outcome: string;
  readonly ms?: number;
  readonly error?: string | null;
}

/** Rows of steps in quick succession are written together, at this interval, ms. */
const writeEvery = 100;

/** Writes the journal of one run. */
export class JournalWriter {
  readonly #run: string;
  readonly #ledger: string;
  readonly #plan: Plan & RunNotes;
  readonly #entries = new Map<number, Entry>();
  /** Started, and not written yet. */
  #unwritten: Entry[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #planWritten = false;

  /** @param plan with the notes stored next to it */
  constructor(run: string, ledger: string, plan: Plan & RunNotes) {
    this.#run = run;
    this.#ledger = ledger;
    this.#plan = plan;
  }

  /**
   * A step starts. If there is a second connection, `query` must commit immediately, so that the row remains
   * after a kill.
   */
  async begin(query: Query, step: LoadedStep, transactional: boolean): Promise<void> {
    await this.#write(query, [{ ...this.#enter(step, transactional), outcome: 'started' }]);
  }

  /**
   * A step starts after others in its transaction. Its row is written while it runs, together with those of
   * the steps that start within 100 ms. If the process is killed before that, the step was rolled back with
   * the others.
   * @param query commits immediately; null: `done` or `ended` writes the row
   */
  follow(query: Query | null, step: LoadedStep): void {
    const entry = this.#enter(step, true);
    if (!query) return;
    this.#unwritten.push(entry);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const rows = this.#unwritten.map(one => ({ ...one, outcome: 'started' }));
      this.#unwritten = [];
      this.#writing = this.#writing.then(() => this.#write(query, rows));
      this.#writing.catch(() => {});
    }, writeEvery);
  }

  /** Resolves when all rows are written. @throws errors of writing them */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unwritten = [];
    const writing = this.#writing;
    this.#writing = Promise.resolve();
    await writing;
  }

  /** The statement that marks steps as done, for the transaction that also contains their log rows. */
  done(done: readonly Done[]): PipedStatement {
    return this.#statement(this.#rows(done.map(one => ({ ...one, outcome: 'done', error: null }))));
  }

  /**
   * The transaction of these steps was rolled back, or they failed without one. `query` must run outside of
   * it.
   */
  async ended(query: Query, ended: readonly Ended[]): Promise<void> {
    await this.flush().catch(() => {});
    const rows = this.#rows(ended);
    for (const { step } of ended) this.#entries.delete(step.index);
    await this.#write(query, rows);
  }

  /**
   * Whether a transaction of these steps was committed: their rows say `done` since then, whatever else has changed.
   * @returns null if it is not known
   */
  async wasCommitted(query: Query, steps: readonly LoadedStep[]): Promise<boolean | null> {
    const entries = steps.flatMap(({ index }) => this.#entries.get(index)?.id ?? []);
    if (entries.length !== steps.length) return null;
    const [row] = await query<{ done: number }>(
      `select count(*)::int as done from ${journalTable} where "id" = any($1::uuid[]) and "outcome" = 'done'`,
      [entries],
    );
    return Number(row?.done) === steps.length;
  }

  /** A user resolved an interrupted step. */
  async resolved(query: Query, step: LoadedStep): Promise<void> {
    await this.#write(query, [{ ...this.#enter(step, true), outcome: 'settled' }]);
  }

  /** Whether the step started in this attempt. */
  has(step: LoadedStep): boolean {
    return this.#entries.has(step.index);
  }

  #enter(step: LoadedStep, transactional: boolean): Entry {
    const entry = { id: randomUUID(), step, transactional, started: new Date() };
    this.#entries.set(step.index, entry);
    return entry;
  }

  #rows(ends: readonly (Done & { readonly outcome: string; readonly error: string | null })[]): Row[] {
    return ends.flatMap(({ step, ...end }) => {
      const entry = this.#entries.get(step.index);
      return entry ? [{ ...entry, ...end }] : [];
    });
  }

  async #write(query: Query, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const { sql, parameters = [] } = this.#statement(rows);
    await query(sql, parameters);
    this.#planWritten = true;
  }

  /** Writes rows of steps, or updates the existing rows. Parameters are text. */
  #statement(rows: readonly Row[]): PipedStatement {
    const fields = rows.map(({ id, step, outcome, transactional, started, ms, error }, at) => ({
      ...{ at, id, outcome, transactional, started, ms },
      revision: step.revision,
      action: step.action,
      checksum: step.checksum,
      plan: at === 0 && !this.#planWritten ? this.#plan : undefined,
      error: error == null ? null : redact(error),
    }));
    const run = [this.#run, this.#ledger, userName(), hostname(), version()];
    if (fields.length <= fewRows) {
      return upsert(valuesSql(fields.length), [...run, ...fields.flatMap(valuesOf)]);
    }
    return upsert(manyRows, [...run, JSON.stringify(fields)]);
  }
}

/** A row of the journal, without the columns that all rows of a run share. */
interface Fields extends Pick<LoadedStep, 'revision' | 'action' | 'checksum'>, Omit<Row, 'step'> {
  readonly plan: (Plan & RunNotes) | undefined;
}

function valuesOf({ id, revision, action, outcome, ...fields }: Fields): (string | null)[] {
  const { transactional, started, ms, plan, checksum, error } = fields;
  return [
    ...[id, revision, action, outcome, String(transactional), started.toISOString()],
    ...[ms === undefined ? null : String(ms), plan ? JSON.stringify(plan) : null, checksum, error ?? null],
  ];
}

/** Rows that are sent as values: the server plans these in half the time, which matters for short transactions. */
const fewRows = 10;

/** The values of `valuesOf`, after the five that all rows share. */
function valuesSql(rows: number): string {
  const row = (at: number): string => {
    const [id, revision, action, outcome, transactional, started, ms, plan, checksum, error] = Array.from(
      { length: 10 },
      (_, column) => `$${6 + 10 * at + column}`,
    );
    return `(${id}::uuid, $1::uuid, $2::text, ${revision}::text, ${action}::text, ${outcome}::text, ${transactional}::boolean,
         ${started}::timestamptz, case when ${outcome}::text <> 'started' then clock_timestamp() end, ${ms}::integer, $3::text,
         $4::text, $5::text, ${plan}::jsonb, ${checksum}::text, ${error}::text)`;
  };
  return `values ${Array.from({ length: rows }, (_, at) => row(at)).join(', ')}`;
}

const manyRows = `select e."id", $1::uuid, $2, e."revision", e."action", e."outcome", e."transactional", e."started",
         case when e."outcome" <> 'started' then clock_timestamp() end, e."ms", $3, $4, $5, e."plan", e."checksum", e."error"
       from jsonb_to_recordset($6::jsonb) as e("at" integer, "id" uuid, "revision" text, "action" text, "outcome" text,
         "transactional" boolean, "started" timestamptz, "ms" integer, "plan" jsonb, "checksum" text, "error" text)
       order by e."at"`;

function upsert(rows: string, parameters: readonly (string | null)[]): PipedStatement {
  return {
    sql: `insert into ${journalTable} as journal ("id", "run", "ledger", "revision", "action", "outcome", "transactional", "started",
         "finished", "ms", "os_user", "host", "version", "plan", "checksum", "error")
       ${rows}
       on conflict ("id") do update set "outcome" = excluded."outcome", "finished" = excluded."finished",
         "ms" = excluded."ms", "error" = excluded."error"
         where journal."outcome" <> 'done'`,
    parameters,
  };
}

/** Creates schema and table if they do not exist. */
export async function ensureJournal(query: Query): Promise<void> {
  // PostgreSQL's "if not exists" requires the CREATE privilege even if there is nothing to create.
  if ((await journalState(query)) === 'present') return;
  for (const sql of createJournal) {
    try {
      await query(sql);
    } catch (error) {
      // Another session created it at the same time: `if not exists` does not wait for uncommitted catalog
      // rows.
      if (!['23505', '42P06', '42P07'].includes(sqlState(error) ?? '')) throw error;
      await query(sql);
    }
  }
}

/**
 * Records the outcome of steps whose run was killed. The caller holds the lock, so none of them is still
 * running. Those in a transaction were rolled back; otherwise `done` would have been committed with it.
 */
export async function reconcileJournal(query: Query, ledger: string): Promise<void> {
  await query(
    `update ${journalTable}
        set "outcome" = case when "transactional" then 'rolled back' else 'failed' end, "finished" = clock_timestamp(),
            "error" = coalesce("error", 'The run ended without reporting (killed, or the connection was lost).')
      where "ledger" = $1 and "outcome" = 'started'`,
    [ledger],
  );
}
