/** What may end a string or is an escape in it, by its quotes. */
export const stringStops: ReadonlyMap<string, RegExp> = new Map([
  ["'", /['\\\n]/g],
  ['"', /["\\\n]/g],
]);

/** The same for a template. */
export const templateStop = /[`\\]|\$\{/g;

/**
 * The position after the literal that starts at `at`: a string, or the part of a template up to its end or
 * the next `${`. Without an end, the end of the line for a string, and of the text for a template. V8 keeps a
 * position for every character that an alternative of a loop matches, so one regular expression for a whole
 * literal overflows the stack on several MB.
 */
export function endOfLiteral(text: string, at: number, stop: RegExp): number {
  stop.lastIndex = at + 1;
  for (let found = stop.exec(text); found; found = stop.exec(text)) {
    if (found[0] === '\n') return found.index;
    if (found[0] !== '\\') return stop.lastIndex;
    stop.lastIndex++;
  }
  return text.length;
}

/** The position after the block comment that starts at `at`; `at` if there is none. */
export function endOfBlockComment(text: string, at: number): number {
  if (!text.startsWith('/*', at)) return at;
  const end = text.indexOf('*/', at + 2);
  return end === -1 ? text.length : end + 2;
}

/** The position of the next line break, or of the end of the text. */
export function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}
