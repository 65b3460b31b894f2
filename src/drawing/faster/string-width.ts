import original from 'string-width';

/*
 * `string-width` with a fast path for almost all text. The bundle replaces the package with it
 * (scripts/faster.mjs): Ink measures every text in every frame, which otherwise takes a third of the time of
 * a frame.
 */

/**
 * ASCII, Latin, Greek, Cyrillic, box drawing, blocks, shapes, Braille, and migtui's own marks: one column per
 * character.
 */
const simple =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u21ff\u2500-\u25fc\u26a0\u2713\u2717\u2800-\u28ff]*$/;
const colours = /\u001b\[[\d;]*m/g;

/** One column per UTF-16 unit, no combining, nothing wide. */
export const isSimple = (text: string): boolean => simple.test(text);

export default function stringWidth(text: string, options?: Parameters<typeof original>[1]): number {
  if (options !== undefined || typeof text !== 'string') return original(text, options);
  const plain = text.includes('\u001b') ? text.replace(colours, '') : text;
  return simple.test(plain) ? plain.length : original(text);
}
