import { grouped } from '../../foundation/grouped.ts';
import type { Finding } from '../../values/findings.ts';
import type { MeasuredLock, MeasuredLoss, MeasuredRun, Measurement } from '../../values/measured.ts';
import { bytes } from './bytes.ts';
import { absolute, duration } from './time.ts';

/** The measurements of a finding's table on the copy: `messages: ACCESS EXCLUSIVE for 12.4 s on the copy`. */
export function findingOnCopy({ table, measured }: Finding): string | null {
  if (table === null || !measured) return null;
  const { lock, ms, rewritten } = measured;
  return `${table}: ${lock} for ${heldFor(ms)} on the copy${rewritten ? ', rewritten' : ''}`;
}

/** `messages: ACCESS EXCLUSIVE for 12.4 s`. */
export function lockText({ table, mode, ms }: MeasuredLock): string {
  return `${table}: ${mode} for ${heldFor(ms)}`;
}

/** `messages.text: 1,204 values`, `chats: 12 rows`. */
export function lossText({ table, column, rows, changed }: MeasuredLoss): string {
  const number = grouped(rows);
  if (column === null) return `${table}: ${number} ${rows === 1 ? 'row' : 'rows'}`;
  if (changed) return `${table}.${column}: other values`;
  return `${table}.${column}: ${number} ${rows === 1 ? 'value' : 'values'}`;
}

/** `3.1 s, 12 MB of WAL, rewrites messages`. */
export function runText({ ms, walBytes, rewrites }: MeasuredRun): string {
  return [
    duration(ms),
    `${bytes(walBytes)} of WAL`,
    ...(rewrites.length > 0 ? [`rewrites ${rewrites.join(', ')}`] : []),
  ].join(', ');
}

/** `measured on a copy of chat.dump (4.4 MB, PostgreSQL 18.4), 2026-11-26 14:02:11`. */
export function measuredWhere({ source, bytes: size, server, at }: Measurement): string {
  return `measured on a copy of ${source} (${bytes(size)}, PostgreSQL ${server}), ${absolute(at)}`;
}

function heldFor(ms: number): string {
  return ms < 10 ? `${ms} ms` : duration(ms);
}
