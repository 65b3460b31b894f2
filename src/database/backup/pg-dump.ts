import { closeSync, mkdirSync, openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { redact } from '../../foundation/secrets/redactor.ts';
import { quoteShell } from '../../foundation/shell.ts';
import type { Backup } from '../../values/backup.ts';
import { findBinaries } from './binaries.ts';
import { backupFailed, type DumpRequest } from './dump.ts';
import { execute, lastLines } from './execute.ts';
import { type LibpqSettings, libpqSettings } from './libpq.ts';
import { sizeOf } from './size.ts';

/** Interval between progress reports of a dump, ms. */
const progressEvery = 500;

/**
 * Dumps with pg_dump and verifies the result by reading its table of contents with pg_restore. The password
 * is passed in the environment, never as an argument.
 */
export async function dumpServer(request: DumpRequest): Promise<Pick<Backup, 'format' | 'restore'>> {
  const { project, connection, options, partial, final } = request;
  const libpq = await libpqSettings(connection);
  try {
    const [server] = await connection.query<{ version: number; bytes: string }>(
      `select current_setting('server_version_num')::int as version, pg_database_size(current_database())::text as bytes`,
    );
    const binaries = await findBinaries(options.pgDump, Math.floor((server?.version ?? 0) / 10_000));
    const directory = options.format === 'directory';
    // Created here so that its permissions are restricted from the start.
    if (directory) mkdirSync(partial, { mode: 0o700 });
    else closeSync(openSync(partial, 'wx', 0o600));
    await dump(
      request,
      binaries.pgDump,
      [
        '--no-password',
        `--format=${options.format}`,
        ...(directory ? [`--jobs=${options.jobs ?? Math.min(4, availableParallelism())}`] : []),
        ...(project.schema === null ? [] : [`--schema=${pattern(project.schema)}`]),
        `--file=${partial}`,
      ],
      libpq,
      project.schema === null ? Number(server?.bytes ?? 0) || null : null,
    );
    await verify(binaries.pgRestore, partial, request.signal);
    return { format: options.format, restore: restoreCommand(libpq, final, project.schema) };
  } finally {
    libpq.dispose();
  }
}

async function dump(
  { partial, signal, onProgress }: DumpRequest,
  program: string,
  args: readonly string[],
  libpq: LibpqSettings,
  of: number | null,
): Promise<void> {
  const timer = setInterval(() => onProgress(sizeOf(partial), of), progressEvery);
  try {
    const { code, errors } = await execute(program, args, libpq.env, signal);
    onProgress(sizeOf(partial), of);
    if (code !== 0) throw backupFailed(redact(lastLines(errors)));
  } finally {
    clearInterval(timer);
  }
}

/** A truncated dump has no readable table of contents, or entries without data. */
async function verify(pgRestore: string, path: string, signal: AbortSignal): Promise<void> {
  const { code, output, errors } = await execute(pgRestore, ['--list', path], {}, signal);
  // Lines that begin with a semicolon are comments.
  if (code === 0 && /^;\s+TOC Entries: \d+/m.test(output)) return;
  throw backupFailed(
    `the dump could not be read back: ${lastLines(errors) || 'its table of contents is empty'}`,
  );
}

/** A schema's name, escaped so that pg_dump does not treat it as a pattern. */
function pattern(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`;
}

/** Restores the whole database, or one schema of it. */
function restoreCommand({ place }: LibpqSettings, path: string, schema: string | null): string {
  const at = [
    ...(place.host ? [`--host=${place.host}`] : []),
    ...(place.port ? [`--port=${place.port}`] : []),
    ...(place.user ? [`--username=${place.user}`] : []),
  ];
  const what =
    schema === null
      ? ['--clean', '--if-exists', '--create', '--dbname=postgres']
      : ['--clean', '--if-exists', `--dbname=${place.database}`];
  return ['pg_restore', ...at, ...what, path].map(quoteShell).join(' ');
}
