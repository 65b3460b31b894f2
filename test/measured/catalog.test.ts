import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCatalog } from '../../src/database/catalog.ts';
import { isRefusal } from '../../src/database/connect/connection.ts';
import { Session } from '../../src/engine/session.ts';
import { Linter } from '../../src/lint/lint.ts';
import { Schema } from '../../src/lint/schema.ts';
import { loadParser } from '../../src/safety/parse.ts';
import { boundaries } from '../lint/boundaries.ts';
import { gathered } from '../lint/gathered.ts';
import { server, step } from '../lint/judged.ts';
import { setup } from '../lint/schema.ts';
import { samples as plain, type Sample } from '../lint/statements.ts';
import { makeProject } from '../support/project.ts';
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
  linter.settle();
  schema.invalidate(new Set(catalog?.invalid));
  schema.complete = true;
  return linter.judge(step(texts, { transactional: alone !== true })).map(({ finding }) => finding);
}

test.each([...plain, ...boundaries, ...gathered])('$before $sql', async sample => {
  expect(await found(sample, 0)).toEqual(await found(sample, 1_000));
});
