import { relative } from 'node:path';
import type { Node } from '../project/files/estree.ts';
import type { MigrationSource } from '../project/files/migration-source.ts';
import { parseSync } from '../project/files/oxc.ts';
import { scanMigration } from '../project/files/scan-migration.ts';

/** A migration as read from its source; null: its code must run. */
export interface PlainMigration {
  /** Null if only the other direction is plain. */
  readonly up: readonly string[] | null;
  /** Null if only the other direction is plain; `none`: there is no `down()`. */
  readonly down: readonly string[] | 'none' | null;
  readonly transactional: boolean;
}

const migrations = '@mikro-orm/migrations';

/**
 * Reads a migration without running it, if its file contains nothing but one class that extends MikroORM's
 * Migration and queues literals: `this.addSql('…')`. Anything else in the file could change its meaning, so
 * the result is then null.
 */
export function readPlain({ id, path, source, listed }: MigrationSource): PlainMigration | null {
  // A class of a list may have been changed by its owner.
  if (listed || path === null || source === null) return null;
  const scanned = scanMigration(id, path, source);
  if (!scanned) return readTree(path, source);
  const { up, down, transactional } = scanned;
  return { up, down: down ?? 'none', transactional };
}

/** The same by the parser's tree, whatever the file is like. */
export function readTree(path: string, source: string): PlainMigration | null {
  const { program, errors } = parseSync(relative('/', path), source);
  if (errors.length > 0) return null;
  const body = (program as unknown as { body: Node[] }).body;
  let found: Node | null = null;
  let base: string | null = null;
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      if (statement.importKind === 'type') continue;
      const local = importedBase(statement);
      if (local === null || base !== null) return null;
      base = local;
      continue;
    }
    const declared = exportedClass(statement);
    if (declared === null || found !== null) return null;
    found = declared;
  }
  if (!found || base === null || !isIdentifier(found.superClass, base)) return null;
  return classOf(found);
}

/** The local name of `import { Migration } from '@mikro-orm/migrations'`; null for any other import. */
function importedBase({ source, specifiers, attributes }: Node): string | null {
  if ((source as Node).value !== migrations || (attributes as unknown[] | undefined)?.length) return null;
  let local: string | null = null;
  for (const specifier of specifiers as Node[]) {
    if (specifier.importKind === 'type') continue;
    if (specifier.type !== 'ImportSpecifier' || !isIdentifier(specifier.imported, 'Migration')) return null;
    local = (specifier.local as { name: string }).name;
  }
  return local;
}

function exportedClass({ type, declaration, specifiers, exportKind }: Node): Node | null {
  if (type !== 'ExportNamedDeclaration' && type !== 'ExportDefaultDeclaration') return null;
  if (exportKind === 'type' || (specifiers as unknown[] | undefined)?.length) return null;
  const node = declaration as Node | null;
  return node?.type === 'ClassDeclaration' && node.declare !== true ? node : null;
}

function classOf(node: Node): PlainMigration | null {
  if ((node.decorators as unknown[] | undefined)?.length || node.abstract === true) return null;
  let up: readonly string[] | null = null;
  let down: readonly string[] | 'none' | null = 'none';
  let transactional = true;
  const seen = new Set<string>();
  const squashed = (node.body as { body: Node[] }).body.some(one => keyOf(one) === 'replaces');
  for (const member of (node.body as { body: Node[] }).body) {
    const name = keyOf(member);
    if (name === null || seen.has(name) || (member.decorators as unknown[] | undefined)?.length) return null;
    seen.add(name);
    if (member.type === 'PropertyDefinition') {
      // Instance fields, such as `name`, run in the constructor: only literals are harmless.
      if (member.value !== null && !isLiteral(member.value as Node)) return null;
      if (member.static !== true && name !== 'name') return null;
      if (member.static === true && (name === 'prototype' || name === 'length')) return null;
      continue;
    }
    if (member.type !== 'MethodDefinition' || member.static === true || member.kind !== 'method') return null;
    const statements = bodyOf(member);
    if (statements === null) return null;
    if (name === 'up') up = queuedIn(squashed ? withoutLog(statements, asksLog) : statements);
    else if (name === 'down') down = queuedIn(squashed ? withoutLog(statements, clearsLog) : statements);
    else if (name === 'isTransactional') {
      const answer = returned(statements);
      if (answer === null || (member.value as Node).async === true) return null;
      transactional = answer;
    } else return null;
  }
  return seen.has('up') ? { up, down, transactional } : null;
}

/**
 * A squashed revision checks the stock CLI's log for the replaced revisions. migtui knows this, and runs such
 * a revision only if they are not applied.
 */
function withoutLog(statements: readonly Node[], isAbout: (first: Node) => boolean): readonly Node[] {
  const [first, ...rest] = statements;
  return first && isAbout(first) ? rest : statements;
}

/** `if ((await this.execute('select 1 from "log" where "name" in (…)')).length > 0) return;` */
function asksLog({ type, test, consequent, alternate }: Node): boolean {
  if (type !== 'IfStatement' || alternate) return false;
  const { type: then, argument } = consequent as Node;
  const { operator, left, right } = test as { operator?: string; left?: Node; right?: Node };
  if (then !== 'ReturnStatement' || argument || operator !== '>' || right?.value !== 0) return false;
  if (left?.type !== 'MemberExpression' || !isIdentifier(left.property, 'length')) return false;
  let object = left.object as Node;
  if (object.type === 'ParenthesizedExpression') object = object.expression as Node;
  return /^select 1 from ("\w+"\.)?"\w+" where "name" in \('[^;]+'\)$/.test(executed(object) ?? '');
}

/** `await this.execute('delete from "log" where "name" in (…)');` */
function clearsLog({ type, expression }: Node): boolean {
  const sql = type === 'ExpressionStatement' ? executed(expression as Node) : null;
  return /^delete from ("\w+"\.)?"\w+" where "name" in \('[^;]+'\)$/.test(sql ?? '');
}

/** The literal of `await this.execute('…')`. */
function executed(node: Node): string | null {
  if (node.type !== 'AwaitExpression') return null;
  const call = node.argument as Node;
  if (call.type !== 'CallExpression') return null;
  const callee = call.callee as Node;
  const [argument, ...more] = call.arguments as Node[];
  const plain =
    callee.type === 'MemberExpression' &&
    callee.computed !== true &&
    (callee.object as Node).type === 'ThisExpression' &&
    isIdentifier(callee.property, 'execute');
  return plain && argument && more.length === 0 ? textOf(argument) : null;
}

function keyOf({ computed, key }: Node): string | null {
  const name = key as Node | undefined;
  if (computed === true || name?.type !== 'Identifier') return null;
  return name.name as string;
}

/** The statements of a method without parameters; null for anything unusual. */
function bodyOf({ value }: Node): readonly Node[] | null {
  const method = value as Node;
  if ((method.params as unknown[]).length > 0 || method.generator === true) return null;
  const block = method.body as Node | null;
  return block ? (block.body as Node[]) : null;
}

function queuedIn(statements: readonly Node[]): readonly string[] | null {
  const sql: string[] = [];
  for (const statement of statements) {
    if (statement.type === 'EmptyStatement') continue;
    if (statement.type !== 'ExpressionStatement') return null;
    let call = statement.expression as Node;
    if (call.type === 'AwaitExpression') call = call.argument as Node;
    if (call.type !== 'CallExpression' || call.optional === true) return null;
    const callee = call.callee as Node;
    const plain =
      callee.type === 'MemberExpression' &&
      callee.computed !== true &&
      callee.optional !== true &&
      (callee.object as Node).type === 'ThisExpression' &&
      isIdentifier(callee.property, 'addSql');
    const [argument, ...more] = call.arguments as Node[];
    const text = plain && argument && more.length === 0 ? textOf(argument) : null;
    if (text === null) return null;
    sql.push(text);
  }
  return sql;
}

/** A constant string: a literal, a template without expressions, or a concatenation of these. */
function textOf(node: Node): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node.type === 'ParenthesizedExpression') return textOf(node.expression as Node);
  if (node.type === 'TemplateLiteral') {
    const [quasi, ...more] = node.quasis as { value: { cooked: string | null } }[];
    return more.length === 0 ? (quasi?.value.cooked ?? null) : null;
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return null;
  const left = textOf(node.left as Node);
  const right = textOf(node.right as Node);
  return left === null || right === null ? null : left + right;
}

/** `true` or `false` of `return true;`; null for anything else. */
function returned(statements: readonly Node[]): boolean | null {
  const [only, ...more] = statements;
  if (more.length > 0 || only?.type !== 'ReturnStatement') return null;
  const value = (only.argument as Node | null)?.value;
  return typeof value === 'boolean' ? value : null;
}

function isLiteral(node: Node): boolean {
  if (node.type === 'Literal') return node.regex === undefined;
  if (node.type === 'TSAsExpression') return isLiteral(node.expression as Node);
  if (node.type === 'ArrayExpression') {
    return (node.elements as (Node | null)[]).every(element => element !== null && isLiteral(element));
  }
  return textOf(node) !== null;
}

function isIdentifier(node: unknown, name: string): boolean {
  const { type, name: found } = (node ?? {}) as Partial<Node>;
  return type === 'Identifier' && found === name;
}
