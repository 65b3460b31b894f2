import { quoteIdent } from '../../database/quote.ts';
import { invalid } from '../../database/shadow/describe.ts';
import { notInInventory } from '../../database/shadow/inventory.ts';
import { Failure } from '../../foundation/failure.ts';
import { someNames } from '../../foundation/some-names.ts';
import { readSnapshot } from '../../project/writing/snapshot.ts';
import { lossesOfSteps } from '../../safety/losses.ts';
import type { CheckFinding, CheckReport, FindingKind, Overview } from '../api.ts';
import { notOn } from '../available.ts';
import { type Loaded, tryToLoad } from '../loading.ts';
import { missingFolder } from '../migrations-folder.ts';
import { readOverview } from '../overview/overview.ts';
import { driftFrom } from './compare.ts';
import { wantedBeyond, whyNot } from './generated.ts';
import type { Workspace } from './workspace.ts';

const kinds: readonly FindingKind[] = [
  'problems',
  'unsettled',
  'missing',
  'heads',
  'undeclared',
  'snapshot',
  'entities',
  'pending',
  'edited',
  'drift',
];

/** Kinds that require the database. */
const ofDatabase: readonly FindingKind[] = ['pending', 'missing', 'edited', 'unsettled', 'drift'];

type Finding = Pick<CheckFinding, 'message' | 'next'> & Partial<CheckFinding>;
type Answer = Finding | null | { readonly why: string };

/**
 * Looks for problems. Reads the database only for kinds that need it.
 * @throws Failure `no-migrations-folder`
 */
export async function check(
  workspace: Workspace,
  asked: readonly FindingKind[] = kinds,
): Promise<CheckReport> {
  const missing = missingFolder(workspace.project);
  if (missing) throw missing;
  const wanted = kinds.filter(kind => asked.includes(kind));
  const findings: CheckFinding[] = [];
  const agreed: FindingKind[] = [];
  const skipped: { kind: FindingKind; why: string }[] = [];
  const otherSchemas: string[] = [];
  const leftAlone: string[] = [];
  let overview: Promise<Overview> | undefined;
  const database = (): Promise<Overview> => {
    overview ??= readOverview(workspace.session);
    return overview;
  };
  for (const kind of wanted) {
    const answer = await answerTo(kind, workspace, database, otherSchemas, leftAlone);
    if (answer === null) agreed.push(kind);
    else if ('why' in answer) skipped.push({ kind, why: answer.why });
    else findings.push({ revisions: [], sql: [], effects: [], ...answer, kind });
  }
  const compared = wanted.includes('drift') && !skipped.some(({ kind }) => kind === 'drift');
  const { notCompared: leftOut = [] } = workspace.session.options;
  const chosen = leftOut.length > 0 ? `${leftOut.join(' and ')} (the setting "notCompared"), ` : '';
  const schemas =
    otherSchemas.length > 0 ? `schemas that no revision uses (${someNames(otherSchemas, 5)}), ` : '';
  const notCompared = compared
    ? `${chosen}${schemas}${notInInventory}, and extensions that no revision creates`
    : null;
  return {
    findings,
    agreed,
    skipped,
    notCompared,
    ...(leftAlone.length > 0 && { leftAlone }),
    clean: findings.length === 0,
  };
}

async function answerTo(
  kind: FindingKind,
  workspace: Workspace,
  database: () => Promise<Overview>,
  otherSchemas: string[],
  leftAlone: string[],
): Promise<Answer> {
  try {
    if (kind === 'problems') return await problems(workspace);
    if (ofDatabase.includes(kind)) {
      const overview = await database();
      const why = unseen(kind, overview) ?? unknownHere(kind, workspace);
      return why ? { why } : await inDatabase(kind, workspace, overview, otherSchemas);
    }
    return await onDisk(kind, workspace, leftAlone);
  } catch (error) {
    return { why: whyNot(error) };
  }
}

async function problems(workspace: Workspace): Promise<Answer> {
  const { problems: all, unknown } = await broken(workspace);
  if (all.length === 0) return unknown.length === 0 ? null : { why: whyUnknown(unknown) };
  return {
    message: `The migration files have problems: ${all.map(one => [one.file, one.message].filter(Boolean).join(': ')).join('; ')}.`,
    next: 'Fix the files; nothing runs until then.',
    revisions: all.flatMap(one => one.revision ?? []),
  };
}

async function broken(workspace: Workspace): Promise<Loaded> {
  try {
    const { byId } = workspace.onDisk();
    return await tryToLoad(workspace.session, byId.values());
  } catch (error) {
    if (error instanceof Failure && error.problems) return { problems: error.problems, unknown: [] };
    throw error;
  }
}

/** Previews that were stopped, grouped by reason: "the code of A and B has no preview: it took too long". */
function whyUnknown(unknown: Loaded['unknown']): string {
  const reasons = Map.groupBy(unknown, ({ why }) => why);
  return [...reasons]
    .map(([why, all]) => {
      const names = someNames(
        all.map(({ revision }) => revision),
        5,
      );
      return `the code of ${names} has no preview: ${why}`;
    })
    .join('; ');
}

async function onDisk(kind: FindingKind, workspace: Workspace, leftAlone: string[]): Promise<Answer> {
  const disk = workspace.onDisk();
  const { graph } = disk;
  switch (kind) {
    case 'heads':
      if (graph.heads.length < 2) return null;
      return {
        message: `There are ${graph.heads.length} heads.`,
        next: 'Merge them with "migtui merge".',
        revisions: graph.heads,
      };
    case 'undeclared': {
      const inferred = graph.order.filter(id => graph.get(id)?.inferred);
      if (inferred.length === 0) return null;
      return {
        message: `${inferred.length === 1 ? 'One migration does' : `${inferred.length} migrations do`} not say what ${inferred.length === 1 ? 'it revises' : 'they revise'}; it is inferred from the order in which MikroORM runs them.`,
        next: 'Write it into the files with "migtui adopt".',
        revisions: inferred,
      };
    }
    case 'entities': {
      const { sql, effects, leftAlone: manual } = await wantedBeyond(workspace, disk, graph.heads);
      leftAlone.push(...manual);
      const up = sql.up.filter(statement => statement !== '');
      if (up.length === 0) return null;
      return {
        message: 'The entities do not match the revisions.',
        next: 'Write a revision with "migtui revision --autogenerate -m …".',
        sql: up,
        effects,
      };
    }
    case 'snapshot':
      return snapshot(workspace);
    default:
      return null;
  }
}

async function snapshot(workspace: Workspace): Promise<Answer> {
  const { path, text, problem, why } = await readSnapshot(workspace.project);
  if (path === null || text === null) return null;
  if (problem) {
    return {
      message: `The snapshot that the stock CLI generates from is ${problem === 'conflict' ? 'conflicted' : 'broken'}: ${why}.`,
      next: 'Fix it with "migtui revision --autogenerate", or with "migtui merge" if there are several heads.',
    };
  }
  const disk = workspace.onDisk();
  const { staleSnapshot } = await wantedBeyond(workspace, disk, disk.graph.heads);
  if (!staleSnapshot) return null;
  return {
    message: 'The snapshot that the stock CLI generates from does not match the revisions.',
    next: 'Fix it with "migtui revision --autogenerate".',
  };
}

/** Without a journal, these kinds are unknown. */
function unknownHere(kind: FindingKind, { session: { project, dialect } }: Workspace): string | null {
  const journal = dialect.unavailable.find(({ feature }) => feature === 'journal');
  return journal && (kind === 'edited' || kind === 'unsettled') ? notOn(project.kind, journal) : null;
}

/** Why the database cannot answer. */
function unseen(kind: FindingKind, { database, journal }: Overview): string | null {
  if (database.failure) return database.failure.message;
  if (database.state !== 'connected') return `the database is ${database.state}`;
  if (database.table === 'forbidden' && kind !== 'unsettled')
    return 'this role cannot read the migrations table';
  if (kind === 'edited' && journal.state === 'off') {
    return `the journal is off. ${journal.hint ?? ''}`.trim();
  }
  return null;
}

async function inDatabase(
  kind: FindingKind,
  workspace: Workspace,
  overview: Overview,
  otherSchemas: string[],
): Promise<Answer> {
  const { pending, missing, edited, unsettled, current } = overview;
  switch (kind) {
    case 'pending':
      if (pending.length === 0) return null;
      return {
        message: `${pending.length === 1 ? 'One revision is' : `${pending.length} revisions are`} not applied.`,
        next: 'Apply with "migtui upgrade heads".',
        revisions: pending,
      };
    case 'missing':
      if (missing.length === 0) return null;
      return {
        message: `${missing.length === 1 ? 'One applied revision has' : `${missing.length} applied revisions have`} no file.`,
        next: 'Restore the files from version control, or stamp the database to revisions that exist.',
        revisions: missing,
      };
    case 'edited':
      if (edited.length === 0) return null;
      return {
        message: `${edited.length === 1 ? 'One file was' : `${edited.length} files were`} changed after being applied.`,
        next: 'Undo the edit and make a new revision of it instead, or accept the file with "migtui resolve <revision> --accept-edit".',
        revisions: edited,
      };
    case 'unsettled':
      if (unsettled.length === 0) return null;
      return {
        message: `${unsettled.map(one => one.revision).join(', ')} was interrupted: whether it is applied is unknown.`,
        next: 'Check the schema, finish or undo it by hand, then record the result with "migtui resolve".',
        revisions: unsettled.map(one => one.revision),
      };
    default:
      return drift(workspace, current, missing, otherSchemas);
  }
}

async function drift(
  workspace: Workspace,
  current: readonly string[],
  missing: readonly string[],
  otherSchemas: string[],
): Promise<Answer> {
  if (missing.length > 0)
    return { why: `applied revisions without a file cannot be replayed: ${missing.join(', ')}` };
  const { done } = await workspace.session.state();
  const { graph } = workspace.onDisk();
  // The applied revisions, including gaps, in the order in which they would run.
  const order = graph.order.filter(id => done.has(id));
  const { effects, sql, otherSchemas: beyond } = await driftFrom(workspace, order);
  otherSchemas.push(...beyond);
  if (effects.length === 0) return null;
  const lost = await dataLostBy(sql);
  return {
    message: `The live schema does not match the applied revisions (current: ${current.join(', ') || 'base'}). SQL to restore the expected schema${lost.length > 0 ? `; it deletes data (${someNames(lost, 6)})` : ''}:`,
    next: effects.some(({ words }) => words.includes(invalid))
      ? 'An INVALID index is left over from a build that failed: drop it and build it again; do not keep it.'
      : 'Undo the change by hand with this SQL, or keep it with "migtui revision --from-drift -m …".',
    sql,
    effects,
  };
}

/** The tables and columns that statements drop, without columns that are computed again. */
async function dataLostBy(sql: readonly string[]): Promise<string[]> {
  const [losses = []] = await lossesOfSteps([{ sql, complete: true }]);
  const computed = (column: string): boolean =>
    sql.some(
      one => one.includes(` add column ${quoteIdent(column)} `) && one.includes(' generated always as ('),
    );
  return losses
    .filter(({ kind, column }) => kind !== 'object' && (column === null || !computed(column)))
    .map(({ description }) => description);
}
