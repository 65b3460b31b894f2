import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { longHistory } from '../support/fake-engine.ts';
import { repository } from '../support/project.ts';
import { Screen } from '../support/screen.ts';

/*
 * Thousands of random keys, clicks and resizes in the built app: no internal error, no frame larger than the
 * terminal, and the terminal restored afterwards. The seed is printed: the same seed presses the same keys.
 */

const presses = Number(process.env.MONKEY_PRESSES ?? 1_500);

type App = typeof import('../../src/tui/main.tsx');
const built = pathToFileURL(join(repository, 'dist/tui.js')).href;

/** Mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const named = [
  '\r',
  '\u001b',
  '\t',
  '\u001b[Z',
  ' ',
  '\u007f',
  '\u001b[3~',
  '\u001b[A',
  '\u001b[B',
  '\u001b[C',
  '\u001b[D',
  '\u001b[H',
  '\u001b[F',
  '\u001b[5~',
  '\u001b[6~',
];
// Without q, Ctrl-C and Ctrl-Z, which would end the test.
const letters =
  'abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789/?:.,[]{}!"\'`~-_=+*&^%$#@ üñ日本👩‍👩‍👧🇩🇪';
const graphemes = [...new Intl.Segmenter().segment(letters)].map(one => one.segment);

function keys(next: () => number): string {
  const kind = next();
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  if (kind < 0.3) return pick(named);
  if (kind < 0.34) return String.fromCharCode(pick([1, 4, 5, 11, 14, 16, 21, 23, 24]));
  if (kind < 0.4)
    return `\u001b[<${pick([0, 64, 65, 2])};${1 + Math.floor(next() * 130)};${1 + Math.floor(next() * 45)}M`;
  if (kind < 0.42) return `\u001b[200~${pick(['chat', 'x\ny', '\u001b[2J', '日本語'])}\u001b[201~`;
  return Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(graphemes)).join('');
}

test('thousands of random keys and resizes', { timeout: 900_000 }, async () => {
  const seed = Number(process.env.MONKEY_SEED ?? Math.floor(Math.random() * 1e9));
  console.log(`monkey seed ${seed}`);
  const next = random(seed);
  const revisions = longHistory(60);
  const { runTui } = (await import(built)) as App;
  const app = new Screen({
    app: runTui,
    revisions: revisions.map((one, index) =>
      index % 7 === 3 ? { ...one, losses: ['drops everything: 3 rows'], labels: [`label${index}`] } : one,
    ),
    applied: revisions.slice(0, 30).map(one => one.id),
    project: { contexts: ['default', 'staging'] },
  });
  await app.sees('30 pending');
  let checked = 0;
  for (let done = 0; done < presses; ) {
    const chance = next();
    if (chance < 0.02) {
      await app.resize(20 + Math.floor(next() * 200), 5 + Math.floor(next() * 60));
    } else if (chance < 0.025) {
      app.engine.trouble = {
        fail: {
          revision: revisions[30]?.id ?? '',
          failure: { code: 'sql', message: 'no', sql: { statement: 'select 1', position: 8 } },
        },
      };
    } else if (chance < 0.027) {
      app.engine.die();
      await app.send('\u001b');
      await new Promise(resolve => setTimeout(resolve, 30));
      await app.send('r');
    } else {
      await app.press(keys(next));
      done++;
    }
    if (done % 200 === 0 && done !== checked) {
      checked = done;
      await check(app);
    }
  }
  expect(app.bugs).toEqual([]);
  await app.resize(120, 36);
  await app.close();
  expect(app.terminal.modes).toEqual({
    alternateScreen: false,
    mouse: false,
    bracketedPaste: false,
    cursorHidden: false,
    raw: false,
  });
});

/** No line has wrapped, and the screen equals a completely redrawn one. */
const panesOf = (text: string): string => text.slice(0, text.lastIndexOf('\n'));

async function check(app: Screen): Promise<void> {
  // Much longer than the app waits for a pause in typing: the following frame may be late on a busy machine.
  await app.settles(250);
  expect(app.bugs).toEqual([]);
  const { screen } = app.terminal;
  for (let row = 0; row < screen.rows; row++) {
    expect(screen.buffer.active.getLine(row)?.isWrapped, `row ${row}\n${app.text()}`).toBe(false);
  }
  const shown = app.text();
  // postgres@localhost/chat, truncated in the middle if the header is full.
  expect(app.terminal.lines()[0], shown).toMatch(/migtui|postgres@localhost\/chat|post\S*…\S*hat/);
  await app.send('\u000c');
  await app.settles(60);
  // The last line may be a notice, which disappears with the next key.
  expect(panesOf(app.text())).toBe(panesOf(shown));
}
