import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCatalog } from '../../src/database/catalog.ts';
import { isRefusal } from '../../src/database/connect/connection.ts';
import { Session } from '../../src/engine/session.ts';
import { Linter } from '../../src/lint/lint.ts';
import { Schema } from '../../src/lint/schema.ts';
import { loadParser } from '../../src/safety/parse.ts';
import { samples, server, step } from '../lint/lint-sample.ts';
import { setup } from '../lint/schema.ts';
import type { Sample } from '../lint/statements.ts';
import { makeProject } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database } from '../support/server.ts';

/*
 * In a large database, only the tables of a plan are read. For every sample statement, the findings are the
 * same as with all tables.
 */

let database: Database;
let session: Session;

beforeAll(async () => {
  await loadParser();
  database = await createDatabase();
  for (const sql of setup) await database.query(sql);
  const project = await makeProject({ url: database.url, migrations: {} });
  session = await Session.open({ root: project.root }, () => {});
});

afterAll(async () => {
  await session.close();
  await database.drop();
});

async function found({ before, sql, alone }: Sample, few: number): Promise<readonly unknown[]> {
  const connection = await session.connection();
  if (isRefusal(connection)) throw new Error('no connection');
  const texts = before ? [before, sql] : [sql];
  const catalog = await readCatalog(connection, { sql: texts, few });
  const schema = new Schema();
  schema.sizes = catalog?.sizes ?? new Map();
  const linter = new Linter(schema, { server, lockTimeout: true });
  linter.replay(step(catalog?.sql ?? []));
  linter.endTransaction();
  linter.markInUse();
  schema.invalidate(new Set(catalog?.invalid));
  schema.complete = true;
  return linter.lint(step(texts, { transactional: alone !== true })).map(({ finding }) => finding);
}

test.each(sampled(samples))('$before $sql', async sample => {
  expect(await found(sample, 0)).toEqual(await found(sample, 1_000));
});

test('tables of other schemas do not count when only some schemas are read', async () => {
  const fleet = await createDatabase();
  const tenants = Array.from({ length: 4 }, (_, at) => `tenant_${at}`);
  for (const name of tenants) {
    await fleet.query(
      `create schema ${name}; create table ${name}.chats (id int); create table ${name}.users (id int)`,
    );
  }
  const project = await makeProject({ url: fleet.url, migrations: {} });
  const own = await Session.open({ root: project.root }, () => {});
  try {
    const connection = await own.connection();
    if (isRefusal(connection)) throw new Error('no connection');
    const sql = ['alter table chats add column topic text'];
    const read = async (few: number): Promise<string[]> => {
      const catalog = await readCatalog(connection, { schemas: ['tenant_1'], sql, few });
      return [...(catalog?.sizes.keys() ?? [])].sort();
    };
    // Two tables are few, however many the database has.
    expect(await read(3)).toEqual(['tenant_1.chats', 'tenant_1.users']);
    expect(await read(2)).toEqual(['tenant_1.chats']);
  } finally {
    await own.close();
    await fleet.drop();
  }
});
