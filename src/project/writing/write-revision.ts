import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { IMigrationGenerator } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import type { MigrationSql } from '../entities.ts';
import { type Declared, declare } from '../files/edit-declarations.ts';
import type { Project } from '../project.ts';
import { loadableFrom } from './es-module.ts';
import { folderFor, type Place, requireCovered } from './revision-folder.ts';

/** A new revision, before it is on disk. */
export interface NewRevision {
  readonly id: string;
  /**
   * Absolute path and text; the first is the migration, and there are more only if a custom generator writes
   * more.
   */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** The name and location of a new revision. */
export interface Naming extends Place {
  /** Its 14 digits, or its whole name; default: from the generator. */
  readonly revId?: string | undefined;
  /** Without SQL for it, there is no `down()`: a downgrade is refused. */
  readonly irreversible?: boolean | undefined;
}

/**
 * Creates the file of a new revision with the project's own generator, naming strategy and `fileName`.
 * @param ids all existing ids: the new one sorts after them all, because the stock CLI runs them by name
 * @throws Failure `no-folder` | `outside-folder` | `glob-misses-folder` | `cannot-declare` | `file-exists` |
 * `bad-rev-id`
 */
export async function newRevision(
  project: Project,
  message: string,
  sql: MigrationSql,
  declared: Declared,
  ids: readonly string[],
  { revId, irreversible, ...place }: Naming = {},
): Promise<NewRevision> {
  const folder = folderFor(project, place);
  const generator = generatorOf(project);
  const temporary = await mkdtemp(join(tmpdir(), 'migtui-revision-'));
  try {
    // Without a down(), MikroORM's migrations throw when they are reverted.
    const withDown = { up: sql.up, down: sql.down.length > 0 || irreversible ? sql.down : [''] };
    const [code, fileName] = await generator.generate(withDown, temporary, slugOf(message));
    const names = [fileName, ...(await readdir(temporary)).filter(name => name !== fileName)];
    const stamp = revId === undefined ? stampAfter(fileName, ids) : namedAs(fileName, revId);
    const rename = (text: string): string => (stamp ? text.replaceAll(stamp.from, stamp.to) : text);
    // Like MikroORM's own name for a file: other extensions are kept.
    const id = rename(fileName).replace(/\.[jt]s$/, '');
    const files = await Promise.all(
      names.map(async (name, index) => {
        const text = index === 0 ? code : await readFile(join(temporary, name), 'utf8');
        const path = join(folder, rename(name));
        if (index > 0) return { path, text: rename(text) };
        const loadable = loadableFrom(folder, name, text);
        return { path, text: declare(id, rename(name), emptied(rename(loadable)), declared) };
      }),
    );
    const taken = files.find(({ path }) => existsSync(path));
    if (taken) {
      throw new Failure({
        code: 'file-exists',
        message: `${relative(project.root, taken.path)} already exists.`,
        next: 'Choose another message, or let fileName of the config use the timestamp.',
      });
    }
    if (files[0]) await requireCovered(project, files[0].path);
    return { id, files };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function generatorOf({ modules, orm }: Project): IMigrationGenerator {
  class Probe extends modules.migrations.Migrator {
    get own(): IMigrationGenerator {
      return (this as unknown as { generator: IMigrationGenerator }).generator;
    }
  }
  return new Probe(orm.em as never).own;
}

/** The number of characters of a message in the name of its revision. */
export const longestSlug = 80;

/** Whether the message is too long for the name. */
export const isCut = (message: string): boolean => wholeSlug(message).length > longestSlug;

/** `Add last_read_at to chats` -> `add_last_read_at_to_chats`. */
function slugOf(message: string): string | undefined {
  const slug = wholeSlug(message)
    .slice(0, longestSlug)
    .replace(/_{1,80}$/, '');
  return slug === '' ? undefined : slug;
}

const wholeSlug = (message: string): string =>
  message
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}_]+/u)
    .filter(word => word !== '')
    .join('_');

/** The part of the generator's name that the requested name replaces. */
function namedAs(fileName: string, revId: string): { from: string; to: string } {
  const whole = fileName.replace(/\.[jt]s$/, '');
  const digits = /\d{14}/.exec(fileName)?.[0];
  if (/^\d{14}$/.test(revId) && digits) return { from: digits, to: revId };
  if (/^[A-Za-z_]\w*$/.test(revId)) return { from: whole, to: revId };
  throw new Failure({
    code: 'bad-rev-id',
    message: `"${revId}" cannot be the name of a revision.`,
    next: 'Use 14 digits (20261231235959), or a full name that is valid for a class (Migration20261231235959_fix).',
  });
}

/** The timestamp to use instead if the generator's would not sort last. */
function stampAfter(fileName: string, taken: readonly string[]): { from: string; to: string } | null {
  const from = /\d{14}/.exec(fileName)?.[0];
  if (!from) return null;
  const newest = taken
    .map(id => /\d{14}/.exec(id)?.[0] ?? '')
    .sort()
    .at(-1);
  return newest !== undefined && newest >= from ? { from, to: nextSecond(newest) } : null;
}

function nextSecond(stamp: string): string {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(..)(..)(..)(..)(..)$/.exec(stamp) as unknown as string[];
  const next = new Date(Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s) + 1))
    .toISOString()
    .replace(/[-T:]|\.\d{3}Z$/g, '');
  // Invalid times exist in practice, and must still be exceeded.
  return next > stamp && next.length === 14 ? next : String(BigInt(stamp) + 1n).padStart(14, '0');
}

/** The generator writes a blank line into an empty body. */
function emptied(code: string): string {
  return code.replace(/(\) *(?::[^{]{0,200})?\{\n)\n( *\})/g, '$1$2');
}
