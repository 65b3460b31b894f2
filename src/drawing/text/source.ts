import { parse } from 'sugar-high/core';
import { languages } from 'sugar-high/lang';
import type { Style } from '../theme/style.ts';
import type { Line } from './span.ts';

/** Longer files are drawn without colours. */
const longest = 200_000;
const kept = 20;

const styles: Readonly<Record<string, Style>> = {
  keyword: 'keyword',
  string: 'string',
  class: 'type',
  entity: 'function',
  comment: 'comment',
  sign: 'dim',
};

const typescript = languages.find(language => language.id === 'typescript')?.config;
const cache = new Map<string, readonly Line[]>();

/** The lines of a TypeScript or JavaScript file, coloured. */
export function sourceLines(source: string): readonly Line[] {
  const known = cache.get(source);
  if (known) return known;
  const lines =
    source.length > longest
      ? source.split('\n').map(text => [{ text }])
      : parse(source, typescript).lines.map(one =>
          one.tokens.map(({ type, value }) => ({ text: value, style: styles[type] })),
        );
  if (cache.size >= kept) cache.delete(cache.keys().next().value as string);
  cache.set(source, lines);
  return lines;
}
