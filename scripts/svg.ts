import type headless from '@xterm/headless';

const cell = { width: 8.4, height: 18 };
const fontSize = 14;
const margin = 12;

const colours = { foreground: '#d4d7dd', background: '#16181d' };
const sixteen = [
  ['#3b4048', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#abb2bf'],
  ['#6b7280', '#f0868e', '#b0d894', '#f0d399', '#82c2f7', '#d795ea', '#75ccd6', '#f4f5f7'],
].flat();

/** The arms of a box-drawing character: up, right, down, left. */
const boxes: Readonly<Record<string, string>> = {
  '─': 'rl',
  '│': 'ud',
  '╭': 'rd',
  '╮': 'ld',
  '╯': 'ul',
  '╰': 'ur',
  '┌': 'rd',
  '┐': 'ld',
  '┘': 'ul',
  '└': 'ur',
  '├': 'urd',
  '┤': 'uld',
  '┬': 'rld',
  '┴': 'url',
  '┼': 'urld',
};

interface Style {
  readonly fill: string;
  readonly background: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

/** Neighbouring cells with the same style: text, one box character, or a horizontal line of them. */
interface Run {
  readonly kind: 'text' | 'box';
  readonly col: number;
  readonly style: Style;
  cells: number;
  text: string;
}

function runsOf(terminal: headless.Terminal, row: number): Run[] {
  const { active } = terminal.buffer;
  const runs: Run[] = [];
  for (let col = 0; col < terminal.cols; col++) {
    const at = active.getLine(active.baseY + row)?.getCell(col);
    if (!at || at.getWidth() === 0) continue;
    const style = styleOf(at);
    const text = at.getChars() || ' ';
    const kind = text in boxes ? 'box' : 'text';
    const last = runs.at(-1);
    const continues = kind === 'text' || (text === '─' && last?.text === '─');
    if (last && continues && last.kind === kind && same(last.style, style)) {
      last.cells += at.getWidth();
      if (kind === 'text') last.text += text;
    } else {
      runs.push({ kind, col, style, cells: at.getWidth(), text });
    }
  }
  return runs;
}

/** One screen. */
export const pictureOf = (terminal: headless.Terminal, title: string): string =>
  documentOf(terminal, title, frameOf(terminal));

/** Several screens of one size, shown one after the other; with reduced motion, only the first is shown. */
export function filmOf(terminals: readonly headless.Terminal[], title: string, secondsEach: number): string {
  const [first] = terminals;
  if (!first) throw new Error('a film needs a frame');
  const share = 100 / terminals.length;
  const style = `<style>
.frame { visibility: hidden; animation: show ${n(secondsEach * terminals.length)}s step-end infinite; }
@keyframes show { 0% { visibility: visible; } ${n(share)}% { visibility: hidden; } }
@media (prefers-reduced-motion: reduce) { .frame { animation: none; } .frame:first-of-type { visibility: visible; } }
</style>`;
  const frames = terminals.map((terminal, index) => {
    const delay = n((index - terminals.length) * secondsEach);
    return `<g class="frame" style="animation-delay: ${delay}s">\n${frameOf(terminal)}\n</g>`;
  });
  return documentOf(first, title, [style, ...frames].join('\n'));
}

function frameOf(terminal: headless.Terminal): string {
  const shapes: string[] = [];
  const texts: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    for (const run of runsOf(terminal, row)) {
      const { background } = run.style;
      if (background)
        shapes.push(
          `<rect x="${x(run.col)}" y="${y(row)}" width="${n(run.cells * cell.width)}" height="${cell.height}" fill="${background}"/>`,
        );
      if (run.kind === 'text') texts.push(textOf(run, row));
      else shapes.push(boxOf(run, row));
    }
  }
  return `<g stroke-width="1.2" fill="none">
${shapes.join('\n')}
</g>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}" xml:space="preserve">
${texts.filter(Boolean).join('\n')}
</g>`;
}

function documentOf({ cols, rows }: headless.Terminal, title: string, content: string): string {
  const width = n(cols * cell.width + 2 * margin);
  const height = n(rows * cell.height + 2 * margin);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${xml(title)}">
<title>${xml(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${colours.background}"/>
${content}
</svg>
`;
}

const n = (value: number) => Number(value.toFixed(1));
const x = (col: number) => n(margin + col * cell.width);
const y = (row: number) => n(margin + row * cell.height);
const same = (a: Style, b: Style) => JSON.stringify(a) === JSON.stringify(b);

function xml(text: string): string {
  return text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`);
}

function styleOf(at: headless.IBufferCell): Style {
  const foreground = at.isFgDefault()
    ? colours.foreground
    : colour(at.getFgColor(), at.isFgRGB(), at.isBold() !== 0);
  const background = at.isBgDefault() ? null : colour(at.getBgColor(), at.isBgRGB(), false);
  const inverse = at.isInverse() !== 0;
  return {
    fill: inverse ? (background ?? colours.background) : foreground,
    background: inverse ? foreground : background,
    bold: at.isBold() !== 0,
    dim: at.isDim() !== 0,
    italic: at.isItalic() !== 0,
    underline: at.isUnderline() !== 0,
  };
}

function colour(value: number, rgb: boolean, bright: boolean): string {
  if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (value < 16) return sixteen[bright && value < 8 ? value + 8 : value]!;
  if (value >= 232) {
    const grey = (8 + (value - 232) * 10).toString(16).padStart(2, '0');
    return `#${grey}${grey}${grey}`;
  }
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40).toString(16).padStart(2, '0');
  const cube = value - 16;
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`;
}

function textOf({ col, cells, text, style }: Run, row: number): string {
  const attributes = [
    style.bold ? ' font-weight="bold"' : '',
    style.italic ? ' font-style="italic"' : '',
    style.underline ? ' text-decoration="underline"' : '',
    style.dim ? ' opacity="0.65"' : '',
  ].join('');
  const before = text.length - text.trimStart().length;
  const after = text.length - text.trimEnd().length;
  const visible = cells - before - after;
  if (visible <= 0) return '';
  return `<text x="${x(col + before)}" y="${n(y(row) + 13.5)}" textLength="${n(visible * cell.width)}" fill="${style.fill}"${attributes}>${xml(text.trim())}</text>`;
}

function boxOf({ col, cells, text, style }: Run, row: number): string {
  const arms = boxes[text]!;
  const [left, top] = [x(col), y(row)];
  const [centre, middle] = [n(left + cell.width / 2), n(top + cell.height / 2)];
  const ends: Readonly<Record<string, string>> = {
    u: `${centre} ${top}`,
    d: `${centre} ${n(top + cell.height)}`,
    l: `${left} ${middle}`,
    r: `${n(left + cells * cell.width)} ${middle}`,
  };
  const round = '╭╮╯╰'.includes(text);
  const path =
    arms === 'rl' || arms === 'ud' || round
      ? `M${ends[arms[0]!]}${round ? `Q${centre} ${middle} ` : 'L'}${ends[arms[1]!]}`
      : [...arms].map(arm => `M${centre} ${middle}L${ends[arm]}`).join('');
  return `<path d="${path}" stroke="${style.fill}"${style.dim ? ' opacity="0.65"' : ''}/>`;
}
