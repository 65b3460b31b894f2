import { describe, expect, test } from 'vitest';
import { declare } from '../../src/project/files/edit-declarations.ts';

const revises = ['M0'];
const declared = (
  source: string,
  file = 'migrations/M1.ts',
  what = { revises } as Parameters<typeof declare>[3],
) => declare('M1', file, source, what);

describe('a declaration is written into a migration', () => {
  test('of the stock generator', () => {
    const source = `import { Migration } from '@mikro-orm/migrations';

export class M1 extends Migration {

  override name = 'M1';

  override up(): void | Promise<void> {
    this.addSql(\`select 1;\`);
  }

}
`;
    expect(declared(source)).toBe(
      source.replace('{\n\n  override name', `{\n  static readonly revises = ['M0'];\n\n  override name`),
    );
  });

  test('before a member that follows immediately, with a blank line between', () => {
    expect(declared(`class M1 extends Migration {\n  up() {}\n}\n`)).toBe(
      `class M1 extends Migration {\n  static readonly revises = ['M0'];\n\n  up() {}\n}\n`,
    );
  });

  test('in the style of the file: tabs, double quotes, no semicolons, CRLF', () => {
    const source = [
      'import { Migration } from "@mikro-orm/migrations"',
      '',
      'export class M1 extends Migration {',
      '\tasync up() {',
      '\t\tthis.addSql("select 1")',
      '\t}',
      '}',
      '',
    ].join('\r\n');
    expect(declared(source)).toBe(
      source.replace('{\r\n\tasync', '{\r\n\tstatic readonly revises = ["M0"]\r\n\r\n\tasync'),
    );
  });

  test.each([
    ['an empty class', `class M1 extends Migration {}`],
    ['a class on one line', `export class M1 extends Migration { async up() { this.addSql('x') } }`],
    ['a class expression', `export const M1 = class extends Migration {\n  up() {}\n};`],
    ['a default export', `export default class extends Migration {\n\n  up() {}\n}`],
    [
      'helpers beside it',
      `export function sql() { return ['revises = ['] }\nexport class M1 extends Migration {\n  up() {}\n}`,
    ],
    ['a comment first', `class M1 extends Migration {\n  // why\n  up() {}\n}`],
  ])('in %s', (_, source) => {
    expect(() => declared(source)).not.toThrow();
  });

  test.each([
    [`static readonly revises = ['old'];`, `static readonly revises = ['M0'];`],
    [`static revises: string[] = ["a", "b"]`, `static revises: string[] = ["M0"]`],
    [`static readonly revises = [] as const;`, `static readonly revises = ['M0'] as const;`],
    [
      `static readonly revises = Object.freeze(['x[0]']);`,
      `static readonly revises = Object.freeze(['M0']);`,
    ],
  ])('instead of %s', (before, after) => {
    const source = (member: string) => `class M1 extends Migration {\n  ${member}\n  up() {}\n}\n`;
    expect(declared(source(before))).toBe(source(after));
  });

  test('in compiled JavaScript: an assignment after the class', () => {
    const source = (list: string) =>
      `"use strict";\nclass M1 extends migrations_1.Migration {\n    up() {}\n}\nexports.M1 = M1;\nM1.revises = ${list};\n`;
    expect(declared(source('["old"]'), 'migrations/M1.js')).toBe(source(`["M0"]`));
  });

  test('without TypeScript keywords in JavaScript', () => {
    expect(
      declared(`'use strict';\nclass M1 extends Migration {\n  up() {}\n}\n`, 'migrations/M1.js'),
    ).toContain(`  static revises = ['M0'];\n`);
  });

  test('all three, with quotes in names escaped', () => {
    const source = declared(`class M1 extends Migration {\n  up() {}\n}\n`, 'M1.ts', {
      revises: [`it's`, 'b'],
      dependsOn: ['c'],
      labels: ['d'],
    });
    expect(source).toContain(
      `{\n  static readonly revises = ['it\\'s', 'b'];\n  static readonly dependsOn = ['c'];\n  static readonly labels = ['d'];\n\n  up`,
    );
  });
});

describe('a file that cannot contain a declaration is an error', () => {
  test.each([
    [
      'a class compiled to a function',
      `var M1 = (function (_super) { return function M1() {} })(Migration);`,
    ],
    [
      'a computed list',
      `const before = ['x'];\nclass M1 extends Migration {\n  static revises = before;\n  up() {}\n}`,
    ],
    ['a file that does not parse', `class {`],
  ])('%s', (_, source) => {
    expect(() => declared(source)).toThrow(expect.objectContaining({ code: 'cannot-declare' }));
  });
});
