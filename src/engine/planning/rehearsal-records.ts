import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '../../foundation/hash-of.ts';
import { replaceFile } from '../../foundation/replace-file.ts';
import { stateFolder } from '../../foundation/state-folder.ts';
import type { Plan } from '../../revisions/plans/plan.ts';
import type { Measurement } from '../api.ts';

/*
 * The results of rehearsals, by plan, in the state folder of the user (or the CI job), so that a plan shows
 * its measurements and a policy can require a rehearsal.
 */

/** The results of the last rehearsals of one plan. */
export interface RehearsalRecord {
  /** Of the last rehearsal, ISO 8601. */
  readonly at: string;
  /** It found no problem. */
  readonly ok: boolean;
  /** It found no problem other than revisions without `down()`. */
  readonly okButDowns: boolean;
  /** Of the last rehearsal on a copy with data. */
  readonly measuredAt: string | null;
  readonly measured: Measurement | null;
}

/** Maximum number of records. */
const kept = 200;

/**
 * Identifies a plan by everything that affects its rehearsal: the applied revisions, its steps and their
 * files, the database and the schema. Its transactions do not matter.
 * @param checksums by revision id
 * @param place where it would run
 */
export function rehearsalKey(
  applied: Iterable<string>,
  { steps }: Plan,
  checksums: ReadonlyMap<string, string | null>,
  place: { readonly label: string; readonly schema: string | null },
): string {
  const value = [
    [...applied].sort().map(id => [id, checksums.get(id) ?? null]),
    steps.map(({ revision, action }) => [revision, action, checksums.get(revision) ?? null]),
    place.label,
    place.schema,
  ];
  return hashOf(value).slice(0, 32);
}

/** Null: the plan was not rehearsed here, or the record cannot be used. */
export function readRehearsal(key: string, env = process.env): RehearsalRecord | null {
  try {
    const record = JSON.parse(readFileSync(fileOf(key, env), 'utf8')) as Partial<RehearsalRecord>;
    if (typeof record.at !== 'string' || typeof record.ok !== 'boolean') return null;
    const measured = Array.isArray(record.measured?.steps) ? record.measured : null;
    const okButDowns = record.okButDowns === true;
    return { at: record.at, ok: record.ok, okButDowns, measured, measuredAt: measured?.at ?? null };
  } catch {
    return null;
  }
}

/**
 * Stores the result of a rehearsal. An earlier measurement of the same plan is kept if this one measured
 * nothing.
 * @returns whether it could be stored
 */
export function keepRehearsal(
  key: string,
  { ok, okButDowns, measured }: Pick<RehearsalRecord, 'ok' | 'okButDowns' | 'measured'>,
  env = process.env,
): boolean {
  const before = readRehearsal(key, env);
  const record: RehearsalRecord = {
    at: new Date().toISOString(),
    ok,
    okButDowns,
    measured: measured ?? before?.measured ?? null,
    measuredAt: measured?.at ?? before?.measuredAt ?? null,
  };
  const isKept = replaceFile(fileOf(key, env), `${JSON.stringify(record)}\n`, true);
  if (isKept) forget(env);
  return isKept;
}

function folder(env: NodeJS.ProcessEnv): string {
  return join(stateFolder(env), 'rehearsals');
}

function fileOf(key: string, env: NodeJS.ProcessEnv): string {
  return join(folder(env), `${key}.json`);
}

/** Deletes the oldest records. */
function forget(env: NodeJS.ProcessEnv): void {
  const files = readdirSync(folder(env)).map(name => join(folder(env), name));
  if (files.length <= kept) return;
  // Other processes delete them too.
  const age = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const byAge = files.map(path => ({ path, at: age(path) })).sort((a, b) => b.at - a.at);
  for (const { path } of byAge.slice(kept)) rmSync(path, { force: true });
}
