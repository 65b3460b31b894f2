import original from '../../../node_modules/ink/build/sanitize-ansi.js';

/*
 * Ink's own cleaning of every text of every frame, remembered. What we draw was made safe before (theme/paint.ts):
 * this is the second lock of the same door.
 */

/** Texts remembered; when there are more, those not seen since the last time are forgotten. */
const kept = 1_000;
let young = new Map<string, string>();
let old = new Map<string, string>();

export default function sanitizeAnsi(text: string): string {
  const known = young.get(text);
  if (known !== undefined) return known;
  const clean = old.get(text) ?? original(text);
  if (young.size >= kept) {
    old = young;
    young = new Map();
  }
  young.set(text, clean);
  return clean;
}
