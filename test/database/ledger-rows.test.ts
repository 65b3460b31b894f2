import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setMark } from '../../src/database/marks.ts';
import { appliedText, unchangedStatements } from '../../src/database/run/ledger-rows.ts';
import { createDatabase, type Database } from '../support/server.ts';

const table = { schema: 'public', name: 'log "of"', sql: '"public"."log ""of"""' };
let database: Database;

beforeAll(async () => {
  database = await createDatabase();
  await database.query(`create table ${table.sql} (id serial primary key, name text)`);
});
afterAll(() => database.query(`drop table ${table.sql}`));

/** Whether the server finds exactly these revisions and no mark. */
async function isUnchanged(applied: Iterable<string>): Promise<boolean> {
  try {
    for (const { sql, parameters = [] } of unchangedStatements(table, appliedText(applied))) {
      await database.query(sql, [...parameters]);
    }
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: '22P02' });
    return false;
  }
}

async function fill(names: readonly (string | null)[]): Promise<void> {
  await database.query(`truncate ${table.sql}`);
  await database.query(`insert into ${table.sql} (name) select unnest($1::text[])`, [names]);
}

const id = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.constantFrom('a', 'B', 'é', '"', '\\', '\n', '[', ', ', '\u{1F600}', '\uFF61'),
);
const usable = id.filter(text => !text.includes('\0') && !/\.[jt]s$/.test(text) && text.isWellFormed());

test('the same revisions are found in any order, with endings and without names; any other is not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(usable, { maxLength: 12 }),
      usable,
      fc.infiniteStream(fc.constantFrom('', '.js', '.ts')),
      fc.boolean(),
      async (ids, other, endings, empty) => {
        const names = ids.map(one => `${one}${endings.next().value}`);
        await fill([...names.toReversed(), ...(empty ? [null] : [])]);
        expect(await isUnchanged(ids)).toBe(true);
        const others = new Set(ids);
        if (!others.delete(other)) others.add(other);
        expect(await isUnchanged(others)).toBe(false);
      },
    ),
    { numRuns: 60 },
  );
});

test('a mark counts as a change, another comment does not', async () => {
  await fill(['one']);
  await database.query(`comment on table ${table.sql} is 'The log of our migrations.'`);
  expect(await isUnchanged(['one'])).toBe(true);
  const query = ((sql: string, parameters: unknown[] = []) => database.query(sql, parameters)) as never;
  await setMark(query, table, {
    ...{ revision: 'two', action: 'up', run: crypto.randomUUID(), since: new Date().toISOString() },
    ...{ who: 'ana@host', error: null, invalidBefore: [] },
  });
  expect(await isUnchanged(['one'])).toBe(false);
});
