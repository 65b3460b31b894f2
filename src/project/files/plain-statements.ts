import MagicString from 'magic-string';
import { parseMigration } from './declarations.ts';
import { classBodyAt, type Node } from './estree.ts';
import { parseSync } from './oxc.ts';

/** A statement `this.addSql('…')` in a migration's source. */
export interface PlainStatement {
  readonly sql: string;
  /** Character range. */
  readonly start: number;
  readonly end: number;
}

/** The bodies of a migration, if they contain only `this.addSql('…')`. */
export interface PlainMigration {
  readonly up: readonly PlainStatement[];
  readonly down: readonly PlainStatement[];
  /** The start of `up`; members can be added before it. */
  readonly upAt: number;
  /** It has its own `isTransactional`. */
  readonly saysTransactional: boolean;
}

/**
 * Reads the SQL of a migration from its source, statement by statement. Null if it contains any other code.
 * @param file path for messages; its extension selects the dialect
 */
export function plainStatements(id: string, file: string, source: string): PlainMigration | null {
  const { body } = parseMigration(id, file, source);
  if (!body) return null;
  const members = classBodyAt(parseSync(file, source).program as unknown as Node, body.start);
  const method = (name: string): Node | undefined =>
    members?.find(member => (member.key as { name?: string } | null)?.name === name);
  const up = method('up');
  const statements = (of: Node | undefined): PlainStatement[] | null => {
    if (!of) return [];
    const { body: block } = (of.value ?? {}) as { body?: { body?: Node[] } };
    const all = (block?.body ?? []).map(plainStatement);
    return all.every(one => one !== null) ? all : null;
  };
  const [inUp, inDown] = [statements(up), statements(method('down'))];
  if (!up || !inUp || !inDown) return null;
  return {
    up: inUp,
    down: inDown,
    upAt: up.start,
    saysTransactional: method('isTransactional') !== undefined,
  };
}

/** The source without some of its statements and their lines. */
export function withoutStatements(source: string, statements: readonly PlainStatement[]): string {
  const text = new MagicString(source);
  for (const { start, end } of statements) {
    const before = blanksBefore(source, start);
    const after = /^;?[ \t]*(\r?\n)?/.exec(source.slice(end))?.[0].length ?? 0;
    text.remove(start - before, end + after);
  }
  return text.toString();
}

/** Adds an `isTransactional()` that returns false to the source. */
export function outsideTransaction(
  file: string,
  source: string,
  { upAt, saysTransactional }: PlainMigration,
): string {
  if (saysTransactional) return source;
  const indent = /^[ \t]*/.exec(source.slice(source.lastIndexOf('\n', upAt - 1) + 1, upAt))?.[0] ?? '';
  const eol = source.includes('\r\n') ? '\r\n' : '\n';
  const typed = /\.[cm]?ts$/.test(file);
  const lines = [
    `${typed ? 'override ' : ''}isTransactional()${typed ? ': boolean' : ''} {`,
    `${indent}${indent === '' ? '  ' : indent}return false;`,
    `${indent}}`,
    '',
    indent,
  ];
  return source.slice(0, upAt) + lines.join(eol) + source.slice(upAt);
}

function plainStatement(node: Node): PlainStatement | null {
  const call = (node.type === 'ExpressionStatement' ? node.expression : null) as Node | null;
  if (call?.type !== 'CallExpression') return null;
  const { object, property } = call.callee as { object?: Node; property?: { name?: string } };
  const [argument, ...more] = call.arguments as Node[];
  if (object?.type !== 'ThisExpression' || property?.name !== 'addSql' || !argument || more.length > 0)
    return null;
  const sql = textOf(argument);
  return sql === null ? null : { sql, start: node.start, end: node.end };
}

function textOf(node: Node): string | null {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral' || (node.expressions as unknown[]).length > 0) return null;
  const [only] = node.quasis as { value: { cooked: string | null } }[];
  return only?.value.cooked ?? null;
}

/** Number of spaces and tabs directly before a position. */
function blanksBefore(source: string, at: number): number {
  let start = at;
  while (source[start - 1] === ' ' || source[start - 1] === '\t') start--;
  return at - start;
}
