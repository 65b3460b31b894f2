import { isRefusal } from '../../database/connect/connection.ts';
import { queryOn } from '../../database/connect/monitor.ts';
import { readLedger } from '../../database/ledger.ts';
import { type Copy, openCopy } from '../../database/measure/copy.ts';
import { measure } from '../../database/measure/measure.ts';
import type { ReplayStep } from '../../database/shadow/revision-run.ts';
import { Failure } from '../../foundation/failure.ts';
import { isEmbedded } from '../../project/project.ts';
import type { Measurement, RehearsalData } from '../api.ts';
import { requireAvailable } from '../available.ts';
import { batchesOf } from '../planning/steps.ts';
import type { State } from '../session.ts';
import type { OnDisk, Workspace } from './workspace.ts';

/** A copy, with the applied revisions in its log. */
export interface OpenCopy {
  readonly copy: Copy;
  readonly applied: State['applied'];
  /** The differences between its log and that of the database; null: none, or there is no database. */
  readonly caveat: string | null;
}

/**
 * Creates a copy and reads its log.
 * @throws Failure `needs-shadow-server` | `copy-without-log`, and those of `openCopy`
 */
export async function openCopyFor(
  { session, project }: Workspace,
  state: State,
  data: RehearsalData,
): Promise<OpenCopy> {
  requireAvailable(session, 'shadow');
  if (isEmbedded(project.orm)) {
    throw new Failure({
      code: 'needs-server-driver',
      message: 'This project uses the PGlite driver, which cannot connect to the server of the copy.',
      next: 'Rehearse it without --data.',
    });
  }
  const { shadow } = session.options;
  if (shadow === undefined) {
    throw new Failure({
      code: 'needs-shadow-server',
      message: 'A copy with rows needs a server of its own.',
      next: 'Specify it: --shadow postgres://… (or the setting "shadow"). Its role must be allowed to create databases.',
    });
  }
  const copy = await openCopy(project, shadow, data, text =>
    session.emit({ type: 'task', text, done: 0, total: 1 }),
  );
  try {
    const ledger = await readLedger({ query: queryOn(copy.orm) }, session.table);
    if (ledger.table !== 'present' && ledger.otherTables > 0) {
      throw new Failure({
        code: 'copy-without-log',
        message: `The copy of ${copy.source} has tables, but no table ${session.table.schema}.${session.table.name}, so its applied revisions are unknown.`,
        next: 'Include that table in the dump, or use another database.',
      });
    }
    return { copy, applied: ledger.applied, caveat: otherLog(state, ledger.applied, copy.source) };
  } catch (error) {
    await copy.close();
    throw error;
  }
}

function otherLog({ database, applied }: State, there: State['applied'], source: string): string | null {
  if (isRefusal(database)) return null;
  const same = applied.size === there.size && [...applied.keys()].every(id => there.has(id));
  if (same) return null;
  return `${source} has ${there.size} applied revisions and ${database.address.name} ${applied.size}: this is the plan of the copy. It does not count as a rehearsal for ${database.address.name}, where other revisions are applied.`;
}

/** Measures steps on a copy. */
export async function measureOn(
  { copy }: OpenCopy,
  { session, project }: Workspace,
  { byId }: OnDisk,
  steps: readonly ReplayStep[],
): Promise<Measurement> {
  const sql = await Promise.all(
    steps.map(async ({ revision, action }) => session.record(byId.get(revision) as never, action)),
  );
  const measured = await measure({
    project,
    previewer: session.previewer,
    orm: copy.orm,
    ledger: session.table,
    schema: project.schema,
    steps,
    sources: byId,
    batches: batchesOf(session, { steps, tips: [] }, sql, session.options.transaction),
    report: (text, done, total) => session.emit({ type: 'task', text, done, total }),
  });
  return {
    at: new Date().toISOString(),
    source: copy.source,
    bytes: copy.bytes,
    server: copy.server,
    steps: measured,
  };
}
