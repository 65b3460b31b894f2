import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../src/preview/plain.ts';
import { parseTree } from '../../src/project/files/declarations.ts';
import { scanMigration } from '../../src/project/files/scan-migration.ts';
import { migrationSource } from '../support/project.ts';

const name = 'Migration20260101000000_step';
const file = `migrations/${name}.ts`;

/** Pieces of migrations, valid and invalid. */
const pieces = [
  `import { Migration } from '@mikro-orm/migrations';`,
  `import { Migration } from "@mikro-orm/migrations"`,
  `export class ${name} extends Migration {`,
  'export default class extends Migration {',
  `static readonly revises = ['A', "B"];`,
  `static revises = []`,
  'static labels = [`chat`, ];',
  `static readonly dependsOn = ['C'] ;`,
  `static readonly replaces = ['D'] as const;`,
  'override async up(): Promise<void> {',
  'override up(): void | Promise<void> {',
  'async',
  'up() {',
  'override down(): void {',
  'isTransactional(): boolean {',
  'override isTransactional() {',
  `this.addSql('select 1');`,
  'this.addSql(`select "\\n"`,)',
  `this.addSql("it's \\"it\\"");`,
  'this.addSql(`$' + '{x}`);',
  `this.addSql('a' + 'b');`,
  `this.addSql('\\u12');`,
  'return false;',
  'return',
  'true',
  '}',
  '}',
  ';',
  '{',
  '// a comment',
  '/* two\nlines */',
  '(1)',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\u2028',
  '\uFEFF',
];

function agrees(path: string, source: string): boolean {
  const scanned = scanMigration(name, path, source);
  if (scanned === null) return false;
  const { parsed, up, down, transactional } = scanned;
  expect(parsed).toEqual(parseTree(name, path, source));
  expect({ up, down: down ?? 'none', transactional }).toEqual(readTree(path, source));
  return true;
}

describe('a file that the scanner accepts', () => {
  const whole = migrationSource(name, {
    up: ['create table "a" (id int)', 'say \'it\' "is" `so`'],
    down: 'drop table "a"',
    revises: ['Migration1'],
    labels: ['chat'],
    transactional: false,
  });

  it.each([
    ['as it is generated', whole],
    ['with nothing declared', migrationSource(name, { up: 'select 1' })],
    ['with line ends of Windows', whole.replaceAll('\n', '\r\n')],
    ['without semicolons', whole.replaceAll(';\n', '\n')],
    ['with comments', `// one\n/* two */\n${whole.replaceAll('{\n', '{ // three\n')}`],
  ])("gives the parser's result: %s", (_, source) => {
    expect(agrees(file, source)).toBe(true);
  });

  it('is JavaScript according to its extension', () => {
    expect(agrees(`${name}.js`, migrationSource(name, { up: 'select 1', revises: ['a'] }, false))).toBe(true);
    expect(agrees(`${name}.js`, whole)).toBe(false);
  });

  it.each([
    ['code of its own', whole.replace('this.addSql(', 'if (true) this.addSql(')],
    ['a declaration that is computed', whole.replace('["Migration1"]', '[first]')],
    ['a second class', `${whole}class Other {}\n`],
    ['no end', whole.trimEnd().slice(0, -1)],
    ['another base', whole.replace('extends Migration', 'extends Base')],
  ])('is left to the parser with %s', (_, source) => {
    expect(agrees(file, source)).toBe(false);
  });

  it("gives the parser's result, however it was edited", () => {
    const edit = fc.record({
      at: fc.nat({ max: whole.length }),
      removed: fc.nat({ max: 12 }),
      added: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), edits => {
        agrees(
          file,
          edits.reduce(
            (text, { at, removed, added }) => text.slice(0, at) + added + text.slice(at + removed),
            whole,
          ),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives the parser's result, for any content", () => {
    const parts = fc.array(fc.constantFrom(...pieces), { maxLength: 12 });
    const made = fc
      .tuple(parts, parts, fc.constantFrom('\n', ' '))
      .map(([members, statements, between]) =>
        [pieces[0], pieces[2], ...members, 'up() {', ...statements, '}', '}'].join(between),
      );
    fc.assert(
      fc.property(made, fc.constantFrom('.ts', '.js'), (source, ending) => {
        agrees(name + ending, source);
      }),
      { numRuns: 2_000 },
    );
  });
});
