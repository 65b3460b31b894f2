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
  /** The comments directly above it and beside it, and the range that includes them. */
  readonly comments: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** The bodies of a migration, if they contain only `this.addSql('…')`. */
export interface PlainMigration {
  readonly up: readonly PlainStatement[];
  readonly down: readonly PlainStatement[];
  /** It has its own `down`. */
  readonly hasDown: boolean;
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
  const { program, comments } = parseSync(file, source);
  const members = classBodyAt(program as unknown as Node, body.start);
  const method = (name: string): Node | undefined =>
    members?.find(member => (member.key as { name?: string } | null)?.name === name);
  const up = method('up');
  const statements = (of: Node | undefined): PlainStatement[] | null => {
    if (!of) return [];
    const { body: block } = (of.value ?? {}) as { body?: { body?: Node[] } };
    const all = (block?.body ?? []).map(node => plainStatement(node, source, comments));
    return all.every(one => one !== null) ? all : null;
  };
  const down = method('down');
  const [inUp, inDown] = [statements(up), statements(down)];
  if (!up || !inUp || !inDown) return null;
  return {
    up: inUp,
    down: inDown,
    hasDown: down !== undefined,
    upAt: up.start,
    saysTransactional: method('isTransactional') !== undefined,
  };
}

/** The source without some of its statements, their comments and their lines. */
export function withoutStatements(source: string, statements: readonly PlainStatement[]): string {
  const text = new MagicString(source);
  for (const { from, to } of statements) {
    const before = blanksBefore(source, from);
    const after = /^;?[ \t]*(\r?\n)?/.exec(source.slice(to))?.[0].length ?? 0;
    text.remove(from - before, to + after);
  }
  return text.toString();
}

/**
 * The source of a migration with the comments of the statements that moved to it: each above its statement, or above
 * the first one if the migration has others instead. Unchanged if it contains any other code.
 */
export function withComments(
  id: string,
  file: string,
  source: string,
  moved: Pick<PlainMigration, 'up' | 'down'>,
): string {
  const plain = plainStatements(id, file, source);
  if (!plain) return source;
  const text = new MagicString(source);
  const eol = source.includes('\r\n') ? '\r\n' : '\n';
  for (const direction of ['up', 'down'] as const) {
    for (const { sql, comments } of moved[direction]) {
      const at = plain[direction].find(one => one.sql.trim() === sql.trim()) ?? plain[direction][0];
      if (!at) continue;
      const indent = source.slice(at.start - blanksBefore(source, at.start), at.start);
      text.appendLeft(at.start, comments.map(comment => `${comment}${eol}${indent}`).join(''));
    }
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

type Comments = ReturnType<typeof parseSync>['comments'];

function plainStatement(node: Node, source: string, comments: Comments): PlainStatement | null {
  const call = (node.type === 'ExpressionStatement' ? node.expression : null) as Node | null;
  if (call?.type !== 'CallExpression') return null;
  const { object, property } = call.callee as { object?: Node; property?: { name?: string } };
  const [argument, ...more] = call.arguments as Node[];
  if (object?.type !== 'ThisExpression' || property?.name !== 'addSql' || !argument || more.length > 0)
    return null;
  const sql = textOf(argument);
  return sql === null
    ? null
    : { sql, start: node.start, end: node.end, ...commentsOf(node, source, comments) };
}

/** The comments on the lines directly above a statement, and on its own line. */
function commentsOf(
  { start, end }: Node,
  source: string,
  all: Comments,
): Pick<PlainStatement, 'comments' | 'from' | 'to'> {
  const found: string[] = [];
  let from = start;
  for (const one of all.filter(comment => comment.end <= start).reverse()) {
    const between = source.slice(one.end, from);
    const isFirst = source[one.start - blanksBefore(source, one.start) - 1] === '\n';
    if (!isFirst || between.trim() !== '' || between.split('\n').length > 2) break;
    found.unshift(source.slice(one.start, one.end));
    from = one.start;
  }
  const beside = all.find(comment => comment.start >= end);
  if (!beside || !/^[ \t;]*$/.test(source.slice(end, beside.start)))
    return { comments: found, from, to: end };
  return { comments: [...found, source.slice(beside.start, beside.end)], from, to: beside.end };
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
