import {
  ansiCodesToString,
  diffAnsiCodes,
  reduceAnsiCodesIncremental,
  type StyledChar,
  tokenize,
} from '@alcalzone/ansi-tokenize';
import { remembered } from './remembered.ts';

/*
 * Converts lines to cells and back, like `@alcalzone/ansi-tokenize` does for Ink, with a cache: from one
 * frame to the next, almost all lines and style changes are the same.
 */

/** A character with its styles. */
export type Cell = StyledChar;
type Styles = Cell['styles'];

const ignorable = /^\p{Default_Ignorable_Code_Point}+$/u;
const none: Styles = [];
/** Every style that occurred, stored once: equal styles are the same list, which is never modified. */
const known = new Map<string, Styles>([['', none]]);
const changes = new Map<Styles, Map<Styles, string>>();

/** Cells are never modified, so one is enough. */
export const blank: Cell = { type: 'char', value: ' ', fullWidth: false, styles: none };

function oneOf(styles: Styles): Styles {
  const name = styles.map(({ code, endCode }) => `${code}${endCode}`).join('');
  const same = known.get(name);
  if (!same) known.set(name, styles);
  return same ?? styles;
}

/** The characters of a text, without zero-width ones. */
export const cellsOf = remembered((text: string): readonly Cell[] => {
  const cells: Cell[] = [];
  let styles = none;
  for (const token of tokenize(text)) {
    if (token.type === 'ansi') styles = oneOf(reduceAnsiCodesIncremental(styles, [token]));
    else if (token.type === 'char' && !ignorable.test(token.value)) cells.push({ ...token, styles });
  }
  return cells;
});

/** The escape sequence from one style to another. */
function change(from: Styles, to: Styles): string {
  let ways = changes.get(from);
  if (!ways) {
    ways = new Map();
    changes.set(from, ways);
  }
  let way = ways.get(to);
  if (way === undefined) {
    way = ansiCodesToString(diffAnsiCodes(from, to));
    ways.set(to, way);
  }
  return way;
}

/** The text of cells that `cellsOf` created. */
export function stringOf(cells: Iterable<Cell>): string {
  let text = '';
  let styles = none;
  for (const cell of cells) {
    if (cell.styles !== styles) {
      text += change(styles, cell.styles);
      styles = cell.styles;
    }
    text += cell.value;
  }
  return styles === none ? text : text + change(styles, none);
}
