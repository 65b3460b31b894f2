import { namesOnOneLine } from '../../foundation/names-with-lines.ts';
import { sanitise } from '../../foundation/sanitise.ts';
import { redact } from '../../foundation/secrets/redactor.ts';

declare const safe: unique symbol;

/**
 * Text that may be written to a stream. Only this file creates it, so everything that is written has passed
 * through here.
 */
export type SafeText = string & { readonly [safe]: true };

/**
 * Styles are marked by noncharacters and a random word per process: external text cannot imitate them, and
 * every escape sequence in it is made visible.
 */
interface Marks {
  readonly all: RegExp;
  readonly begin: string;
}

/** Undefined until there is a style: the app starts without cryptography. */
let marks: Marks | undefined;
const end = '\ufdd1';

function newMarks(): Marks {
  const secret = process.getBuiltinModule('node:crypto').randomBytes(6).toString('hex');
  return { all: new RegExp(`(\\ufdd0${secret}[\\d/]+\\ufdd1)`), begin: `\ufdd0${secret}` };
}

/**
 * Text in a style, for `safeText`.
 * @param open SGR parameter that begins the style, such as 31
 * @param close the one that ends it
 */
export function styled(text: string, open: number, close: number): string {
  if (text === '') return '';
  marks ??= newMarks();
  const { begin } = marks;
  return `${begin}${open}/${close}${end}${text}${begin}${close}${end}`;
}

/** Drawn text in its final form: no passwords, and no control sequences except our own styles. */
export function safeText(drawn: string): SafeText {
  if (!marks || !drawn.includes(marks.begin)) return plain(drawn) as SafeText;
  const { all, begin } = marks;
  const open: (readonly [open: string, close: string])[] = [];
  const parts = drawn.split(all).map(part => {
    if (!part.startsWith(begin)) return plain(part);
    const [first = '', close] = part.slice(begin.length, -1).split('/');
    if (close !== undefined) {
      open.push([first, close]);
      return sgr(first);
    }
    open.pop();
    // The surrounding style continues.
    const outer = open.findLast(([, close]) => close === first);
    return sgr(first) + (outer ? sgr(outer[0]) : '');
  });
  return parts.join('') as SafeText;
}

/** Text that must arrive unchanged: JSON, whose own escapes make it safe, and scripts that run elsewhere. */
export function exactText(text: string): SafeText {
  return text as SafeText;
}

const sgr = (parameter: string): string => `\u001b[${parameter}m`;
const plain = (text: string): string => redact(sanitise(namesOnOneLine(text), { lines: true }));
