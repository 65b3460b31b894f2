/** Texts up to this length are parsed unchanged, characters. */
const longText = 100_000;
/** Only literals longer than this are shortened. */
const longLiteral = 1_000;

/** A text with shortened literals, and the mapping to positions in the original text. */
export interface Shortened {
  readonly text: string;
  /** 0-based index in the original of an index in `text` that is not inside a literal. */
  original(index: number): number;
}

/**
 * Shortens the long literals in a text of inserts, so that megabytes of data need not be parsed to classify
 * the statements. Null if nothing was shortened, or if the text does not begin with an insert.
 */
export function withoutLongLiterals(sql: string): Shortened | null {
  if (sql.length <= longText || !/^\s{0,1000}insert\b/i.test(sql)) return null;
  const cuts: { readonly at: number; readonly length: number }[] = [];
  let text = '';
  let from = 0;
  for (const { start, end } of literals(sql)) {
    if (end - start <= longLiteral) continue;
    text += sql.slice(from, start);
    cuts.push({ at: text.length, length: end - start });
    from = end;
  }
  if (cuts.length === 0) return null;
  return {
    text: text + sql.slice(from),
    original: index => cuts.reduce((sum, { at, length }) => (at < index ? sum + length : sum), index),
  };
}

/**
 * Constructs in which a quote does not begin a literal: comments, names, dollar quotes; and literals with
 * escapes.
 */
const special = /--|\/\*|["']|\$(?:[a-z_]\w{0,62})?\$/gi;

/** The contents of plain literals: there are no escapes, a quote is doubled. */
function* literals(sql: string): Generator<{ readonly start: number; readonly end: number }> {
  let at = 0;
  while (at < sql.length) {
    special.lastIndex = at;
    const found = special.exec(sql);
    if (!found) return;
    const [mark] = found;
    const start = found.index + mark.length;
    if (mark === '--') at = after(sql, '\n', start);
    // Comments may be nested, and literals may have escapes: such a text is parsed unchanged.
    else if (mark === '/*' || (mark === "'" && /[\w$]/.test(sql[found.index - 1] ?? ' '))) return;
    else if (mark === "'") {
      at = start;
      do at = after(sql, "'", at);
      while (sql[at] === "'" && at++ < sql.length);
      yield { start, end: at - 1 };
    } else at = after(sql, mark, start);
  }
}

const after = (sql: string, mark: string, from: number): number => {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
};
