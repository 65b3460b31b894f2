import { type Connection, isRefusal } from '../database/connection.ts';
import { createDatabase } from '../database/create.ts';
import { readJournal } from '../database/journal/reader.ts';
import { cutBatches } from '../database/run/batches.ts';
import { settingsOf } from '../database/run/context.ts';
import type { Heard } from '../database/run/observed.ts';
import { type Running as Run, startRun } from '../database/run/run.ts';
import { scriptFor } from '../database/script.ts';
import { settle } from '../database/settle.ts';
import { queryOn } from '../database/side.ts';
import { Failure } from '../foundation/failure.ts';
import { redact } from '../foundation/redact.ts';
import { revisionsOf } from '../project/project.ts';
import { RevisionGraph } from '../revisions/graph.ts';
import type { Plan } from '../revisions/plan.ts';
import type {
  CancelMode,
  EngineApi,
  PlanRequest,
  Preview,
  RunEvent,
  RunOptions,
  RunResult,
  SqlPreview,
} from './api.ts';
import { sqlOf } from './detail.ts';
import { refuseOutsideSchema } from './run-schema.ts';
import type { Session, State } from './session.ts';

/** The part of the engine that changes databases. */
export interface Running {
  readonly api: Pick<EngineApi, 'run' | 'cancel' | 'journal' | 'settle' | 'script'>;
  /** A run is going on. */
  readonly busy: () => boolean;
  /** Ends what runs: cancels, rolls back, writes it down. */
  stop(): Promise<void>;
}

/** How long a rollback may take before it is no longer waited for politely, ms. */
const patience = 2_000;

/** The engine's methods `run`, `cancel`, `journal`, `settle` and `script` on a session. */
export function createRunning(session: Session): Running {
  const { project, table } = session;
  let current: Run | null = null;
  /** A run from its call to its answer; it never rejects. */
  let working: Promise<unknown> | null = null;
  /** A run has told its end, and is only putting things away. */
  let told = false;
  /** How to cancel the run that is still being started. */
  let wish: CancelMode | null = null;
  const emit = (event: RunEvent): void => {
    if (event.kind === 'finished') told = true;
    session.emit({ type: 'run', event });
  };
  const hearOn =
    ({ address }: Connection) =>
    ({ sql, ms, error }: Heard): void =>
      session.emit({
        type: 'sql',
        at: new Date().toISOString(),
        sql: redact(sql, address.secrets),
        ms,
        error: error && redact(error, address.secrets),
      });
  async function start(preview: Preview, options: RunOptions): Promise<RunResult> {
    told = false;
    wish = null;
    try {
      const { graph } = await session.state();
      const connection = await connectToRun(session, preview);
      const tipsOf = (applied: readonly string[]): readonly string[] => graph.current(applied);
      const hear = hearOn(connection);
      current = startRun({ project, connection, table, preview, options, emit, hear, tipsOf });
      if (wish) void current.cancel(wish);
      return await current.result;
    } finally {
      current = null;
      working = null;
    }
  }
  const connected = async (): Promise<Connection> => {
    const connection = await session.connection();
    if (isRefusal(connection)) throw new Failure(connection.failure);
    return connection;
  };
  return {
    busy: () => working !== null,
    async stop() {
      if (!working) return;
      wish = 'rollback';
      const insist = setTimeout(() => void current?.cancel('rollback'), patience);
      await Promise.all([current?.cancel('rollback'), working]);
      clearTimeout(insist);
    },
    api: {
      async run(preview, options) {
        if (preview.schema !== project.schema) throw otherSchema(preview);
        if (told) await working;
        if (working) {
          throw new Failure({
            code: 'busy',
            message: 'A run is going on already.',
            next: 'Wait for its end.',
          });
        }
        const run = start(preview, options);
        working = run.catch(() => {});
        return run;
      },
      async cancel(mode) {
        wish = mode;
        await current?.cancel(mode);
      },
      journal: async () => readJournal(queryOn((await connected()).orm), table),
      async settle(revision, as) {
        const connection = await connected();
        const source = project.sources().migrations.find(({ id }) => id === revision);
        const checksum = source?.checksum ?? null;
        await settle(project, connection, table, revision, as, checksum, hearOn(connection));
      },
      script: request => script(session, request),
    },
  };
}

/** The engine was opened for another schema after the plan was made. */
function otherSchema({ schema }: Preview): Failure {
  return new Failure({
    code: 'plan-changed',
    message: `This plan was made for ${schema === null ? 'no schema in particular' : `the schema ${schema}`}; nothing was run.`,
    next: 'Make the plan again.',
  });
}

/** A database that is not there is made here, when the preview said so. */
async function connectToRun(session: Session, { warnings }: Preview): Promise<Connection> {
  const first = await session.connection();
  if (!isRefusal(first)) return first;
  if (first.state !== 'missing' || !warnings.some(({ code }) => code === 'creates-database')) {
    throw new Failure(first.failure);
  }
  await createDatabase(session.project);
  const second = await session.connection({ create: true });
  if (isRefusal(second)) throw new Failure(second.failure);
  return second;
}

/** The offline script. The database is asked only when a target is relative to it. */
async function script(session: Session, request: PlanRequest): Promise<string> {
  const { project, table } = session;
  const relative = request.targets.some(target => /current|^[+-]/.test(target));
  const state = relative ? await session.state() : offline(session);
  const { plan, from } = offlinePlan(state, request);
  const sql = await Promise.all(plan.steps.map(step => stepSql(session, state, step)));
  const unknown = plan.steps.filter((_, index) => sql[index]?.complete === false);
  if (unknown.length > 0) {
    throw new Failure({
      code: 'sql-unknown',
      message: `The SQL of these revisions is known only when they run: ${unknown.map(({ revision }) => revision).join(', ')}.`,
      next: 'Run them with migtui, or write the script around them.',
      candidates: unknown.map(({ revision }) => revision),
    });
  }
  refuseOutsideSchema(project, plan.steps, sql);
  const { transactional = true, allOrNothing = true } = project.options;
  return scriptFor({
    project,
    table,
    plan,
    batches: cutBatches(
      plan.steps.map((step, index) => ({ ...step, transactional: sql[index]?.transactional ?? true })),
      { transactional, allOrNothing, override: request.transaction },
    ),
    sql: sql.map(one => one?.sql ?? []),
    from,
    lockTimeout: settingsOf({}).lockTimeout,
  });
}

type Known = Pick<State, 'graph' | 'applied' | 'problems' | 'byId'>;

/** The project alone. */
function offline({ project }: Session): Known {
  const sources = project.sources();
  const { graph, problems } = RevisionGraph.inspect(revisionsOf(sources));
  return {
    graph,
    problems: [...sources.problems, ...problems],
    applied: new Map(),
    byId: new Map(sources.migrations.map(migration => [migration.id, migration])),
  };
}

/** The plan of `to` or `from:to`, from what `from` stands on: base when it is not said, as Alembic has it. */
function offlinePlan(
  { graph, applied, problems }: Known,
  request: PlanRequest,
): { plan: Plan; from: string } {
  if (problems.length > 0) {
    throw new Failure({
      code: 'broken-revisions',
      message: 'The revisions on disk are broken, so there is no script.',
      next: 'Fix the files named by migtui status, then try again.',
      problems,
    });
  }
  const { command, targets } = request;
  const [first = '', ...more] = targets;
  const colon = first.indexOf(':');
  const from = colon < 0 ? 'base' : first.slice(0, colon) || 'base';
  const to = colon < 0 ? first : first.slice(colon + 1) || (command === 'downgrade' ? 'base' : 'heads');
  if (command === 'downgrade' && (colon < 0 || more.length > 0)) {
    throw new Failure({
      code: 'range-needed',
      message: 'An offline downgrade needs to know where it begins.',
      next: 'Write it as from:to, such as head:base.',
    });
  }
  const assumed =
    from === 'current' ? [...applied.keys()] : graph.ancestors(graph.resolve(from, applied.keys()));
  if (command === 'downgrade') return { plan: graph.downgrade(to, assumed), from };
  if (command === 'stamp') return { plan: graph.stamp([to, ...more], assumed), from };
  return { plan: graph.upgrade([to, ...more], assumed), from };
}

async function stepSql(
  session: Session,
  { byId }: Known,
  { revision, action }: Plan['steps'][number],
): Promise<SqlPreview | null> {
  if (action === 'log' || action === 'unlog') return null;
  const source = byId.get(revision);
  if (!source) {
    throw new Failure({
      code: 'missing-revision',
      message: `Can't locate revision ${revision}: its file is missing.`,
    });
  }
  const preview = await sqlOf(session, source, action);
  if (action === 'down' && preview.note !== null && preview.complete) {
    throw new Failure({ code: 'no-down', message: `${revision} has no down(): there is no way back.` });
  }
  return preview;
}
