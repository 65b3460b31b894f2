import { PassThrough, Writable } from 'node:stream';
import headless, { type IBufferCell, type Terminal } from '@xterm/headless';

/** A simulated terminal: its screen can be read like a user would see it, and keys can be pressed. */
export class FakeTerminal {
  readonly stdin = new FakeStdin();
  readonly stdout: FakeStdout;
  readonly screen: Terminal;
  /** All output, for what a screen does not show. */
  written = '';
  /** Called after every write has been processed. */
  onFrame: () => void = () => {};

  constructor(columns: number, rows: number) {
    // A real terminal driver turns LF into CR LF.
    this.screen = new headless.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      scrollback: 200,
      convertEol: true,
    });
    this.stdout = new FakeStdout(columns, rows, (text, done) => {
      this.screen.write(text, () => {
        this.onFrame();
        done();
      });
    });
    this.stdout.record = text => {
      this.written += text;
    };
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.stdout.columns = columns;
    this.stdout.rows = rows;
    this.stdout.emit('resize');
  }

  /** The screen's lines, right-trimmed. */
  lines(): string[] {
    const buffer = this.screen.buffer.active;
    return Array.from(
      { length: this.screen.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true, 0, this.screen.cols) ?? '',
    );
  }

  /** The screen's lines with their colours, as SGR sequences. */
  coloured(): string[] {
    const buffer = this.screen.buffer.active;
    return Array.from({ length: this.screen.rows }, (_, row) => {
      const line = buffer.getLine(buffer.viewportY + row);
      let out = '';
      let style = '';
      for (let column = 0; line && column < this.screen.cols; column++) {
        const cell = line.getCell(column);
        if (!cell || cell.getWidth() === 0) continue;
        const next = sgrOf(cell);
        if (next !== style) out += `\u001b[0${next === '' ? '' : `;${next}`}m`;
        style = next;
        out += cell.getChars() || ' ';
      }
      return (style === '' ? out : `${out}\u001b[0m`).trimEnd();
    });
  }

  /** The state of the terminal at the end. */
  get modes() {
    const { written } = this;
    const last = (on: string, off: string): boolean => written.lastIndexOf(on) > written.lastIndexOf(off);
    return {
      alternateScreen: last('\u001b[?1049h', '\u001b[?1049l'),
      mouse: last('\u001b[?1000h', '\u001b[?1000l'),
      bracketedPaste: last('\u001b[?2004h', '\u001b[?2004l'),
      cursorHidden: last('\u001b[?25l', '\u001b[?25h'),
      raw: this.stdin.raw,
    };
  }
}

function sgrOf(cell: IBufferCell): string {
  const codes: string[] = [];
  if (cell.isBold()) codes.push('1');
  if (cell.isItalic()) codes.push('3');
  if (cell.isUnderline()) codes.push('4');
  if (cell.isInverse()) codes.push('7');
  if (cell.isFgPalette()) codes.push(paletteCode(cell.getFgColor(), 30));
  if (cell.isBgPalette()) codes.push(paletteCode(cell.getBgColor(), 40));
  return codes.join(';');
}

const paletteCode = (colour: number, base: number): string =>
  colour < 8
    ? String(base + colour)
    : colour < 16
      ? String(base + 60 + colour - 8)
      : `${base + 8};5;${colour}`;

class FakeStdin extends PassThrough {
  readonly isTTY = true;
  raw = false;
  setRawMode(on: boolean): this {
    this.raw = on;
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

class FakeStdout extends Writable {
  record: (text: string) => void = () => {};
  readonly isTTY = true;
  columns: number;
  rows: number;

  constructor(columns: number, rows: number, write: (text: string, done: () => void) => void) {
    super({ decodeStrings: false, write: (chunk, _encoding, done) => write(String(chunk), done) });
    this.columns = columns;
    this.rows = rows;
  }

  // Recorded immediately: output that is still to be processed has nevertheless been written.
  override write(chunk: string, ...rest: never[]): boolean {
    this.record(String(chunk));
    return super.write(chunk, ...rest);
  }
}
