import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import { makeFolder } from '../../foundation/make-folder.ts';
import { isEmbedded } from '../../project/project.ts';
import { shortId } from '../../revisions/names.ts';
import type { Backup, BackupOptions } from '../../values/backup.ts';
import { type BackupContext, backupFailed, type DumpRequest } from './dump.ts';
import { dumpEmbedded } from './embedded.ts';
import { fileStem, isPartial, partialName } from './names.ts';
import { dumpServer } from './pg-dump.ts';
import { deleteOld } from './retention.ts';
import { sizeOf } from './size.ts';

/**
 * Backs up the database (or the schema in which migrations run) and verifies the result. The file gets its
 * final name only when it is complete, with mode 0600 (a folder: 0700).
 * @throws Failure `backup-failed` | `backup-unsupported` | `cancelled`; no partial file remains
 */
export async function backUp(context: BackupContext, options: BackupOptions): Promise<Backup> {
  const started = performance.now();
  const { project, connection, current, signal } = context;
  const embedded = isEmbedded(project.orm);
  const folder = resolve(project.root, options.folder);
  prepareFolder(folder);
  const stem = fileStem({
    database: connection.address.name,
    schema: project.schema,
    at: new Date(),
    current: current.map(shortId),
  });
  const extension = embedded ? '.tar.gz' : options.format === 'directory' ? '' : '.dump';
  const final = freePath(join(folder, `${stem}${extension}`));
  const partial = join(folder, partialName(basename(final)));
  try {
    const request: DumpRequest = { ...context, options, partial, final };
    const { format, restore } = embedded ? await dumpEmbedded(request) : await dumpServer(request);
    signal.throwIfAborted();
    flush(partial);
    renameSync(partial, final);
    flush(folder);
    const deleted = deleteOld(folder, final, options);
    const ms = Math.round(performance.now() - started);
    return { path: final, bytes: sizeOf(final), format, restore, ms, deleted };
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (signal.aborted) {
      throw new Failure({ code: 'cancelled', message: 'Cancelled during the backup. No migration was run.' });
    }
    throw error instanceof Failure
      ? error
      : backupFailed(error instanceof Error ? error.message : String(error));
  }
}

/** Creates the folder, keeps its contents out of git, and removes files left by killed backups. */
function prepareFolder(folder: string): void {
  try {
    if (!existsSync(folder)) {
      makeFolder(folder, 0o700);
      writeFileSync(join(folder, '.gitignore'), '*\n');
    }
    for (const name of readdirSync(folder)) {
      if (isPartial(name)) rmSync(join(folder, name), { recursive: true, force: true });
    }
  } catch (error) {
    throw backupFailed(
      `the folder ${folder} cannot be used (${(error as Error).message}).`,
      'Use another folder: --backup <folder>, or backup.folder in the settings.',
    );
  }
}

/** Two backups within one second get different names. */
function freePath(path: string): string {
  if (!existsSync(path)) return path;
  for (let number = 2; ; number++) {
    const next = path.replace(/(\.dump|\.tar\.gz|)$/, `-${number}$1`);
    if (!existsSync(next)) return next;
  }
}

/** Waits until the file, or the folder's entries, are on disk. */
function flush(path: string): void {
  try {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    // Windows cannot open folders..
    if (!statSync(path).isDirectory()) throw error;
  }
}
