import Original from '../../../node_modules/ink/build/output.js';
import { blank, type Cell, cellsOf, stringOf } from './cells.ts';
import { remembered } from './remembered.ts';
import stringWidth, { isSimple } from './string-width.ts';

/*
 * Ink's `Output`, which combines the texts of a frame, with a cache: a row is rebuilt only if its texts
 * differ from those in the previous frame. Ink creates a cell for every column of every row of every frame,
 * and tokenizes every text twice.
 */

type Options = ConstructorParameters<typeof Original>[0];
type Transformers = Parameters<Original['write']>[3]['transformers'];

interface Write {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly transformers: Transformers;
}

/** The lines of a text, each with the styles active at its start. */
const linesOf = remembered((text: string): readonly string[] => {
  const lines: Cell[][] = [[]];
  for (const cell of cellsOf(text)) {
    if (cell.value === '\n') lines.push([]);
    else lines.at(-1)?.push(cell);
  }
  return lines.map(stringOf);
});

const blanked = (cell: Cell): Cell => ({ ...cell, value: ' ', fullWidth: false });

/** The texts written to a row, with their start columns, in order. */
interface Row {
  readonly xs: number[];
  readonly lines: string[];
}

interface Drawn extends Row {
  readonly width: number;
  readonly text: string;
}

/** The rows of the previous frame. */
const drawn: Drawn[] = [];

const isSame = (one: Row, other: Row): boolean =>
  one.lines.length === other.lines.length &&
  one.lines.every((line, at) => line === other.lines[at] && one.xs[at] === other.xs[at]);

function draw(row: Row, width: number): string {
  return beside(row, width) ?? overlaid(row, width);
}

/**
 * Texts next to each other whose characters are all one column wide; null if some overlap, or if styles of neighbours
 * are adjacent.
 */
function beside({ xs, lines }: Row, width: number): string | null {
  const order = Array.from(lines.keys()).sort((a, b) => (xs[a] as number) - (xs[b] as number));
  let text = '';
  let at = 0;
  for (const index of order) {
    const x = xs[index] as number;
    const line = lines[index] as string;
    const plain = line.replace(styling, '');
    if (x < at || !isSimple(plain)) return null;
    if (x > at) text += ' '.repeat(x - at);
    else if (text.endsWith('m') && line.startsWith('\u001b')) return null;
    text += line;
    at = x + plain.length;
  }
  return at > width ? null : text.trimEnd();
}

const styling = /\u001b\[[\d;]*m/g;

function overlaid({ xs, lines }: Row, width: number): string {
  const cells = new Array<Cell>(width).fill(blank);
  for (const [at, line] of lines.entries()) put(cells, xs[at] as number, line);
  return stringOf(cells.filter(cell => cell !== undefined)).trimEnd();
}

/** If one half of a wide character is overwritten, the other half becomes a space. */
function put(cells: Cell[], from: number, line: string): void {
  const characters = cellsOf(line);
  if (characters.length === 0) return;
  let x = from;
  const before = cells[x - 1];
  if (cells[x]?.value === '' && x > 0 && before && stringWidth(before.value) > 1)
    cells[x - 1] = blanked(before);
  for (const character of characters) {
    cells[x] = character;
    const width = Math.max(1, stringWidth(character.value));
    for (let offset = 1; offset < width; offset++)
      cells[x + offset] = { ...character, value: x < 0 ? ' ' : '', fullWidth: false };
    x += width;
  }
  const after = cells[x];
  if (after?.value === '') cells[x] = blanked(after);
}

/** The same interface as Ink's own class, to which clipped output is delegated. */
export default class Output {
  readonly #options: Options;
  readonly #writes: Write[] = [];
  #original: Original | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  write(x: number, y: number, text: string, options: { readonly transformers: Transformers }): void {
    if (this.#original) this.#original.write(x, y, text, options);
    else if (text !== '') this.#writes.push({ x, y, text, transformers: options.transformers });
  }

  clip(clip: Parameters<Original['clip']>[0]): void {
    if (!this.#original) {
      this.#original = new Original(this.#options);
      for (const { x, y, text, transformers } of this.#writes)
        this.#original.write(x, y, text, { transformers });
    }
    this.#original.clip(clip);
  }

  unclip(): void {
    this.#original?.unclip();
  }

  get(): { output: string; height: number } {
    if (this.#original) return this.#original.get();
    const { width, height } = this.#options;
    const rows = Array.from({ length: height }, (): Row => ({ xs: [], lines: [] }));
    for (const { x, y, text, transformers } of this.#writes) {
      for (const [index, line] of linesOf(text).entries()) {
        const row = rows[y + index];
        if (!row) continue;
        row.xs.push(x);
        row.lines.push(
          transformers.length === 0
            ? line
            : stringOf(cellsOf(transformers.reduce((styled, transform) => transform(styled, index), line))),
        );
      }
    }
    const texts = rows.map((row, y) => {
      const before = drawn[y];
      if (before?.width === width && isSame(before, row)) return before.text;
      const text = draw(row, width);
      drawn[y] = { ...row, width, text };
      return text;
    });
    return { output: texts.join('\n'), height: rows.length };
  }
}
