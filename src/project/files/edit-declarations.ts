import MagicString from 'magic-string';
import { Failure } from '../../foundation/failure.ts';
import { parseMigration } from './declarations.ts';

/** The declarations to write into a migration class; undefined ones stay unchanged. */
export interface Declared {
  readonly revises?: readonly string[] | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly replaces?: readonly string[] | undefined;
}

/**
 * Writes declarations into the source of a migration, and changes nothing else: indentation, quotes,
 * semicolons and line ends follow the file.
 * @param id migration name
 * @param file path for messages; its extension selects the dialect
 * @throws Failure `cannot-declare` if the class cannot contain them (code compiled to functions, a computed
 * list)
 */
export function declare(id: string, file: string, source: string, declared: Declared): string {
  const parsed = parseMigration(id, file, source);
  if (!parsed.body) {
    const [problem] = parsed.problems;
    throw cannot(file, problem?.message ?? 'there is no class in it');
  }
  const text = new MagicString(source);
  const style = styleOf(source, parsed.body);
  const added: string[] = [];
  for (const [field, values] of Object.entries(declared) as [
    keyof Declared,
    readonly string[] | undefined,
  ][]) {
    if (values === undefined) continue;
    const listed = (quote: string): string => `[${values.map(value => quoted(value, quote)).join(', ')}]`;
    const member = parsed.members[field];
    if (member) {
      const code = source.slice(member.start, member.end);
      const range = listIn(code);
      if (!range) throw cannot(file, `"static ${field}" is not a list of strings`);
      const quote = /['"]/.exec(code.slice(range.start, range.end))?.[0] ?? style.quote;
      text.overwrite(member.start + range.start, member.start + range.end, listed(quote));
    } else {
      const readonly = /\.[cm]?ts$/.test(file) ? 'readonly ' : '';
      added.push(`${style.indent}static ${readonly}${field} = ${listed(style.quote)}${style.semicolon}`);
    }
  }
  if (added.length > 0) {
    const { start, end } = parsed.body;
    const inside = source.slice(start + 1, end - 1);
    const first = /^[ \t]*(\r?\n)?([ \t]*\r?\n)?/.exec(inside) as RegExpExecArray;
    const blankFollows = first[2] !== undefined;
    // A class on one line is split over several lines.
    const closing = inside.trim() === '' || first[1] === undefined ? style.eol : '';
    const gap = inside.trim() === '' || blankFollows ? '' : style.eol;
    text.appendRight(
      start + 1,
      `${style.eol}${added.join(style.eol)}${gap}${first[1] === undefined ? closing : ''}`,
    );
  }
  const result = text.toString();
  verify(id, file, result, declared);
  return result;
}

/** Reading the result must return what was written. */
function verify(id: string, file: string, source: string, declared: Declared): void {
  const { declaration, problems } = parseMigration(id, file, source);
  for (const field of ['revises', 'dependsOn', 'labels', 'replaces'] as const) {
    const wanted = declared[field];
    if (wanted && JSON.stringify(declaration[field]) !== JSON.stringify(wanted)) {
      throw cannot(file, problems[0]?.message ?? `"static ${field}" could not be written`);
    }
  }
}

interface Style {
  readonly indent: string;
  readonly quote: string;
  readonly semicolon: string;
  readonly eol: string;
}

function styleOf(source: string, body: { readonly start: number; readonly end: number }): Style {
  const inside = source.slice(body.start + 1, body.end - 1);
  const lineStart = source.lastIndexOf('\n', body.start) + 1;
  const outer = /^[ \t]*/.exec(source.slice(lineStart))?.[0] ?? '';
  const imported = /^(?:import\b.*?from\s*|.*?\brequire\()(['"]).*?\1\)?(;?)/m.exec(source);
  const single = source.split(`'`).length >= source.split('"').length;
  return {
    indent: /\n([ \t]+)\S/.exec(inside)?.[1] ?? `${outer}  `,
    quote: imported?.[1] ?? (single ? `'` : '"'),
    semicolon: imported ? (imported[2] ?? '') : ';',
    eol: source.includes('\r\n') ? '\r\n' : '\n',
  };
}

/** The array literal in `static readonly revises: string[] = ['a'] as const` or `__publicField(C, "revises", ["a"])`. */
function listIn(member: string): { start: number; end: number } | null {
  const start = member.indexOf('[', member.indexOf('=') + 1);
  if (start < 0) return null;
  const literal =
    /^\[\s*(?:(?:'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"|`[^`\\]*(?:\\.[^`\\]*)*`)\s*(?:,\s*)?)*\]/.exec(
      member.slice(start),
    );
  return literal && { start, end: start + literal[0].length };
}

function quoted(value: string, quote: string): string {
  const json = JSON.stringify(value);
  return quote === '"' ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll(`'`, `\\'`)}'`;
}

function cannot(file: string, why: string): Failure {
  return new Failure({
    code: 'cannot-declare',
    message: `migtui cannot write into ${file} what it revises: ${why}.`,
    next: 'Write "static revises = […]" into its class by hand, in the source that it is compiled from.',
  });
}
