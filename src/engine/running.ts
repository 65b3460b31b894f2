import { acceptEdit } from '../database/accept-edit.ts';
import { type Connection, isRefusal } from '../database/connect/connection.ts';
import { createDatabase } from '../database/connect/create.ts';
import { queryOn } from '../database/connect/monitor.ts';
import { empty, readEmptying } from '../database/emptying.ts';
import { readJournal } from '../database/journal/reader.ts';
import { resolveRevision } from '../database/resolve-revision.ts';
import { notBlocking } from '../database/run/end-blocker.ts';
import type { ExecutedStatement } from '../database/run/observed.ts';
import type { Running as Run } from '../database/run/running.ts';
import { Failure } from '../foundation/failure.ts';
import { commandsFor } from '../foundation/suggested-commands.ts';
import { isPostgres } from '../project/config/kind.ts';
import type { CancelMode, EngineApi, Preview, RunEvent, RunOptions, RunResult } from './api.ts';
import { requireAvailable } from './available.ts';
import { preview as makePreview } from './planning/preview.ts';
import { script } from './planning/script.ts';
import { refuseStrict } from './planning/strict.ts';
import { refuseByPolicy } from './policy/check.ts';
import { refuseChange } from './policy/plan.ts';
import type { Session } from './session.ts';

/** The part of the engine that changes databases. */
export interface Running {
  readonly api: Pick<
    EngineApi,
    | 'run'
    | 'cancel'
    | 'endSession'
    | 'journal'
    | 'resolveRevision'
    | 'ensureTable'
    | 'emptying'
    | 'empty'
    | 'script'
  >;
  /** A run is in progress. */
  readonly busy: () => boolean;
  /** Ends the run: cancels, rolls back, records it. */
  stop(): Promise<void>;
}

/** Time for a rollback before the run is ended forcibly, ms. */
const cancelTimeoutMs = 2_000;

/** The engine's methods `run`, `cancel`, `journal`, `resolveRevision` and `script` on a session. */
export function createRunning(session: Session): Running {
  const { project } = session;
  let current: Run | null = null;
  /** A run from its call to its result; it never rejects. */
  let working: Promise<unknown> | null = null;
  /** A run has finished and is only cleaning up. */
  let finished = false;
  /** Cancels a run that is still starting. */
  let cancelRequested: CancelMode | null = null;
  const emit = (event: RunEvent): void => {
    if (event.kind === 'finished') finished = true;
    session.emit({ type: 'run', event });
  };
  const onStatement = ({ sql, ms, error }: ExecutedStatement): void =>
    session.emit({ type: 'sql', at: new Date().toISOString(), sql, ms, error });
  async function start(preview: Preview, options: RunOptions): Promise<RunResult> {
    finished = false;
    cancelRequested = null;
    try {
      const { graph, byId } = await session.state();
      for (const { revision, action } of preview.plan.steps) {
        const source = action === 'up' || action === 'down' ? byId.get(revision) : undefined;
        if (source) session.importing(source);
      }
      await refusePolicy(session, preview, options);
      const connection = await connectToRun(session, preview, onStatement);
      const tipsOf = (applied: readonly string[]): readonly string[] => graph.current(applied);
      const replan = async (): Promise<Preview> => {
        const again = await makePreview(session, preview.request, options);
        refuseStrict(again);
        refuseByPolicy(again.databaseName, again.policy);
        return again;
      };
      current = await session.dialect.startRun({
        ...{ project, connection, table: session.table, preview, options, emit, onStatement, tipsOf },
        commands: commandsFor(project),
        replan: options.whenChanged === 'replan' ? replan : undefined,
      });
      if (cancelRequested) void current.cancel(cancelRequested);
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
      cancelRequested = 'rollback';
      const forceCancel = setTimeout(() => void current?.cancel('rollback'), cancelTimeoutMs);
      await Promise.all([current?.cancel('rollback'), working]);
      clearTimeout(forceCancel);
    },
    api: {
      async run(preview, options) {
        if (preview.schema !== project.schema) throw otherSchema(preview);
        refuseStrict(preview);
        if (options.backup) requireAvailable(session, 'backup');
        if (finished) await working;
        if (working) {
          throw new Failure({
            code: 'busy',
            message: 'A run is already in progress.',
            next: 'Wait for it to finish.',
          });
        }
        const run = start(preview, options);
        working = run.catch(() => {});
        return run;
      },
      async cancel(mode) {
        cancelRequested = mode;
        await current?.cancel(mode);
      },
      async endSession(pid, how) {
        const [protection] = session.protections;
        if (protection) {
          throw new Failure({
            code: 'protected',
            message: `This database is protected (${protection.setBy}): migtui does not end other sessions on it.`,
            next: 'Ask whoever holds the lock, or cancel the run.',
          });
        }
        if (!current) throw notBlocking(pid);
        await current.endSession(pid, how);
      },
      async journal() {
        requireAvailable(session, 'journal');
        return readJournal(queryOn((await connected()).orm), session.table);
      },
      async resolveRevision(revision, as, confirm) {
        requireAvailable(session, 'journal');
        const connection = await connected();
        await refuseChange(session, connection, confirm);
        const source = project.sources().migrations.find(({ id }) => id === revision);
        const checksum = source?.checksum ?? null;
        const request = { project, connection, table: session.table, revision, checksum, onStatement };
        await (as === 'accept-edit' ? acceptEdit(request) : resolveRevision(request, as));
      },
      async ensureTable(confirm) {
        const connection = await connected();
        await refuseChange(session, connection, confirm);
        return session.dialect.ensureTable({ project, connection, table: session.table, onStatement });
      },
      async emptying() {
        requireAvailable(session, 'fresh');
        return readEmptying(await connected(), project.schema);
      },
      async empty(shown) {
        requireAvailable(session, 'fresh');
        const [protection] = session.protections;
        if (protection) {
          throw new Failure({
            code: 'protected',
            message: `This database is protected (${protection.setBy}): fresh is refused.`,
            next: 'Undo the revisions instead: migtui downgrade base.',
          });
        }
        await empty(
          { project, connection: await connected(), table: session.table, onStatement },
          shown,
          project.schema,
        );
      },
      async script(request) {
        requireAvailable(session, 'script');
        return script(session, request);
      },
    },
  };
}

/**
 * Checks a run against the policy of the database; the preview's own result is not trusted.
 * @throws Failure `policy`
 */
async function refusePolicy(session: Session, shown: Preview, options: RunOptions): Promise<void> {
  if (session.protections.length === 0) return;
  const now = await makePreview(session, shown.request, options);
  // A different plan is refused or made again under the lock.
  if (now.fingerprint === shown.fingerprint) refuseByPolicy(now.databaseName, now.policy);
}

/** The engine was opened for another schema after the plan was made. */
function otherSchema({ schema }: Preview): Failure {
  return new Failure({
    code: 'plan-changed',
    message: `This plan was made for ${schema === null ? 'no schema in particular' : `the schema ${schema}`}; nothing was run.`,
    next: 'Create the plan again.',
  });
}

/** A missing database is created here, if the preview said so. */
async function connectToRun(
  session: Session,
  { warnings }: Preview,
  onStatement: (statement: ExecutedStatement) => void,
): Promise<Connection> {
  const first = await session.connection();
  if (!isRefusal(first)) return first;
  if (first.state !== 'missing' || !warnings.some(({ code }) => code === 'creates-database')) {
    throw new Failure(first.failure);
  }
  // Opening it creates the file.
  if (isPostgres(session.project.kind)) await createDatabase(session.project, onStatement);
  const second = await session.connection({ create: true });
  if (isRefusal(second)) throw new Failure(second.failure);
  return second;
}
