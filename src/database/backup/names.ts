import { createHash } from 'node:crypto';

/** The parts of a backup's name. */
export interface NameParts {
  readonly database: string;
  /** Null: the whole database. */
  readonly schema: string | null;
  readonly at: Date;
  /** Short ids of the current revisions; empty: nothing is applied. */
  readonly current: readonly string[];
}

const leading = /^[.-]+/;
const suffix = /\.(\d+)\.partial$/;

/** `chat-20261126T140211Z-20261113100000`: database, time (UTC) and current revisions. Safe on every file system. */
export function fileStem({ database, schema, at, current }: NameParts): string {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const revisions =
    current.length === 0
      ? 'base'
      : current
          .map(id => safe(id, 40))
          .join('+')
          .slice(0, 90);
  return `${namePrefix(database, schema)}${time}-${revisions}`;
}

/** The common prefix of the names of all backups of a database (or of one of its schemas). */
function namePrefix(database: string, schema: string | null): string {
  return `${distinct(database)}${schema === null ? '' : `.${distinct(schema)}`}-`;
}

/** A safe name that no other name shares: `tenant 7` and `tenant_7` are different schemas. */
function distinct(name: string): string {
  const text = safe(name, 60);
  if (text === name.replace(leading, '_')) return text;
  return `${safe(name, 52)}+${createHash('sha256').update(name).digest('hex').slice(0, 6)}`;
}

/** The part of a backup's name before its time; null if it is not the name of a backup. */
export function prefixOf(name: string): string | null {
  return /^(.+-)\d{8}T\d{6}Z-/.exec(name)?.[1] ?? null;
}

/** The name while the backup is being written: the process id tells whether its writer is still running. */
export function partialName(name: string): string {
  return `${name}.${process.pid}.partial`;
}

/** Whether this is an unfinished backup of a process that no longer exists. */
export function isPartial(name: string): boolean {
  const pid = suffix.exec(name)?.[1];
  return pid !== undefined && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

function safe(text: string, length: number): string {
  return (
    text
      .replace(/[^A-Za-z0-9_.+-]/g, '_')
      .replace(leading, '_')
      .slice(0, length) || '_'
  );
}
