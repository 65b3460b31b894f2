import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { fold, foldWords } from '../../src/drawing/text/fold.ts';
import { format } from '../../src/drawing/text/postgres-formatter.ts';
import { type Line, textOf } from '../../src/drawing/text/span.ts';
import { widthOf } from '../../src/drawing/text/width.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

const columns = Array.from(
  { length: 40 },
  (_, index) => `"column_${index}" varchar(255) not null default ''`,
);
const wide = {
  revisions: [
    { id: 'Migration20260101000000_wide', revises: [], up: [`create table "wide" (${columns.join(', ')})`] },
  ],
  applied: [],
};

test('a long statement is fully readable in the Detail pane; o shows it as in the file', async () => {
  const app = await openScreen(wide);
  await app.sees('create table "wide" (', '  "column_0" varchar(255) not null default \'\',');
  await app.press('Enter', 'G');
  await app.sees('  "column_39" varchar(255) not null default \'\'', ');');
  await app.press('o');
  await app.sees('as it is in the file', /create table "wide" \("column_0" varchar.*…/);
});

test('a long statement is fully readable in the plan', async () => {
  const app = await openScreen({ ...wide, columns: 60, rows: 30 });
  await app.sees('1 pending');
  await app.press('u', 'Tab');
  await app.sees('create table "wide" (', '"column_3" varchar');
  await app.press('G');
  await app.sees('"column_39" varchar');
  await app.seesNot(/│ .*…/);
  await app.press('o');
  await app.sees(/create table "wide" \(.*…/);
});

test.each([
  ['create table "a" ("id" int, "b" text)', 'create table "a" ("id" int, "b" text)'],
  [
    'alter table "a" add column "b" int null, add column "c" text not null',
    'alter table "a"\nadd column "b" int null,\nadd column "c" text not null',
  ],
  [
    "do $$ begin if true then create type mood as enum ('sad'); end if; end $$",
    "do $$ begin if true then create type mood as enum ('sad'); end if; end $$",
  ],
])('%s', (sql, expected) => expect(format(sql)).toBe(expected));

test('formatting changes only white space, for any input', () => {
  const word = fc.constantFrom(
    ..."create table select from where ( ) , ; :: \"Quoted name\" 'it''s' $$ body $$ -- /* */ $1 :a @> 1.5e3 é".split(
      ' ',
    ),
  );
  const sql = fc.oneof(
    fc.array(word, { maxLength: 30 }).map(words => words.join(' ')),
    fc.string(),
  );
  fc.assert(
    fc.property(sql, text => {
      expect(format(text).replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''));
    }),
  );
});

const line = fc.array(
  fc.record({ text: fc.string({ unit: fc.constantFrom('a', 'b', ' ', '世', 'é', '👍') }) }),
  { maxLength: 5 },
);

test('a folded line loses nothing and is never too wide', () => {
  const whole = (lines: readonly Line[]) => lines.map(textOf).join('').replaceAll(' ', '');
  fc.assert(
    fc.property(line, fc.integer({ min: 8, max: 30 }), fc.nat(4), (spans, width, indent) => {
      for (const lines of [fold(spans, width, indent), foldWords(spans, width, indent)]) {
        expect(whole(lines)).toBe(textOf(spans).replaceAll(' ', ''));
        for (const one of lines) expect(widthOf(textOf(one).trimEnd())).toBeLessThanOrEqual(width);
      }
    }),
  );
});

test('words are not broken if they fit', () => {
  const text = 'constraint "messages_chat_id_foreign" foreign key ("chat_id") references "chats"';
  expect(
    foldWords([{ text: `  ${text}` }], 50, 4)
      .map(textOf)
      .map(one => one.trimEnd()),
  ).toEqual(['  constraint "messages_chat_id_foreign" foreign', '      key ("chat_id") references "chats"']);
});

test('a literal of megabytes is folded quickly', () => {
  expect(foldWords([{ text: 'x'.repeat(2_000_000) }], 80, 4).length).toBeGreaterThan(25_000);
});
