import { quoteIdent } from '../../database/quote.ts';
import { Failure } from '../../foundation/failure.ts';
import { someNames } from '../../foundation/some-names.ts';
import { readPlain } from '../../preview/plain.ts';
import { parseMigration } from '../../project/files/declarations.ts';
import { forStockCli, logQuestions } from '../../project/files/squashed-file.ts';
import { revisionsOf } from '../../project/project.ts';
import { changeOf } from '../../project/writing/file-change.ts';
import { type NewRevision, newRevision } from '../../project/writing/write-revision.ts';
import { RevisionGraph } from '../../revisions/graph.ts';
import type { Draft, SquashProof, SquashRequest } from '../api.ts';
import { declareAll } from './draft-rebase.ts';
import { cutNote, folderNote, orderWarning } from './revision-notes.ts';
import { type SquashRange, squashRange } from './squash-range.ts';
import { type SquashedSql, squashedSql } from './squash-sql.ts';
import { fileOf, type OnDisk, type Workspace } from './workspace.ts';

/**
 * One revision that replaces a range of revisions, verified on the shadow with exact inventories.
 * @throws TargetError of the range; Failure `nothing-to-squash` | `several-ends` | `branch-inside` |
 * `cannot-squash` |
 *   `not-proven` | `file-exists` | …; ReplayFailure
 */
export async function draftSquash(workspace: Workspace, request: SquashRequest): Promise<Draft> {
  const disk = workspace.onDisk();
  const { root } = workspace.project;
  const { applied } = await workspace.session.state();
  const range = squashRange(disk.graph, request.range, applied.keys());
  const sql = await squashedSql(workspace, disk, range);
  const { id, files, warnings } = await squashFile(workspace, disk, range, sql, request.message);
  requireSound(disk, id, files[0]?.text ?? '');
  const inferred = disk.graph.order.flatMap(one => disk.graph.get(one) ?? []).filter(one => one.inferred);
  const adopted =
    inferred.length === 0
      ? []
      : declareAll(workspace, disk, new Map(inferred.map(one => [one.id, one.revises])));
  const proof: SquashProof = {
    replaces: range.line,
    from: sql.from,
    statements: sql.up.length,
    objects: sql.objects,
    reversible: sql.down !== null,
    data: sql.data,
  };
  return {
    kind: 'squash',
    files: [...files.map(({ path, text }) => changeOf(root, path, text)), ...adopted],
    revision: id,
    notes: [
      ...notesOf(proof, adopted.length),
      ...cutNote(request.message ?? ''),
      ...folderNote(workspace, files[0]?.path),
    ],
    warnings: [...sql.warnings, ...warnings, ...stockOrder(disk, range, id, files[0]?.path, root)],
    squash: proof,
  };
}

async function squashFile(
  { project }: Workspace,
  disk: OnDisk,
  { line, revises, dependsOn, labels, tip }: SquashRange,
  sql: SquashedSql,
  message = 'squash',
): Promise<NewRevision & { readonly warnings: readonly string[] }> {
  const declared = {
    revises,
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(labels.length > 0 && { labels }),
    replaces: line,
  };
  const made = await newRevision(
    project,
    message,
    { up: [...sql.up], down: [...(sql.down ?? [])] },
    declared,
    disk.graph.ids,
    { revId: rightAfter(disk, tip), beside: fileOf(disk, [tip]) },
  );
  const [first, ...more] = made.files;
  if (!first) return { ...made, warnings: [] };
  const { options, orm } = project;
  const [name = '', schema] = (options.tableName as string).split('.').reverse();
  const place = schema ?? (orm.config.get('schema') as string | undefined);
  const table = [place === 'public' ? undefined : place, name].flatMap(part =>
    part ? [quoteIdent(part)] : [],
  );
  const text = forStockCli(first.path, first.text, logQuestions(table.join('.'), line), sql.down !== null);
  const source = text ?? first.text;
  const plain = readPlain({
    id: made.id,
    path: first.path,
    source,
    stamp: null,
    checksum: null,
    formerChecksum: null,
    declaration: parseMigration(made.id, first.path, source).declaration,
    listed: null,
  });
  const asWanted = plain?.up && sameSql(plain.up, sql.up);
  return {
    id: made.id,
    files: [{ path: first.path, text: source }, ...more],
    warnings: asWanted
      ? []
      : [
          `The project's generator wrote ${made.id} in a custom format: review its up() and down() before you use it.`,
        ],
  };
}

/** In the format of MikroORM's generator. */
function sameSql(written: readonly string[], wanted: readonly string[]): boolean {
  const plain = (sql: readonly string[]): string => sql.map(one => one.trim()).join('\n');
  return plain(written) === plain(wanted);
}

/**
 * The digits that sort the new file directly after the last replaced one, because the stock CLI must run it
 * there; otherwise none.
 */
function rightAfter({ graph }: OnDisk, tip: string): string | undefined {
  const digits = /\d{14}/.exec(tip)?.[0];
  if (!digits) return undefined;
  const next = String(BigInt(digits) + 1n);
  const taken = graph.ids.map(id => /\d{14}/.exec(id)?.[0] ?? '');
  const later = graph.descendants([tip]).filter(id => id !== tip);
  const fits = later.every(id => (/\d{14}/.exec(id)?.[0] ?? '') > next);
  return fits && !taken.includes(next) ? next : undefined;
}

/**
 * On a new database, the stock CLI runs files by their paths: later revisions must come after the new one.
 */
function stockOrder(
  { graph, byId }: OnDisk,
  { tip }: SquashRange,
  id: string,
  path: string | undefined,
  root: string,
): string[] {
  const later = graph.descendants([tip]).filter(one => one !== tip);
  const files = new Map([...byId].filter(([one]) => later.includes(one)));
  const wrong = [...files.values()].some(one => one.path !== null && path !== undefined && one.path < path);
  if (!wrong) return orderWarning({ graph, byId: new Map() }, id, path, root);
  return [
    `The stock CLI runs migrations by the paths of their files: once the replaced files are deleted, it would run the revisions after the range before ${id}. Give it an earlier name, or create new databases with migtui.`,
  ];
}

/** @throws Failure `cannot-squash` if the new revision does not fit into the graph */
function requireSound({ byId }: OnDisk, id: string, source: string): void {
  const migrations = [...byId.values()];
  const { declaration } = parseMigration(id, `${id}.ts`, source);
  const all = revisionsOf({ migrations, problems: [] });
  const { problems } = RevisionGraph.inspect([
    ...all,
    { ...declaration, id, revises: declaration.revises ?? [] } as never,
  ]);
  const [first] = problems;
  if (!first) return;
  throw new Failure({
    code: 'cannot-squash',
    message: `The range cannot be squashed: ${first.message}.`,
    next: 'Squash another range; see migtui history.',
    problems,
  });
}

function notesOf({ replaces, from, statements, objects, data }: SquashProof, adopted: number): string[] {
  const how = from === 'catalog' ? 'generated from the final schema' : 'the original statements in order';
  return [
    `Replaces ${replaces.length} revisions with ${statements} ${statements === 1 ? 'statement' : 'statements'}: ${how}.`,
    `Verified on the shadow: it creates the same schema as the range (${objects} objects).`,
    ...(data.length > 0
      ? [
          `${from === 'catalog' ? 'Left out, because they change no row of a new database: the changes of rows in' : 'Changes of rows are carried over as they are, from'} ${someNames(data, 5)}.`,
        ]
      : []),
    ...(adopted > 0 ? [`${adopted} files without a declaration now declare what they revise.`] : []),
    'Keep the replaced files until "migtui upgrade head" has run on every database, which logs this revision there. Then delete them, and keep "replaces".',
  ];
}
