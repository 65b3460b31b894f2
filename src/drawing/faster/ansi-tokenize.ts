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

/** Characters of one style share their list of styles: nobody changes one. */
export function styledCharsFromTokens(tokens: Tokens): Characters {
  let known = characters.get(tokens);
  if (known) return known;
  known = [];
  let styles: Styles = [];
  for (const token of tokens) {
    if (token.type === 'ansi') styles = original.reduceAnsiCodesIncremental(styles, [token]);
    else if (token.type === 'char') known.push({ ...token, styles });
  }
  characters.set(tokens, known);
  return known;
}

const none: Styles = [];
const names = new WeakMap<Styles, string>();
const changes = new Map<string, string>();

function nameOf(styles: Styles): string {
  let name = names.get(styles);
  if (name === undefined) {
    name = styles.map(({ code, endCode }) => `${code}${endCode}`).join('');
    names.set(styles, name);
  }
  return name;
}

/** The sequence that leads from one style to another. */
function change(from: Styles, to: Styles): string {
  if (from === to) return '';
  const place = `${nameOf(from)} ${nameOf(to)}`;
  let known = changes.get(place);
  if (known === undefined) {
    known = nameOf(from) === nameOf(to) ? '' : original.ansiCodesToString(original.diffAnsiCodes(from, to));
    changes.set(place, known);
  }
  return known;
}

export function styledCharsToString(chars: Characters): string {
  let text = '';
  let styles = none;
  for (const char of chars) {
    text += change(styles, char.styles) + char.value;
    styles = char.styles;
  }
  return text + change(styles, none);
}
