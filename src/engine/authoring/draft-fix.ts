import { resolve } from 'node:path';
import { changesBetween, effectsOf } from '../../database/shadow/effects.ts';
import { ReplayFailure } from '../../database/shadow/revision-run.ts';
import { Failure } from '../../foundation/failure.ts';
import { type SafeForm, safeForm, whyNoSafeForm } from '../../lint/safe-form.ts';
import type { Schema } from '../../lint/schema.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import {
  outsideTransaction,
  plainStatements,
  withComments,
  withoutStatements,
} from '../../project/files/plain-statements.ts';
import { MigrationFile } from '../../project/files/sources.ts';
import { changeOf } from '../../project/writing/file-change.ts';
import { type NewRevision, newRevision } from '../../project/writing/write-revision.ts';
import { slug } from '../../revisions/names.ts';
import { loadParser } from '../../safety/parse.ts';
import type { Draft } from '../api.ts';
import { lint, schemasBefore } from '../lint.ts';
import { type OnDisk, ups, type Workspace } from './workspace.ts';

/**
 * Drafts the safe form of a pending head: its dangerous statements move to separate revisions on top of it,
 * which have the same effect without blocking for long. Rehearsed on the shadow: a warning says where the
 * resulting schema differs.
 * @throws TargetError; Failure `cannot-fix` | `already-applied` | `nothing-to-fix`
 */
export async function draftFix(workspace: Workspace, target: string): Promise<Draft> {
  await loadParser();
  const disk = workspace.onDisk();
  const { graph } = disk;
  const { project } = workspace;
  const { applied, done } = await workspace.session.state();
  const [id, ...more] = graph.resolve(target, applied.keys());
  const source = id === undefined ? undefined : disk.byId.get(id);
  if (id === undefined || more.length > 0 || !source)
    throw refused('cannot-fix', `"${target}" is not one revision.`);
  if (done.has(id)) throw refused('already-applied', `${id} is already applied.`);
  if (graph.children(id).length > 0)
    throw refused('cannot-fix', `${id} is not a head: ${graph.children(id).join(', ')} revises it.`);
  const file = source.declaration.file ?? source.path ?? id;
  const plain = source.source === null ? null : plainStatements(id, file, source.source);
  if (!plain || source.source === null || source.path === null) {
    throw refused('cannot-fix', `${id} contains more than addSql() calls with string literals.`);
  }
  const { findings } = await lint(workspace.session, { range: id }, { ignoreSizes: true });
  const dangers = findings.filter(one => one.severity === 'danger' && one.action === 'up');
  const texts = new Set(dangers.map(one => one.statement.trim()));
  const up = plain.up.map(({ sql }) => sql);
  const down = plain.down.map(({ sql }) => sql);
  const ancestors = graph.ancestors([id]).filter(one => one !== id);
  const schemas = await schemasBefore(workspace.session, disk, ancestors, id, up);
  const dangerous = (sql: string): boolean => texts.has(sql.trim().replace(/;\s*$/, ''));
  const form = safeForm(up, down, dangerous, index => schemas[index] as Schema);
  // why a statement stays as it is, by its text
  const reasons = new Map(
    up.flatMap((sql, index) => {
      const why = dangerous(sql) ? whyNoSafeForm(sql, schemas[index] as Schema) : null;
      return why === null ? [] : [[sql.trim().replace(/;\s*$/, ''), why] as const];
    }),
  );
  if (!form) {
    throw refused(
      'nothing-to-fix',
      dangers.length === 0
        ? `Nothing in ${id} is dangerous.`
        : [`migtui has no safe form for the statements of ${id}.`, ...new Set(reasons.values())].join(' '),
    );
  }
  const gone = new Set([...form.leaving, ...form.removedDown]);
  const leaving = {
    up: plain.up.filter(({ sql }) => gone.has(sql)),
    down: plain.down.filter(({ sql }) => gone.has(sql)),
  };
  const text = withoutStatements(source.source, [...leaving.up, ...leaving.down]);
  const written: NewRevision[] = [];
  for (const phase of form.phases) {
    const revises = [written.at(-1)?.id ?? id];
    const message = `${slug(id).replaceAll('_', ' ')} ${phase.what}`.trim();
    const ids = [...graph.ids, ...written.map(one => one.id)];
    const fresh = await newRevision(
      project,
      message,
      { up: [...phase.up], down: [...phase.down] },
      { revises },
      ids,
      { beside: source.path, irreversible: !plain.hasDown },
    );
    const commented = written.length === 0 ? withCommentsOf(fresh, leaving) : fresh;
    written.push(phase.transactional ? commented : alone(commented));
  }
  const { root } = project;
  const drafted = [
    MigrationFile.of(root, source.path, text),
    ...written.flatMap(({ files: [file] }) => (file ? [MigrationFile.of(root, file.path, file.text)] : [])),
  ];
  const left = dangers.filter(
    one => !form.leaving.some(sql => sql.trim().replace(/;\s*$/, '') === one.statement.trim()),
  );
  return {
    kind: 'revision',
    revision: written.at(-1)?.id ?? null,
    files: [
      changeOf(project.root, resolve(project.root, source.path), text),
      ...written.flatMap(one => one.files.map(({ path, text }) => changeOf(project.root, path, text))),
    ],
    notes: [
      `${form.leaving.length} of ${up.length} statements of ${id} move to ${written.map(one => one.id).join(', ')}.`,
      ...contractNote(form, written),
      ...(await rehearsed(workspace, disk, id, drafted)),
    ],
    warnings: left.map(
      ({ rule, message, statement }) =>
        `It stays as it is (${rule}): ${reasons.get(statement.trim()) ?? message}`,
    ),
  };
}

/** The part to deploy later. */
function contractNote({ phases }: SafeForm, written: readonly NewRevision[]): string[] {
  const at = phases.findIndex(({ what }) => what === 'contract');
  const contract = written[at];
  if (!contract) return [];
  return [
    `${contract.id} breaks clients that still use what it drops. Until then, deploy only up to its parent: migtui upgrade ${contract.id}-1`,
  ];
}

function withCommentsOf({ id, files }: NewRevision, moved: Parameters<typeof withComments>[3]): NewRevision {
  const [file, ...more] = files;
  return file
    ? { id, files: [{ ...file, text: withComments(id, file.path, file.text, moved) }, ...more] }
    : { id, files };
}

function alone({ id, files }: NewRevision): NewRevision {
  const [file, ...more] = files;
  const plain = file && plainStatements(id, file.path, file.text);
  return file && plain
    ? { id, files: [{ ...file, text: outsideTransaction(file.path, file.text, plain) }, ...more] }
    : { id, files };
}

/** Runs both forms on the shadow and compares the resulting schemas. */
async function rehearsed(
  workspace: Workspace,
  disk: OnDisk,
  id: string,
  drafted: readonly MigrationSource[],
): Promise<string[]> {
  const before = disk.graph.ancestors([id]).filter(one => one !== id);
  const byId = new Map([...disk.byId, ...drafted.map(one => [one.id, one] as const)]);
  try {
    const was = await workspace.replay(disk, ups([...before, id]), { common: before.length });
    const is = await workspace.replay({ ...disk, byId }, ups([...before, ...drafted.map(one => one.id)]), {
      common: before.length,
    });
    const differences = effectsOf(changesBetween(was.inventory, is.inventory, { renames: false }));
    return differences.length === 0
      ? ['Rehearsed: the schema at the end is the same.']
      : [
          `Rehearsed: the schema at the end differs: ${differences.map(({ sign, words }) => `${sign} ${words}`).join(', ')}.`,
        ];
  } catch (error) {
    if (!(error instanceof ReplayFailure)) return [`Not rehearsed: ${(error as Error).message}`];
    return [`Rehearsed: ${error.revision} does not run: ${error.reason.message}`];
  }
}

function refused(code: string, message: string): Failure {
  return new Failure({
    code,
    message,
    next: 'migtui lint lists dangerous statements and safe alternatives.',
  });
}
