import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksumOf, formerChecksumOf } from '../../src/project/files/checksum.ts';

/* What counts as an edit of a migration file. */

const of = (source: string): string => checksumOf(source, { members: {} });

const file = `import { Migration } from '@mikro-orm/migrations';

export class M1 extends Migration {
  // don't run this twice: it's slow
  override up(): void {
    this.addSql('insert into a values (1)');
    this.addSql(\`insert into a
      values ('\${x({ y: \`n  o\` })}  z')\`);
    const re = s.replace(/['"\`  ]/g, '  ') / 2;
  }
}
`;

describe('not an edit:', () => {
  test.each<[string, (text: string) => string]>([
    ['a byte order mark', text => `\uFEFF${text}`],
    ['line endings', text => text.replaceAll('\n', '\r\n')],
    ['line endings of old Macs', text => text.replaceAll('\n', '\r')],
    ['indentation', text => text.replace(/^ {2}(?! {4}values)/gm, '\t')],
    ['blank lines', text => text.replaceAll('{\n', '{\n\n\n').replaceAll(';\n', ';  \n')],
    ['the end of the file', text => text.trimEnd()],
    ['a call on several lines', text => text.replace("'insert into a values (1)'", x => `\n${x}\n`)],
  ])('%s', (_, change) => {
    // Only white space that was there before may change.
    const before = file.replace("('insert", "( 'insert").replace("(1)')", "(1)' )");
    expect(change(before)).not.toBe(before);
    expect(of(change(before))).toBe(of(before));
  });
});

describe('an edit:', () => {
  test.each<[string, string, string]>([
    ['a space in a string', `'a b'`, `'a  b'`],
    ['a space in a string with an escaped quote', `'it\\'s  x'`, `'it\\'s x'`],
    ['a new line in a template', '`a b`', '`a\nb`'],
    ['indentation in a template', '`a\n  b`', '`a\n    b`'],
    ['a space after a substitution', '`#{x}  y`', '`#{x} y`'],
    ['a space in a template in a substitution', '`#{x({ y: `a  b` })}`', '`#{x({ y: `a b` })}`'],
    ['a space in a string after a substitution', "`#{{ a: 1 }}` + 'a  b'", "`#{{ a: 1 }}` + 'a b'"],
    ['a space in a string after a quote in a comment', "/* don't */ 'a  b'", "/* don't */ 'a b'"],
    ['a space in a string after a line comment', "x // don't\n'a  b'", "x // don't\n'a b'"],
    ['a space in a string after a quote in an expression', "f(/'/, 'a  b')", "f(/'/, 'a b')"],
    ['a space in a string after a division', "a / b / 'c  d'", "a / b / 'c d'"],
    ['a space in a regular expression', 'f(/a  b/)', 'f(/a b/)'],
    ['a statement that becomes a comment', '// x\ny()', '// x y()'],
    ['a new line after return', 'return x', 'return\nx'],
    ['a word', 'a b', 'a c'],
    ['a comment', 'a', 'a // b'],
  ])('%s', (_, before, after) => {
    // A linter would take '$' and '{' for a mistake.
    const text = (source: string): string => source.replaceAll('#', '$');
    expect(of(text(before))).not.toBe(of(text(after)));
  });
});

test('every character of a literal counts, wherever it is', () => {
  const literal = fc
    .tuple(
      fc.constantFrom("'", '"', '`'),
      fc.string({ unit: fc.constantFrom(' ', '  ', '/', 'a', '*', '{', '}', '//') }),
    )
    .map(([quote, text]) => [quote, text.replaceAll('${', ''), quote].join(''));
  const code = fc.array(
    fc.constantFrom(' ', '\n', 'f(', ')', '{', '}', "// it's `x\n", '/* "` */', ',', '= /[/"`]/;'),
  );
  fc.assert(
    fc.property(code, literal, code, (before, text, after) => {
      const [start, end] = [before.join(''), after.join('')];
      const more = text.replace(/^./, quote => `${quote} `);
      expect(of(`${start}x,${more}${end}`)).not.toBe(of(`${start}x,${text}${end}`));
    }),
  );
});

test('an unfinished literal or comment ends, in linear time', () => {
  for (const start of ["'", '"', '`', '`${', '/*', '//', '/[', '= /[']) {
    expect(of(start.repeat(50_000))).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('the former checksum, for journals that have it, is never the one of another file', () => {
  const former = (text: string): string => formerChecksumOf(text, { members: {} });
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  expect(former("\uFEFFa\r\n  b 'c  d'")).toBe(sha256("a b 'c d'"));
  expect(of("'c d'")).not.toBe(former("'c  d'"));
});

test('declarations do not count', () => {
  const source = "class A { static revises = ['B'];\n up() {} }";
  const [start, end] = [source.indexOf('static'), source.indexOf(';') + 1];
  const checksum = checksumOf(source, { members: { revises: { start, end } } });
  expect(checksum).toBe(of('class A { \n up() {} }'));
});
