import MagicString from 'magic-string';
import { Failure } from '../../foundation/failure.ts';
import type { Node } from '../files/estree.ts';
import { parseSync } from '../files/oxc.ts';

/**
 * Wraps the export of a MikroORM config file with `withMigtui(…)` and adds the import: an object,
 * `defineConfig(…)`, an array, a factory, a name, an ES module or CommonJS. Everything else in the file stays
 * unchanged.
 * @param file path for messages; its extension selects the dialect
 * @returns null if it is already wrapped
 * @throws Failure `config-not-wrapped` if the file does not parse or exports from elsewhere
 */
export function wrapConfig(file: string, source: string): string | null {
  const { program, errors } = parseSync(file, source);
  const syntax = errors.find(error => error.severity === 'Error');
  if (syntax) throw cannot(file, `it does not parse: ${syntax.message}`);
  const statements = program.body as unknown as Node[];
  const text = new MagicString(source);
  const style = styleOf(source);
  const found = exported(file, statements);
  if (found.by === 'expression') {
    const name = localName(statements);
    if (isCallOf(found.node, name)) return null;
    text.appendLeft(found.node.start, `${name}(`);
    text.prependRight(found.node.end, ')');
  } else if (found.by === 'declaration') {
    // A named function may be called elsewhere in the file, so it stays with its name.
    text.remove(found.statement.start, found.node.start);
    append(text, `export default ${localName(statements)}(${found.name})${style.semicolon}`, style);
  } else {
    text.overwrite(found.specifier.start, found.specifier.end, '');
    const { statement } = found;
    if ((statement.specifiers as Node[]).length === 1) text.remove(statement.start, statement.end);
    else tidyList(text, source, statement, found.specifier);
    append(text, `export default ${localName(statements)}(${found.name})${style.semicolon}`, style);
  }
  if (!importedName(statements)) addImport(text, source, statements, style, found.commonJs === true);
  return text.toString();
}

type Found = { readonly commonJs?: boolean } & (
  | { readonly by: 'expression'; readonly node: Node }
  | { readonly by: 'declaration'; readonly statement: Node; readonly node: Node; readonly name: string }
  | { readonly by: 'specifier'; readonly statement: Node; readonly specifier: Node; readonly name: string }
);

function exported(file: string, statements: readonly Node[]): Found {
  for (const statement of statements) {
    if (statement.type === 'ExportDefaultDeclaration') {
      const node = statement.declaration as Node;
      const name = (node.id as { name?: string } | null | undefined)?.name;
      const declares = /^(Function|Class)Declaration$/.test(node.type);
      if (declares && name) return { by: 'declaration', statement, node, name };
      return { by: 'expression', node };
    }
    if (statement.type === 'TSExportAssignment') {
      return { by: 'expression', node: statement.expression as Node, commonJs: true };
    }
    if (statement.type === 'ExportNamedDeclaration') {
      const specifier = (statement.specifiers as Node[]).find(
        one => nameOf(one.exported as Node) === 'default',
      );
      if (specifier && statement.source) {
        throw cannot(file, `it exports what ${(statement.source as Node).value} has`);
      }
      if (specifier) return { by: 'specifier', statement, specifier, name: nameOf(specifier.local as Node) };
    }
    const assigned = commonJsExport(statement);
    if (assigned) return { by: 'expression', node: assigned, commonJs: true };
  }
  throw cannot(file, 'it has no default export');
}

/** The right side of `module.exports = …` or `exports.default = …`. */
function commonJsExport({ type, expression }: Node): Node | null {
  const assignment = expression as Node | undefined;
  if (type !== 'ExpressionStatement' || assignment?.type !== 'AssignmentExpression') return null;
  const { left, right } = assignment as unknown as { left: Node; right: Node };
  if (left.type !== 'MemberExpression') return null;
  const target = `${nameOf(left.object as Node)}.${nameOf(left.property as Node)}`;
  return target === 'module.exports' || target === 'exports.default' ? right : null;
}

/** The local name of `withMigtui` in this file, if it is imported. */
function importedName(statements: readonly Node[]): string | null {
  for (const statement of statements) {
    if (statement.type === 'ImportDeclaration' && (statement.source as Node).value === 'migtui/config') {
      for (const one of statement.specifiers as Node[]) {
        if (one.type === 'ImportSpecifier' && nameOf(one.imported as Node) === 'withMigtui') {
          return nameOf(one.local as Node);
        }
      }
    }
    for (const { id, init } of (statement.declarations as { id: Node; init: Node | null }[] | undefined) ??
      []) {
      const required = (init?.arguments as Node[] | undefined)?.[0]?.value === 'migtui/config';
      if (required && id.type === 'ObjectPattern') return 'withMigtui';
    }
  }
  return null;
}

function localName(statements: readonly Node[]): string {
  return importedName(statements) ?? 'withMigtui';
}

function isCallOf(node: Node, name: string): boolean {
  if (/^(TSAsExpression|TSSatisfiesExpression|ParenthesizedExpression|AwaitExpression)$/.test(node.type)) {
    return isCallOf((node.expression ?? node.argument) as Node, name);
  }
  return node.type === 'CallExpression' && nameOf(node.callee as Node) === name;
}

interface Style {
  readonly quote: string;
  readonly semicolon: string;
  readonly eol: string;
}

function styleOf(source: string): Style {
  const line = /(?:\bfrom\s*|\brequire\(\s*)(['"])[^'"]*\1\)?(;?)/.exec(source);
  const single = source.split(`'`).length >= source.split('"').length;
  return {
    quote: line?.[1] ?? (single ? `'` : '"'),
    semicolon: line ? (line[2] ?? '') : source.includes(';') ? ';' : '',
    eol: source.includes('\r\n') ? '\r\n' : '\n',
  };
}

function addImport(
  text: MagicString,
  source: string,
  statements: readonly Node[],
  { quote, semicolon, eol }: Style,
  commonJs: boolean,
): void {
  const isImport = (one: Node): boolean =>
    one.type === 'ImportDeclaration' ||
    /^(?:const|let|var)\b.*\brequire\(/.test(source.slice(one.start, one.end));
  const imports = statements.filter(isImport);
  const es = !commonJs || imports.some(one => one.type === 'ImportDeclaration');
  const module = `${quote}migtui/config${quote}`;
  const line = es
    ? `import { withMigtui } from ${module}${semicolon}`
    : `const { withMigtui } = require(${module})${semicolon}`;
  const last = imports.at(-1);
  if (last) {
    text.appendLeft(last.end, `${eol}${line}`);
    return;
  }
  const first = statements.find(one => typeof one.directive !== 'string');
  text.appendLeft(first?.start ?? 0, `${line}${eol}${eol}`);
}

function append(text: MagicString, line: string, { eol }: Style): void {
  const separator = text.original.endsWith('\n') ? '' : eol;
  text.append(`${separator}${eol}${line}${eol}`);
}

/** Removes a specifier together with its comma. */
function tidyList(text: MagicString, source: string, statement: Node, { start, end }: Node): void {
  const after = /^\s*,\s*/.exec(source.slice(end, statement.end));
  const before = /,\s*$/.exec(source.slice(statement.start, start));
  if (after) text.remove(end, end + after[0].length);
  else if (before) text.remove(start - before[0].length, start);
}

function nameOf(node: Node | null | undefined): string {
  return ((node?.name ?? node?.value) as string | undefined) ?? '';
}

function cannot(file: string, why: string): Failure {
  return new Failure({
    code: 'config-not-wrapped',
    message: `${file} cannot be edited by migtui: ${why}.`,
    next: "Wrap what it exports by hand: import { withMigtui } from 'migtui/config' and export default withMigtui(…).",
  });
}
