import { answerWithin } from '../../project/connections.ts';
import type { Project } from '../../project/project.ts';
import type { Monitor } from '../connect/monitor.ts';
import { marksOf } from '../marks.ts';
import type { LoadedStep, RunContext } from './context.ts';
import { isStill } from './final-plan.ts';
import { holdConnection } from './kysely.ts';
import { logRowStatement } from './ledger-rows.ts';
import { ObservedConnection, type Piped } from './observed.ts';
import { canBePiped } from './pipeline.ts';
import { lockingStatement, setsNames } from './prepare.ts';
import { localPath } from './search-path.ts';
import { applySteps, type RunState } from './state.ts';
import { type StepError, StepStatements, stepError } from './step.ts';
import { CommitError } from './transaction.ts';

/*
 * A whole run in three round trips, for the targets of a fleet: lock and state, the statements with their log rows, the
 * journal with the commit. Everything is in one transaction, which holds the lock of the run itself. Only for a plan
 * with one batch whose statements are known and do not affect how later ones run. If anything differs from the plan, the
 * ordinary run takes over: it waits, plans again, and reports the reason.
 */

/** The connection of an open transaction. */
export interface HeldWork {
  readonly connection: ObservedConnection;
  /** Gives the connection back; the transaction must be over. */
  release(): void;
}

/** Statements that can end no transaction, and set nothing for the statements after them. */
const plain = /^\s*(?:create|alter|drop|comment|grant|revoke|insert|update|delete|truncate)\b/i;

const known = new WeakMap<readonly LoadedStep[], boolean>();

/** Whether a run may go this way. The grammar must be loaded (`loadParser`). */
export function mayRunTogether(
  { shared, preview, options, project }: RunContext,
  monitor: Monitor | null,
): boolean {
  const [batch] = preview.batches;
  if (!shared?.reconcile || !monitor || options.backup) return false;
  if (preview.batches.length !== 1 || !batch?.transactional || localPath(project) === null) return false;
  const { steps } = shared;
  const found = known.get(steps) ?? steps.every(isPlain);
  known.set(steps, found);
  return found;
}

function isPlain({ action, statements }: LoadedStep): boolean {
  if (action === 'log' || action === 'unlog') return true;
  return statements?.every(sql => plain.test(sql) && !/set_config/i.test(sql) && canBePiped(sql)) === true;
}

/**
 * Begins the transaction, takes both locks, and reads the state of the database.
 * @returns null if the state differs from the plan, or another run is in progress: then nothing is left open
 */
export async function openTogether(run: RunState): Promise<HeldWork | null> {
  const { project, preview, table, onStatement } = run.context;
  const { raw, release } = await holdConnection(project.orm);
  const connection = new ObservedConnection(raw, onStatement);
  try {
    const [, first, log] = await connection.pipeline([
      { sql: 'start transaction isolation level read committed' },
      lockingStatement(run),
      // A snapshot of its own, taken after the locks.
      {
        sql: `select json_agg(name)::text as names, obj_description($1::regclass, 'pg_class') as comment from ${table.sql}`,
        parameters: [table.sql],
      },
    ]);
    const { pid, ready } = first?.rows[0] ?? {};
    const { names, comment } = log?.rows[0] ?? {};
    const logged = JSON.parse(names ?? '[]') as (string | null)[];
    const applied = new Set(logged.flatMap(name => name?.replace(/\.[jt]s$/, '') ?? []));
    const unmarked = marksOf({ comment }).marks.length === 0;
    if (ready === 'true' && unmarked && isStill(preview, run.steps, applied)) {
      run.control.pid = Number(pid);
      for (const id of applied) run.expected.add(id);
      return { connection, release };
    }
  } catch {
    // The ordinary way meets the same error and reports it.
  }
  await connection.query('rollback').catch(() => {});
  release();
  return null;
}

/**
 * Runs the steps in the transaction that `openTogether` has begun, and ends it.
 * @throws StepError | CommitError | Failure; everything is rolled back, but for a CommitError that lost its connection
 */
export async function runTogether(run: RunState, { connection, release }: HeldWork): Promise<void> {
  const { control, context, journal, steps } = run;
  const { project, table } = context;
  const format = formatOf(project);
  const following = steps.map(step => new StepInPipeline(run, step));
  try {
    for (const step of steps) journal?.follow(null, step);
    control.check();
    following[0]?.begin();
    const sending = connection.pipeline([
      ...following.flatMap((one, at) => [
        ...(one.step.statements ?? [])
          .map(format)
          .filter((sql, first) => sql.trim() !== '' && (first > 0 || !setsNames(sql)))
          .map(sql => ({ sql, ofRevision: true, observer: one.statements })),
        {
          ...logRowStatement(table, one.step),
          answered: () => {
            one.end();
            following[at + 1]?.begin();
          },
        },
      ]),
    ]);
    sending.catch(() => {});
    await Promise.race([sending, control.forced]).catch(error => {
      throw (following.find(({ over }) => !over) ?? (following.at(-1) as StepInPipeline)).error(error);
    });
    control.check();
    control.inFlight = { sql: 'commit', since: performance.now() };
    const done = following.map(({ step, ms }) => ({ step, ms }));
    const last: Piped[] = [...(journal ? [journal.done(done)] : []), { sql: 'commit' }];
    await answerWithin(null, () => connection.pipeline(last)).catch(error => {
      throw new CommitError(steps, error);
    });
    for (const { step, ms } of following) {
      run.results[step.index] = { revision: step.revision, action: step.action, outcome: 'done', ms };
    }
    applySteps(run.expected, steps);
    release();
  } catch (error) {
    connection.close(new Error('This batch was abandoned.'));
    const back = connection
      .query('rollback')
      .catch(() => {})
      .finally(release);
    await Promise.race([back, control.forced]).catch(() => {});
    throw error;
  } finally {
    control.inFlight = null;
    control.pid = null;
  }
}

/** A step whose statements are on their way. */
class StepInPipeline {
  readonly step: LoadedStep;
  readonly statements: StepStatements;
  over = false;
  ms = 0;
  readonly #run: RunState;
  #started = 0;

  constructor(run: RunState, step: LoadedStep) {
    this.#run = run;
    this.step = step;
    this.statements = new StepStatements(run, step);
  }

  begin(): void {
    this.#started = performance.now();
    this.#run.context.emit({ kind: 'step', step: this.step.index });
  }

  /** Its log row is written. */
  end(): void {
    this.over = true;
    // the answer to the log row comes together with that of the next statement
    this.ms = Math.round((this.statements.doneAt ?? performance.now()) - this.#started);
    this.#run.context.emit({ kind: 'step-done', step: this.step.index, ms: this.ms });
  }

  error(thrown: unknown): StepError {
    return stepError(this.#run, this.step, this.statements, thrown, performance.now() - this.#started);
  }
}

/** Formats statements as MikroORM sends them: without placeholders, and as the config's `onQuery` has it. */
function formatOf({ orm }: Project): (sql: string) => string {
  const connection = orm.em.getConnection() as unknown as {
    prepareQuery(sql: string, parameters: unknown[]): { formatted: string };
  };
  return sql => connection.prepareQuery(sql, []).formatted;
}
