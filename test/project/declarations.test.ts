import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMigration } from '../../src/project/files/declarations.ts';
import { mayOverflow } from '../../src/project/files/nesting.ts';

const parse = (source: string, file = 'migrations/M1.ts') => parseMigration('M1', file, source);

describe('reads the declarations of a migration from its source', () => {
  it('in a TypeScript class', () => {
    const { declaration, problems } = parse(`
      import { Migration } from '@mikro-orm/migrations';
      export class M1 extends Migration {
        static readonly revises = ['A', "B"];
        static readonly dependsOn: string[] = ['C'] as const;
        static readonly labels = [\`chat\`];
        override up(): void { this.addSql('select 1'); }
      }`);
    expect(problems).toEqual([]);
    expect(declaration).toMatchObject({ id: 'M1', revises: ['A', 'B'], dependsOn: ['C'], labels: ['chat'] });
  });

  it.each([
    ['static fields', `export class M1 extends Migration { static revises = ['A']; up() {} }`],
    [
      'an assignment after the class',
      `class M1 extends Migration { up() {} }\nM1.revises = ['A'];\nexports.M1 = M1;`,
    ],
    ['a static block', `export class M1 extends Migration { static { this.revises = ['A']; } up() {} }`],
    ["esbuild's helper", `class M1 extends Migration { up() {} }\n__publicField(M1, "revises", ["A"]);`],
    [
      'a class expression',
      `const M1 = class extends Migration { static revises = ['A']; up() {} };\nmodule.exports = { M1 };`,
    ],
    ['module.exports', `module.exports.M1 = class M1 extends Migration { static revises = ['A']; up() {} };`],
    ['a default export', `export default class extends Migration { static revises = ['A']; async up() {} }`],
    [
      'a frozen array',
      `export class M1 extends Migration { static revises = Object.freeze(['A']); up() {} }`,
    ],
  ])('in JavaScript: %s', (_, source) => {
    const { declaration, problems } = parse(source, 'M1.js');
    expect(problems).toEqual([]);
    expect(declaration.revises).toEqual(['A']);
  });

  it('from the class with up() if there are helper classes', () => {
    const { declaration } = parse(`
      export class Helper { static revises = ['no']; }
      export const helper = () => 'select 1';
      export class Renamed extends Migration { static revises = ['A']; up() {} }`);
    expect(declaration.revises).toEqual(['A']);
  });

  it('not at all if nothing is declared, which differs from declaring no parent', () => {
    expect(parse('export class M1 extends Migration { up() {} }').declaration.revises).toBeUndefined();
    expect(
      parse('export class M1 extends Migration { static revises = []; up() {} }').declaration.revises,
    ).toEqual([]);
  });

  it('for any names', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), names => {
        const source = `export class M1 extends Migration {\n  static revises = ${JSON.stringify(names)};\n  up() {}\n}`;
        expect(parse(source).declaration.revises).toEqual(names);
      }),
    );
  });
});

describe('what cannot be read is a problem with its location', () => {
  it('an expression instead of literals', () => {
    const { problems } = parse(
      `import { parents } from './x';\nexport class M1 extends Migration {\n  static revises = parents;\n  up() {}\n}`,
    );
    expect(problems).toEqual([
      expect.objectContaining({ code: 'not-literal', revision: 'M1', file: 'migrations/M1.ts', line: 3 }),
    ]);
  });

  it.each([
    ['does not parse', 'export class M1 extends Migration {', '  override up( {}\n}'],
    ['has no migration class', 'class Base {', '}'],
  ])('a file that %s: what it revises is still read', (_, head, tail) => {
    const file = (list: string): string =>
      `${head}\n  static readonly revises = ${list};\n  static labels = ["a"];\n  // static dependsOn = ['x'];\n${tail}`;
    expect(parse(file(`['A', 'B',]`)).declaration).toEqual({
      id: 'M1',
      file: 'migrations/M1.ts',
      revises: ['A', 'B'],
      labels: ['a'],
    });
    expect(parse(file('[]')).declaration.revises).toEqual([]);
    expect(parse(file('[other]')).declaration.revises).toBeUndefined();
    const both = `['A'];\n  static readonly revises = ['B']`;
    expect(parse(file(both)).declaration.revises).toBeUndefined();
  });

  it('a file that does not parse', () => {
    const { problems } = parse('export class M1 extends {');
    expect(problems[0]).toMatchObject({ code: 'unreadable-file', line: 1 });
  });

  it('a file without a migration class', () => {
    expect(parse('export const a = 1;').problems[0]).toMatchObject({ code: 'no-migration-class' });
  });
});

it('finds where members can be added', () => {
  const source = `export class M1 extends Migration {\n  static revises = ['A'];\n  up() {}\n}\n`;
  const { body, members } = parse(source);
  expect(source.slice(body?.start, body?.end)).toMatch(/^\{[\s\S]*\}$/);
  expect(source.slice(members.revises?.start, members.revises?.end)).toBe(`static revises = ['A'];`);
});

it.each([
  ['brackets', '('],
  ['arrays', '['],
  ['arrows', 'a=>'],
  ['conditions', 'if(1)'],
  ['templates', '`${'],
  ['negations', '!'],
  ['sums', '1+'],
  ['assignments', 'a='],
])('%s nested so deeply that they overflow the parser are a problem of the file', (_, text) => {
  for (const times of [1_900, 300_000]) {
    const { problems } = parse(`const nested = ${text.repeat(times)}`);
    expect(problems).toMatchObject([{ code: 'unreadable-file', file: 'migrations/M1.ts', line: 1 }]);
  }
});

it('long sources that are not nested deeply are parsed once', () => {
  const sql = 'create table t (a int default (1 + (2)), b text check (b ~ $$[({$$)); -- it is ((( not code';
  const statements =
    `    this.addSql(\`${sql} \${this.name}\`); // '(\n    this.addSql('it\\'s ' + "(a)");\n`.repeat(3_000);
  const list = `[${'{ a: 1, "b": [2, -3] }, '.repeat(3_000)}]`;
  const source = `export class M1 extends Migration {\n  up() {\n${statements}  }\n  list = ${list};\n}\n`;
  expect(parse(source).problems).toEqual([]);
  expect(mayOverflow(source)).toBe(false);
  expect(mayOverflow(`${source}${'('.repeat(2_100)}`)).toBe(true);
});
