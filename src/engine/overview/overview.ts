import { relative } from 'node:path';
import { addressOf } from '../../database/connect/address.ts';
import { isRefusal } from '../../database/connect/connection.ts';
import { datedParts, shortId, slug } from '../../revisions/names.ts';
import type { Revision } from '../../revisions/revision.ts';
import type { DatabaseInfo, Overview, ProjectInfo, RevisionRow, Standing } from '../api.ts';
import { limitsNote } from '../available.ts';
import { bookkeeping } from '../bookkeeping.ts';
import { missingFolder } from '../migrations-folder.ts';
import { policyOf } from '../policy/check.ts';
import type { Session, State } from '../session.ts';

/** Everything that the app shows, read without writing. */
export async function readOverview(session: Session): Promise<Overview> {
  const state = await session.state();
  const { journal, edited, unsettled } = await bookkeeping(session, state);
  const { graph, applied, done, ledger } = state;
  session.seen = isRefusal(state.database) ? state.database.state : ledger?.seen;
  const ids = [...applied.keys()];
  return {
    ...standingOf(session, state),
    revisions: rowsOf(state, edited),
    heads: graph.heads,
    bases: graph.bases,
    current: graph.current(ids),
    pending: isKnown(state) ? graph.pending(ids) : [],
    missing: graph.missing(ids),
    edited,
    applied: ledger ? done.size : 0,
    unsettled,
    journal,
    notes: notesOf(session, state),
    at: new Date().toISOString(),
  };
}

/** The project and its database without the revisions. */
export function standingOf(session: Session, state: State): Standing {
  return {
    project: projectInfo(session),
    database: databaseInfo(session, state),
    problems: state.problems,
  };
}

/**
 * Every revision, newest first; applied ones without a file are at the top, where they are easy to see.
 * @param only ids; default: all
 */
export function rowsOf(state: State, edited: readonly string[], only?: ReadonlySet<string>): RevisionRow[] {
  const { graph, applied, done, byId } = state;
  const known = isKnown(state);
  const changed = new Set(edited);
  const ids = [...applied.keys()];
  const marks = graph.marks(ids);
  const outOfOrder = new Set(graph.gaps(ids));
  const wanted = (ids: string[]): string[] => (only ? ids.filter(id => only.has(id)) : ids);
  const onDisk = wanted(graph.order.toReversed()).map((id): RevisionRow => {
    const revision = graph.get(id) as Revision;
    const when = done.get(id);
    const { digits, slug } = datedParts(id) ?? { digits: id, slug: id };
    return {
      id,
      shortId: digits,
      slug,
      revises: revision.revises,
      // Ids, even if a label was declared.
      dependsOn: revision.dependsOn.length === 0 ? none : graph.needs(id).slice(revision.revises.length),
      labels: graph.labelsOf(id),
      replaces: graph.replaces(id),
      state: known ? (done.has(id) ? 'applied' : 'pending') : 'unknown',
      appliedAt: when?.toISOString() ?? null,
      inferred: revision.inferred,
      marks: marks.get(id) ?? none,
      edited: changed.has(id),
      outOfOrder: outOfOrder.has(id),
      file: byId.get(id)?.path ? (revision.file ?? null) : null,
    };
  });
  const missing = wanted(graph.missing(ids))
    .sort((a, b) => ids.indexOf(a) - ids.indexOf(b))
    .toReversed()
    .map(
      (id): RevisionRow => ({
        id,
        shortId: shortId(id),
        slug: slug(id),
        revises: [],
        dependsOn: [],
        labels: [],
        replaces: [],
        state: 'missing',
        appliedAt: applied.get(id)?.toISOString() ?? null,
        inferred: false,
        marks: [],
        edited: false,
        outOfOrder: false,
        file: null,
      }),
    );
  return [...missing, ...onDisk];
}

/** One empty list for all rows: there can be 100,000. */
const none: readonly never[] = [];

/** Whether the applied revisions are known: a database that does not exist yet has none. */
function isKnown({ database, ledger }: State): boolean {
  return isRefusal(database) ? database.state === 'missing' : ledger?.table !== 'forbidden';
}

function projectInfo({ project, dialect, table, options, protections }: Session): ProjectInfo {
  return {
    name: project.name,
    root: project.root,
    configFile: project.configFile,
    context: project.context,
    contexts: project.contexts,
    folder: project.folder === null ? null : relative(project.root, project.folder),
    folderFailure: missingFolder(project)?.info ?? null,
    table: `${table.schema}.${table.name}`,
    schema: project.askedSchema,
    defaultSchema: dialect.table(project, project.configuredSchema).schema,
    readOnly: options.readOnly === true,
    protected: protections.length > 0,
    policy: policyOf(protections),
  };
}

function databaseInfo({ project, dialect }: Session, { database, ledger }: State): DatabaseInfo {
  const { kind, name, label } = addressOf(project);
  const refused = isRefusal(database) ? database : null;
  return {
    kind,
    name,
    label,
    state: refused?.state ?? 'connected',
    version: ledger?.serverVersion ?? null,
    table: ledger?.table ?? 'unknown',
    readOnly: ledger?.readOnly === true,
    schemas: ledger?.schemas ?? [],
    otherTables: ledger?.otherTables ?? 0,
    ...(dialect.unavailable.length > 0 && { unavailable: dialect.unavailable }),
    failure: refused?.failure ?? null,
  };
}

function notesOf(
  { project, dialect, table }: Session,
  { sources, graph, ledger, database }: State,
): string[] {
  const notes: string[] = [];
  const folder = project.folder && (relative(project.root, project.folder) || '.');
  const missing = missingFolder(project);
  if (dialect.unavailable.length > 0) notes.push(limitsNote(project.kind));
  if (missing) {
    notes.push(`${missing.message} The first revision creates it.`);
  } else if (sources.migrations.length === 0) {
    notes.push(
      `There are no migrations in ${folder ?? 'the migrationsList'} yet. Create one: migtui revision -m "…"`,
    );
  }
  if (ledger?.table === 'absent') {
    const what = ledger.schemaExists ? `${table.schema}.${table.name}` : `The schema ${table.schema}`;
    notes.push(`${what} does not exist yet. The first run creates it.`);
    const { otherTables } = ledger;
    if (otherTables > 0) {
      const tables = otherTables === 1 ? 'a table' : `${otherTables} tables`;
      notes.push(
        `The database already has ${tables}. If these revisions created them, mark them as applied: migtui stamp head.`,
      );
    }
  }
  for (const [id, { replaces, unapplied }] of graph.openSquashes) {
    const done = replaces - unapplied.length;
    notes.push(
      `${done} of the ${replaces} revisions that ${id} replaces ${done === 1 ? 'is' : 'are'} applied. migtui upgrade runs the other ${unapplied.length}, then ${shortId(id)} counts as applied.`,
    );
  }
  if (ledger?.table === 'forbidden') {
    notes.push(`This role cannot read ${table.schema}.${table.name}, so the applied revisions are unknown.`);
  }
  if (isRefusal(database)) notes.push([database.failure.message, database.failure.next].join(' '));
  return notes;
}
