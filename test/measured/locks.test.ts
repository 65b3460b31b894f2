import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockModes } from '../../src/database/measure/locks.ts';
import { loadParser } from '../../src/safety/parse.ts';
import type { Finding, LockMode } from '../../src/values/findings.ts';
import { lintResult, samples } from '../lint/lint-sample.ts';
import { rowCount, setup } from '../lint/schema.ts';
import type { Sample } from '../lint/statements.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { type Measured, measure, measureAlone } from './measure.ts';

/*
 * The rules compared with PostgreSQL itself: each statement runs on tables of 5,000 rows, and its actual
 * locks, rewrites and full scans are compared with its findings.
 */

let database: Database;
let client: pg.Client;

beforeAll(async () => {
  await loadParser();
  database = await createDatabase();
  client = await database.connect();
  for (const sql of setup) await client.query(sql);
});

afterAll(async () => {
  await client.end();
});

const blocking = new Set<LockMode | null>(['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE']);

/** Findings on a partitioned table also cover its partitions. */
const parts: Readonly<Record<string, string>> = {
  events_2025: 'events',
  events_2026: 'events',
  regions_rest: 'regions',
  child: 'parent',
  hashed_0: 'hashed',
  hashed_1: 'hashed',
  prices_1: 'prices',
  prices_rest: 'prices',
};
const wholes = new Set(Object.values(parts));

/** Tables that a CASCADE or dynamic SQL reaches without naming them: reported without the table. */
const unnamed = [
  'drop function touch() cascade',
  'drop extension plpgsql cascade',
  'loop execute format(',
  'drop table if exists "orders" cascade',
];

function disagreements(
  { sql }: Sample,
  table: string,
  { lock, earlier, rewritten, read, written }: Measured,
  findings: readonly Finding[],
): string[] {
  const mine = findings.filter(finding => finding.table === table || finding.table === parts[table]);
  const mode = lockModes[lock ?? ''] ?? null;
  const long = rewritten || read >= rowCount || written >= rowCount;
  const wrong: string[] = [];
  if (blocking.has(mode)) {
    if (!earlier && !mine.some(finding => finding.lock === mode))
      wrong.push(`${table}: ${mode} was not told`);
    // Only its refresh writes to a materialized view.
    const writers = !sql.startsWith('refresh materialized view concurrently');
    if (long && writers && !mine.some(({ severity }) => severity === 'danger'))
      wrong.push(`${table}: ${mode} for long was no danger`);
  } else if (mine.some(finding => blocking.has(finding.lock)))
    wrong.push(`${table}: ${mode} was told as stronger`);
  const slow = mine.some(
    ({ rewrites, scans, rule }) => (rewrites || scans) && rule !== 'update-many' && rule !== 'delete-many',
  );
  if (slow && !long && !wholes.has(table)) wrong.push(`${table}: it neither reads nor writes all of it`);
  const rewrites = mine.some(finding => finding.rewrites && !finding.rule.startsWith('update'));
  const lost = /truncate|with no data|empty_users|view dry/.test(sql);
  if (rewritten !== rewrites && !lost && !wholes.has(table))
    wrong.push(`${table}: rewritten is ${rewritten}`);
  return wrong;
}

/** Views and foreign tables, which are not measured. */
const withoutFile = new Set(['active_users', 'city_names', 'long_names', 'city_counts', 'lines', 'remote']);

/** Every statement is quick on an empty table, and nobody can read a materialized view before it has data. */
const empty = new Set(['hollow', 'old_at', 'parent', 'fresh', 'dry']);

describe('the effects of a statement in a transaction', () => {
  test.each(sampled(samples.filter(({ alone }) => !alone)))('$before $sql', async sample => {
    const { tables, error } = await measure(client, sample);
    const findings = lintResult(sample);
    if (error !== null) {
      // Statements that fail on rows or in PostgreSQL were reported as danger.
      expect(severities(findings), error).toContain('danger');
      return;
    }
    // What is reported as refused is refused.
    expect(findings.map(({ rule }) => rule)).not.toContain('cannot-run');
    if (unnamed.some(text => sample.sql.includes(text))) return;
    const wrong = [...tables]
      .filter(([table]) => !empty.has(table))
      .flatMap(([table, measured]) => disagreements(sample, table, measured, findings));
    const locked = findings.filter(
      ({ lock, table }) => blocking.has(lock) && table !== null && !withoutFile.has(table),
    );
    for (const { table, rule } of locked) {
      if (!tables.has(table as string) && !wholes.has(table as string))
        wrong.push(`${table}: not locked, but ${rule}`);
    }
    expect(wrong).toEqual([]);
  });
});

const severities = (findings: readonly Finding[]) => findings.map(({ severity }) => severity);

describe('the locks of a statement that runs outside a transaction', () => {
  // VACUUM takes ACCESS EXCLUSIVE for a moment to truncate empty pages, if it gets it immediately: ignored.
  const named = (sql: string): string => /users|hollow|events/.exec(sql)?.[0] ?? 'users';
  test.each(
    samples.filter(({ alone, sql }) => alone && !/hollow|schema public|^vacuum (users|\()/.test(sql)),
  )('$sql', async sample => {
    const own = await createDatabase();
    const first = await own.connect();
    for (const sql of setup) await first.query(sql);
    await first.end();
    const table = named(sample.sql);
    const lock = lockModes[(await measureAlone(own, sample, table)) ?? ''] ?? null;
    const told = lintResult(sample).filter(finding => finding.table === table && blocking.has(finding.lock));
    expect(told.length > 0, `${lock}`).toBe(blocking.has(lock));
    await own.drop();
  });
});
