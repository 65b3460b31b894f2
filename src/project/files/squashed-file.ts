import MagicString from 'magic-string';
import { parseMigration } from './declarations.ts';
import { classBodyAt, type Node } from './estree.ts';
import { parseSync } from './oxc.ts';

/** The queries of a squashed revision on the stock CLI's log, quoted for PostgreSQL. */
export interface LogQuestions {
  /** Finds a row if the replaced revisions were run here. */
  readonly hasRun: string;
  /** Deletes the rows of the replaced revisions. */
  readonly forget: string;
}

/** The queries, for a log table of that name. */
export function logQuestions(table: string, replaces: readonly string[]): LogQuestions {
  const names = (ids: readonly string[]): string => ids.map(id => `'${id.replaceAll("'", "''")}'`).join(', ');
  return {
    hasRun: `select 1 from ${table} where "name" in (${names(replaces.slice(-1))})`,
    forget: `delete from ${table} where "name" in (${names(replaces)})`,
  };
}

/**
 * Makes the file of a squashed revision work with the stock CLI, which runs every file and does not support
 * `replaces`: its up() does nothing if the replaced revisions were run, and its down() deletes their rows
 * from the log.
 * @param down false: it cannot be downgraded, so the down() is removed
 * @returns null if the class has no up() with its own body
 */
export function forStockCli(
  file: string,
  source: string,
  { hasRun, forget }: LogQuestions,
  down: boolean,
): string | null {
  const { body, members: declared } = parseMigration('', file, source);
  if (!body) return null;
  const parts = classBodyAt(parseSync(file, source).program as unknown as Node, body.start);
  const method = (name: string): Node | undefined =>
    parts?.find(member => (member.key as { name?: string } | null)?.name === name);
  const [up, back] = [method('up'), method('down')];
  const [upBody, downBody] = [bodyOf(up), bodyOf(back)];
  if (!up || !upBody) return null;
  const text = new MagicString(source);
  const eol = source.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^[ \t]*/.exec(source.slice(source.lastIndexOf('\n', up.start - 1) + 1))?.[0] ?? '  ';
  const inner = indent + indent;
  const guard = [
    '// for the stock CLI, which runs every file: nothing is left to do where the revisions that this replaces have run',
    `if ((await this.execute(${literal(hasRun)})).length > 0) return;`,
  ];
  text.appendRight(upBody.start + 1, guard.map(line => `${eol}${inner}${line}`).join(''));
  makeAsync(text, up);
  const list = declared.replaces && source.slice(declared.replaces.start, declared.replaces.end);
  if (declared.replaces && list && list.length > 100) {
    const [from, to] = [list.indexOf('['), list.lastIndexOf(']')];
    const each = list
      .slice(from + 1, to)
      .split(', ')
      .map(id => `${inner}${id},`);
    const lines = `${list.slice(0, from)}[${eol}${each.join(eol)}${eol}${indent}${list.slice(to)}`;
    text.overwrite(declared.replaces.start, declared.replaces.end, lines);
  }
  if (back && downBody) {
    if (down) {
      makeAsync(text, back);
      text.appendRight(downBody.start + 1, `${eol}${inner}await this.execute(${literal(forget)});`);
    } else {
      const lines = source.slice(0, back.start).trimEnd().length;
      text.remove(lines, back.end);
    }
  }
  return text.toString();
}

/** Makes a method async. */
function makeAsync(text: MagicString, method: Node): void {
  const { async, returnType } = method.value as { async?: boolean; returnType?: Node | null };
  if (async !== true) text.appendRight((method.key as Node).start, 'async ');
  if (returnType) text.overwrite(returnType.start, returnType.end, ': Promise<void>');
}

function bodyOf(method: Node | undefined): Node | undefined {
  return (method?.value as { body?: Node } | undefined)?.body;
}

function literal(sql: string): string {
  return `\`${sql.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;
}
