import { resolve } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import {
  outsideTransaction,
  plainStatements,
  withComments,
  withoutStatements,
} from '../../project/files/plain-statements.ts';
import { changeOf } from '../../project/writing/file-change.ts';
import { type NewRevision, newRevision } from '../../project/writing/write-revision.ts';
import { slug } from '../../revisions/names.ts';
import { splitEnumValues } from '../../safety/enum-values.ts';
import type { Draft } from '../api.ts';
import type { Workspace } from './workspace.ts';

/** Why two revisions are written instead of one. */
export function splitNote(values: string, rest: string): string {
  return `${values} adds a value to an enum, and ${rest} uses it: PostgreSQL refuses a new value in the transaction that adds it.`;
}

/**
 * Makes a new revision run outside a transaction, so that its changes are committed before the next one runs.
 * If migrations run in a schema, MikroORM requires a transaction; `--transaction each` has the same effect
 * there.
 */
export function committedAlone({ project }: Workspace, { id, files }: NewRevision): NewRevision {
  const [file, ...more] = files;
  const plain = file && plainStatements(id, file.path, file.text);
  if (!file || !plain || project.schema !== null) return { id, files };
  return { id, files: [{ ...file, text: outsideTransaction(file.path, file.text, plain) }, ...more] };
}

/**
 * Splits a revision that adds an enum value and uses it: it keeps the statements that add values, and a new
 * revision on top of it has the rest.
 * @throws TargetError; Failure `nothing-to-split` | `cannot-split` | `already-applied`
 */
export async function draftSplit(workspace: Workspace, target: string): Promise<Draft> {
  const disk = workspace.onDisk();
  const { graph } = disk;
  const { applied, done } = await workspace.session.state();
  const [id, ...more] = graph.resolve(target, applied.keys());
  const source = id === undefined ? undefined : disk.byId.get(id);
  if (id === undefined || more.length > 0 || !source)
    throw refused('cannot-split', `"${target}" is not one revision.`);
  if (done.has(id)) throw refused('already-applied', `${id} is already applied.`);
  if (graph.children(id).length > 0) {
    throw refused(
      'cannot-split',
      `${id} is not a head: ${graph.children(id).join(', ')} would have to revise the rest.`,
    );
  }
  const file = source.declaration.file ?? source.path ?? id;
  const plain = source.source === null ? null : plainStatements(id, file, source.source);
  if (!plain || source.source === null || source.path === null) {
    throw refused('cannot-split', `${id} contains more than addSql() calls with string literals.`);
  }
  const split = await splitEnumValues(plain.up.map(({ sql }) => sql));
  if (!split) {
    throw refused('nothing-to-split', `${id} does not use a value that it adds to an enum.`);
  }
  const values = new Set(split.values);
  const leaving = { up: plain.up.filter(({ sql }) => !values.has(sql)), down: plain.down };
  const kept = withoutStatements(source.source, [...leaving.up, ...leaving.down]);
  const now = plainStatements(id, file, kept);
  const text = now && workspace.project.schema === null ? outsideTransaction(file, kept, now) : kept;
  const sql = { up: [...split.rest], down: plain.down.map(one => one.sql) };
  const message = `${slug(id).replaceAll('_', ' ')} with new values`.trim();
  const rest = await newRevision(workspace.project, message, sql, { revises: [id] }, graph.ids, {
    beside: source.path,
    irreversible: !plain.hasDown,
  });
  const { root } = workspace.project;
  const commented = (path: string, text: string): string => withComments(rest.id, path, text, leaving);
  return {
    kind: 'revision',
    revision: rest.id,
    files: [
      changeOf(root, resolve(root, source.path), text),
      ...rest.files.map(({ path, text }, at) =>
        changeOf(root, path, at === 0 ? commented(path, text) : text),
      ),
    ],
    notes: [splitNote(id, rest.id)],
    warnings: [],
  };
}

function refused(code: string, message: string): Failure {
  return new Failure({
    code,
    message,
    next: 'Move the statement that adds the value to a revision of its own by hand, below the one that uses it.',
  });
}
