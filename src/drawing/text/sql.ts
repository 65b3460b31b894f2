import { getSegments } from 'sql-highlight';
import type { Style } from '../theme/style.ts';
import type { Line, Span } from './span.ts';

/** Longer statements are drawn without colours, because highlighting would take too long. */
const longest = 60_000;
/** Maximum number of cached highlighted statements. */
const kept = 400;

const styles: Readonly<Record<string, Style>> = {
  keyword: 'keyword',
  function: 'function',
  number: 'number',
  string: 'string',
  comment: 'comment',
  special: 'dim',
  bracket: 'dim',
};

const cache = new Map<string, readonly Line[]>();

/** The lines of a statement, coloured. */
export function sqlLines(statement: string): readonly Line[] {
  const known = cache.get(statement);
  if (known) return known;
  const lines =
    statement.length > longest ? statement.split('\n').map(text => [{ text }]) : split(coloured(statement));
  if (cache.size >= kept) cache.delete(cache.keys().next().value as string);
  cache.set(statement, lines);
  return lines;
}

const coloured = (statement: string): Span[] =>
  getSegments(statement).map(({ name, content }) => ({ text: content, style: styles[name] }));

/** Splits spans with line feeds into lines. */
export function split(spans: readonly Span[]): Line[] {
  const lines: Span[][] = [[]];
  for (const { text, style } of spans) {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (part !== '') lines.at(-1)?.push({ text: part, style });
    }
  }
  return lines;
}
