import { mapStrings } from '../../foundation/map-strings.ts';
import { namesOnOneLine } from '../../foundation/names-with-lines.ts';
import { sanitise } from '../../foundation/sanitise.ts';
import { redactor } from '../../foundation/secrets/redactor.ts';
import { exactText, type SafeText } from './safe-text.ts';

/** A plain value with all strings made safe for a terminal. Line feeds are kept, except in names. */
export function clean<T>(value: T): T {
  return mapStrings(value, text => sanitise(namesOnOneLine(text), { lines: true }));
}

/**
 * Characters that are valid in JSON but that a terminal may interpret: DEL, C1, bidirectional controls, tags.
 */
const unsafeInJson =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** JSON without passwords, with all characters that a terminal could interpret written as `\uXXXX`. */
export function jsonText(value: unknown): SafeText {
  return exactJson(redactor.redactAll(value));
}

/** The same in one line. */
export function jsonLine(value: unknown): SafeText {
  // Line feeds inside strings are escaped, so the remaining ones are only layout.
  return exactText(`${jsonText(value).trimEnd().replace(/\n */g, '')}\n`);
}

/** The same including passwords: for scripts that run elsewhere. */
export function exactJson(value: unknown): SafeText {
  const json = JSON.stringify(value, null, 2).replace(unsafeInJson, character =>
    character
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  return exactText(`${json}\n`);
}
