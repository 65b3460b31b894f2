import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutLongLiterals } from '../../src/safety/long-literals.ts';
import { loadParser, splitSync } from '../../src/safety/parse.ts';

const long = `it''s ${'x'.repeat(120_000)} -- ;`;
const pieces = fc.array(
  fc.constantFrom(
    `insert into t values ('${long}')`,
    `insert into t values (1, 'short', '${long}', '')`,
    `select 'a;b' as "c'd"`,
    `-- it's a comment\nselect 1`,
    "select $a$ it's $a$",
    `select E'it\\'s'`,
    `select /* it's */ 2`,
    'commit',
  ),
  { maxLength: 4 },
);

test('long literals do not affect how a text is split', async () => {
  await loadParser();
  fc.assert(
    fc.property(pieces, more => {
      const all = [`insert into t values ('${long}')`, ...more].join(';\n');
      // The same with a short literal.
      const expected = splitSync(all.replaceAll(long, 'marker')) ?? [];
      const found = splitSync(all) ?? [];
      expect(found.map(({ type }) => type)).toEqual(expected.map(({ type }) => type));
      expect(found.map(({ text }) => text)).toEqual(
        expected.map(({ text }) => text.replaceAll('marker', long)),
      );
      for (const { text, start } of found) expect(all.slice(start, start + text.length)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test('only texts of inserts are shortened', () => {
  expect(withoutLongLiterals(`insert into t values ('${long}')`)?.text).toBe(`insert into t values ('')`);
  expect(withoutLongLiterals(`delete from t where a = '${long}'`)).toBeNull();
  expect(withoutLongLiterals(`insert into t values (E'${long}')`)).toBeNull();
  expect(withoutLongLiterals(`insert into t values ('short')`)).toBeNull();
});
