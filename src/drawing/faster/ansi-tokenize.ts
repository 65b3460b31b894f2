import * as original from '@alcalzone/ansi-tokenize';

/*
 * `@alcalzone/ansi-tokenize` that remembers. Ink takes every line of every frame apart into characters and puts it
 * together again; from one frame to the next nearly all lines are the same, and so are the changes of style.
 */

export * from '@alcalzone/ansi-tokenize';

type Tokens = ReturnType<typeof original.tokenize>;
type Characters = ReturnType<typeof original.styledCharsFromTokens>;
type Styles = Characters[number]['styles'];

/** Lines remembered; when there are more, those not seen since the last time are forgotten. */
const kept = 400;
let young = new Map<string, Tokens>();
let old = new Map<string, Tokens>();

export function tokenize(text: string, limit?: number): Tokens {
  if (limit !== undefined) return original.tokenize(text, limit);
  const known = young.get(text);
  if (known) return known;
  const tokens = old.get(text) ?? original.tokenize(text);
  if (young.size >= kept) {
    old = young;
    young = new Map();
  }
  young.set(text, tokens);
  return tokens;
}

const characters = new WeakMap<Tokens, Characters>();
const none: Styles = [];
/** Every style that was seen, once: two that are equal are the same list, and nobody changes one. */
const known = new Map<string, Styles>([['', none]]);
const changes = new Map<Styles, Map<Styles, string>>();

function oneOf(styles: Styles): Styles {
  const name = styles.map(({ code, endCode }) => `${code}${endCode}`).join('');
  const same = known.get(name);
  if (!same) known.set(name, styles);
  return same ?? styles;
}

export function styledCharsFromTokens(tokens: Tokens): Characters {
  const made = characters.get(tokens);
  if (made) return made;
  const all: Characters = [];
  let styles = none;
  for (const token of tokens) {
    if (token.type === 'ansi') styles = oneOf(original.reduceAnsiCodesIncremental(styles, [token]));
    else if (token.type === 'char') all.push({ ...token, styles });
  }
  characters.set(tokens, all);
  return all;
}

/** The sequence that leads from one style to another. */
function change(from: Styles, to: Styles): string {
  let ways = changes.get(from);
  if (!ways) {
    ways = new Map();
    changes.set(from, ways);
  }
  let way = ways.get(to);
  if (way === undefined) {
    way = from === to ? '' : original.ansiCodesToString(original.diffAnsiCodes(from, to));
    ways.set(to, way);
  }
  return way;
}

export function styledCharsToString(chars: Characters): string {
  let text = '';
  let styles = none;
  for (const char of chars) {
    // a blank cell of Ink's has an empty list of its own
    const next = char.styles.length === 0 ? none : char.styles;
    if (next !== styles) {
      text += change(styles, next);
      styles = next;
    }
    text += char.value;
  }
  return styles === none ? text : text + change(styles, none);
}
