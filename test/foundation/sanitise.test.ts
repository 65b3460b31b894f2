import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sanitise } from '../../src/foundation/sanitise.ts';

/** Everything that a terminal interprets, or that reorders or hides text. */
const dangerous =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** Random texts with many dangerous characters. */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u001b[2J',
        '\u001b]0;t\u0007',
        '\u009b31m',
        '\u202e',
        '\u2066',
        '\r\n',
        '\t',
        '\0',
        '\u007f',
        '\ud800',
        '\udfff',
        '\ufeff',
        '👩‍👩‍👧',
        'é',
        '日本',
      ),
    ),
  )
  .map(parts => parts.join(''));

test('removes everything that a terminal interprets', () => {
  fc.assert(
    fc.property(texts, text => {
      const safe = sanitise(text);
      expect(safe).not.toMatch(dangerous);
      expect(safe.isWellFormed()).toBe(true);
    }),
  );
});

test('with lines kept, keeps only line feeds', () => {
  fc.assert(
    fc.property(texts, text => {
      const safe = sanitise(text, { lines: true });
      expect(safe.replaceAll('\n', '')).not.toMatch(dangerous);
      expect(safe.split('\n')).toHaveLength(text.split('\n').length);
    }),
  );
});

test('safe text is unchanged, and sanitising is idempotent', () => {
  fc.assert(
    fc.property(texts, text => {
      const safe = sanitise(text);
      expect(sanitise(safe)).toBe(safe);
    }),
  );
  for (const text of ['', 'plain', 'naïve café', '日本語', '👩‍👩‍👧 🇩🇪', 'العربية', 'a\u0301'])
    expect(sanitise(text)).toBe(text);
});

test('replaced characters remain visible', () => {
  expect(sanitise('a\u001b[2Jb')).toBe('a␛[2Jb');
  expect(sanitise('a\u007fb\u0000')).toBe('a␡b␀');
  expect(sanitise('a\u202eb\u009b')).toBe('a<U+202E>b<U+009B>');
  expect(sanitise('a\nb')).toBe('a↵b');
  expect(sanitise('a\r\nb', { lines: true })).toBe('a\nb');
  expect(sanitise('a\tb\tc')).toBe('a   b   c');
  expect(sanitise('a\ud800b')).toBe('a\ufffdb');
  expect(sanitise('\u001b[2J\u007f', { ascii: true })).toBe('^[[2J^?');
});
