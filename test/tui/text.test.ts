import * as originalTokens from '@alcalzone/ansi-tokenize';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import lineUpdate from '../../node_modules/ink/build/line-update.js';
import Output from '../../node_modules/ink/build/output.js';
import { cellsOf, stringOf } from '../../src/drawing/faster/cells.ts';
import quickLineUpdate from '../../src/drawing/faster/line-update.ts';
import QuickOutput from '../../src/drawing/faster/output.ts';
import quick from '../../src/drawing/faster/string-width.ts';
import { toAscii } from '../../src/drawing/text/ascii.ts';
import { markedStatement } from '../../src/drawing/text/failure.ts';
import { edit, emptyField, fieldOf, insert } from '../../src/drawing/text/field.ts';
import { fold } from '../../src/drawing/text/fold.ts';
import { textOf } from '../../src/drawing/text/span.ts';
import { absolute, ago, duration } from '../../src/drawing/text/time.ts';
import { clip, cutFrom, cutTo, widthOf } from '../../src/drawing/text/width.ts';
import { wrap } from '../../src/drawing/text/wrap.ts';
import { paint } from '../../src/drawing/theme/paint.ts';
import { themeOf } from '../../src/drawing/theme/theme.ts';

process.env.TZ = 'UTC';

const words = fc
  .array(
    fc.constantFrom(
      'a',
      'bc ',
      '日本',
      '👩‍👩‍👧',
      'e\u0301',
      '─',
      ' ',
      'x'.repeat(9),
      '\u001b[31m',
      'ß',
      '한글',
      '🇩🇪',
    ),
  )
  .map(parts => parts.join(''));
const columns = fc.integer({ min: 0, max: 40 });

test('truncated text is never wider than its space, and with the rest gives the whole text', () => {
  fc.assert(
    fc.property(words, columns, (text, width) => {
      const clean = text.replaceAll('\u001b[31m', '');
      expect(widthOf(cutTo(clean, width))).toBeLessThanOrEqual(width);
      expect(widthOf(clip(clean, width))).toBeLessThanOrEqual(width);
      expect(clean.startsWith(cutTo(clean, width))).toBe(true);
      expect(widthOf(cutFrom(clean, width))).toBe(Math.max(0, widthOf(clean) - width));
    }),
  );
});

test('a folded line loses nothing, keeps its styles, and fits', () => {
  fc.assert(
    fc.property(fc.array(words), fc.integer({ min: 6, max: 40 }), (texts, width) => {
      const line = texts.map((text, index) => ({
        text: text.replaceAll('\u001b[31m', ''),
        style: index % 2 === 0 ? ('added' as const) : undefined,
      }));
      const lines = fold(line, width, 2);
      for (const one of lines) expect(widthOf(textOf(one))).toBeLessThanOrEqual(width);
      const pieces = lines.flatMap((one, index) => (index === 0 ? one : one.slice(1)));
      expect(textOf(pieces)).toBe(textOf(line));
      const added = (spans: typeof pieces) => textOf(spans.filter(({ style }) => style === 'added'));
      expect(added(pieces)).toBe(added(line));
    }),
  );
});

test('a wrapped text loses nothing but spaces, and fits', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 40 }), (text, width) => {
      const clean = text.replaceAll('\u001b[31m', '');
      const lines = wrap(clean, width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(clean.replaceAll(' ', ''));
    }),
  );
});

test('a painted line fills its columns exactly, whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.array(words),
      columns,
      fc.integer({ min: 0, max: 20 }),
      fc.boolean(),
      (parts, width, from, ascii) => {
        const line = parts.map(text => ({ text, style: 'keyword' as const }));
        for (const ellipsis of ['', '…']) {
          const drawn = paint(line, width, themeOf('dark', 256), { fill: true, from, ascii, ellipsis });
          expect(stringWidth(drawn)).toBe(width);
        }
      },
    ),
  );
});

test('the fast width and cells equal those of the original packages', () => {
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: 'binary' })), text => {
      expect(quick(text)).toBe(stringWidth(text));
      const own = cellsOf(text);
      const theirs = originalTokens
        .styledCharsFromTokens(originalTokens.tokenize(text))
        .filter(({ value }) => !/^\p{Default_Ignorable_Code_Point}+$/u.test(value));
      expect(own).toEqual(theirs);
      expect(stringOf(own)).toBe(originalTokens.styledCharsToString(theirs));
    }),
  );
});

test("frame after frame, overlapping text equals Ink's output", () => {
  const write = fc.record({
    x: fc.integer({ min: -2, max: 12 }),
    y: fc.integer({ min: -1, max: 4 }),
    text: fc.oneof(
      words,
      fc
        .array(fc.constantFrom('a', '日', '\n', '\u001b[31m', '\u001b[39m', '\u200b', ' '), { maxLength: 12 })
        .map(parts => parts.join('')),
    ),
    clipped: fc.boolean(),
  });
  const frame = fc.record({ width: fc.constantFrom(8, 10), writes: fc.array(write, { maxLength: 6 }) });
  const upper = { transformers: [(line: string, at: number) => `${at}${line.toUpperCase()}`] };
  fc.assert(
    // Few texts, so that rows are the same as in the previous frame.
    fc.property(fc.array(frame, { maxLength: 3 }), fc.boolean(), (frames, clips) => {
      for (const { width, writes } of [...frames, ...frames]) {
        const [own, theirs] = [QuickOutput, Output].map(Kind => {
          const output = new Kind({ width, height: 4 });
          for (const { x, y, text, clipped } of writes) {
            if (clips && clipped) output.clip({ x1: 1, x2: 6, y1: 0, y2: 3 });
            output.write(x, y, text, clipped ? upper : { transformers: [] });
            if (clips && clipped) output.unclip();
          }
          return output.get();
        });
        expect(own).toEqual(theirs);
      }
    }),
  );
});

test('a changed line is written like Ink writes it', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    ' ',
    '│',
    '日',
    '\u0301',
    '\t',
    '\u001b[31m',
    '\u001b[1m',
    '\u001b[39m',
    '\u001b[0m',
  );
  const parts = fc.array(part, { maxLength: 10 }).map(all => all.join(''));
  const columns = fc.constantFrom(0, 4, 8, 20, 80);
  fc.assert(
    fc.property(parts, parts, parts, columns, (same, before, after, width) => {
      const changed = [same + before, same + after, width] as const;
      expect(quickLineUpdate(...changed)).toBe(lineUpdate(...changed));
    }),
    { numRuns: 2_000 },
  );
});

test("a line of the screen equals Ink's", () => {
  const theme = themeOf('dark', 256);
  for (const style of Object.keys(theme.sgr) as (keyof typeof theme.sgr)[]) {
    for (const over of [undefined, theme.selected, theme.marked]) {
      const drawn = paint([{ text: 'text', style }], 4, theme, { over });
      expect(stringOf(cellsOf(drawn)), style).toBe(drawn);
    }
  }
});

test('ASCII keeps the width', () => {
  expect(toAscii('a · b … │ ─')).toBe('a - b ~ | -');
  expect(toAscii('日本')).toBe('????');
  fc.assert(
    fc.property(words, text => {
      const clean = text.replaceAll('\u001b[31m', '');
      expect(widthOf(toAscii(clean))).toBe(widthOf(clean));
    }),
  );
});

test('a field is edited like in a shell', () => {
  const keys = (text: string, ...pressed: string[]) =>
    pressed.reduce((field, key) => edit(field, key) ?? field, fieldOf(text));
  expect(keys('', 'a', 'b', 'space', 'c')).toEqual({ text: 'ab c', cursor: 4 });
  expect(keys('abc', 'left', 'backspace').text).toBe('ac');
  expect(keys('abc', 'home', 'delete').text).toBe('bc');
  expect(keys('one two', 'ctrl+w').text).toBe('one ');
  expect(keys('one two', 'left', 'left', 'ctrl+u').text).toBe('wo');
  expect(keys('one two', 'ctrl+a', 'ctrl+k').text).toBe('');
  expect(keys('👩‍👩‍👧', 'backspace').text).toBe('');
  expect(edit(emptyField, 'up')).toBeNull();
  expect(insert(emptyField, 'a\nb\u001b').text).toBe('a b ');
});

test("the caret is under PostgreSQL's error position", () => {
  const statement = 'select\n  日本, broken\nfrom t';
  const position = [...statement].indexOf('b') + 1;
  const lines = markedStatement(statement, position, 80).map(textOf);
  expect(lines).toEqual(['select', '  日本, broken', '        ^', 'from t']);
});

test('the caret of a long line stays visible', () => {
  const statement = `select ${'x, '.repeat(100)}broken from t`;
  const lines = markedStatement(statement, statement.indexOf('broken') + 1, 60).map(textOf);
  const caret = lines[1]?.indexOf('^') ?? -1;
  expect(caret).toBeLessThan(60);
  expect(lines[0]?.slice(caret, caret + 6)).toBe('broken');
});

test('a long statement without a position is wrapped, not cut', () => {
  const statement = `alter table "messages" add constraint "messages_author_id_foreign" check ("author_id" > 0)`;
  const lines = markedStatement(statement, undefined, 40).map(textOf);
  expect(lines.every(text => text.length <= 40)).toBe(true);
  expect(lines.map(text => text.trim()).join(' ')).toBe(statement);
  const long = markedStatement(`select ${'x, '.repeat(1_000)}y`, undefined, 60).map(textOf);
  expect([long.length, long.at(-1)]).toEqual([13, '…']);
});

test('readable times', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const before = (ms: number): string => ago(new Date(now - ms).toISOString(), now);
  expect([
    before(10_000),
    before(60_000),
    before(3 * 3_600_000),
    before(2 * 86_400_000),
    before(100 * 86_400_000),
  ]).toEqual(['just now', '1 minute ago', '3 hours ago', '2 days ago', '3 months ago']);
  expect(before(500 * 86_400_000)).toBe('2025-07-10');
  expect(absolute('2026-11-22T12:00:05Z')).toBe('2026-11-22 12:00:05');
  expect(ago('nonsense', now)).toBe('nonsense');
  expect([duration(41.4), duration(2_430), duration(192_000), duration(7_260_000)]).toEqual([
    '41 ms',
    '2.4 s',
    '3 min 12 s',
    '2 h 01 min',
  ]);
});
