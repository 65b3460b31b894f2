import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import { parseSync, Visitor } from 'oxc-parser';
import { expect, test } from 'vitest';
import { wordsOf } from '../../src/database/concerned.ts';
import { Redactor } from '../../src/foundation/secrets/redactor.ts';
import { checksumOf } from '../../src/project/files/checksum.ts';
import { loadParser, longIdentifiers } from '../../src/safety/parse.ts';
import { repository } from '../support/project.ts';

/*
 * Names, SQL, rows and logs come from outside and may be very large: no regular expression may take more than
 * linear time. Each one is tried on texts that almost match: a sample of its language, split into a prefix
 * and a repeated part. A slow text is tried at fifty times its length, which a linear expression handles
 * quickly, and a non-linear one in minutes.
 */

/** Length of a hostile text, and of one that appeared slow, in characters. */
const length = 60_000;
const longer = 3_000_000;
/** Time limit for the first text, and for the longer one, ms. */
const moment = 3;
const limit = 5_000;

interface Found {
  readonly place: string;
  readonly pattern: string;
  readonly flags: string;
}

function literals(): Found[] {
  const source = join(repository, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.tsx?$/.test(name),
  );
  const found = new Map<string, Found>();
  for (const name of files) {
    const text = readFileSync(join(source, name), 'utf8');
    new Visitor({
      Literal(node) {
        if (!('regex' in node)) return;
        const { pattern, flags } = node.regex;
        const line = text.slice(0, node.start).split('\n').length;
        found.set(`/${pattern}/${flags}`, { place: `${name}:${line}`, pattern, flags });
      },
    }).visit(parseSync(name, text).program);
  }
  return [...found.values()];
}

/** Strings that match a part of a pattern: without all optional parts, and with everything twice. */
function sample(node: AST.Node, generous: boolean): string {
  switch (node.type) {
    case 'Alternative':
      return node.elements.map(element => sample(element, generous)).join('');
    case 'Group':
    case 'CapturingGroup':
    case 'Pattern':
      return sample(node.alternatives.at(generous ? -1 : 0) as AST.Node, generous);
    case 'Quantifier': {
      const times = Math.max(node.min, Math.min(generous ? 2 : node.min, node.max));
      return sample(node.element, generous).repeat(Math.min(times, 20));
    }
    case 'Character':
      return String.fromCodePoint(node.value);
    case 'CharacterClass':
      return node.negate
        ? (['a', ' ', '0', '!', '"'].find(one =>
            new RegExp(`^${node.raw}$`, node.raw.includes('\\u{') ? 'u' : '').test(one),
          ) ?? 'a')
        : sample((node.elements.at(generous ? -1 : 0) as AST.Node) ?? node, generous);
    case 'CharacterClassRange':
      return String.fromCodePoint(node.min.value);
    case 'CharacterSet':
      if (node.kind === 'space') return node.negate ? 'a' : ' ';
      if (node.kind === 'digit') return node.negate ? 'a' : '1';
      if (node.kind === 'word') return node.negate ? ' ' : 'a';
      return 'a';
    default:
      return '';
  }
}

/** A prefix, and a part to repeat; the end matches nowhere. */
type Hostile = readonly [before: string, part: string];

function hostile({ pattern, flags }: Found): Hostile[] {
  const parsed = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern, 0, pattern.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  const texts = new Map<string, Hostile>();
  const add = (before: string, part: string): void => void texts.set(`${before}\0${part}`, [before, part]);
  for (const generous of [false, true]) {
    const whole = sample(parsed, generous).slice(0, 40);
    for (let start = 0; start < whole.length; start++) {
      for (const part of [1, 2, 3, 5, whole.length].map(size => whole.slice(start, start + size))) {
        add('', part);
        add(whole.slice(0, start), part);
      }
      // Everything except its end: many starts of a match.
      add('', whole.slice(0, start + 1));
    }
  }
  for (const one of ['a', ' ', '\t', '\n', '0', '_', '\\', "'", '"', '(', '/', ':', '-', '.l']) add('', one);
  return [...texts.values()];
}

const textOf = ([before, part]: Hostile, size: number): string =>
  `${before}${part.repeat(Math.ceil(size / part.length))}\u0000! `;

const place = createContext({ pattern: '', flags: '', text: '' });

/** How long a regular expression takes on a text, ms; null: longer than the limit. */
function timeOf({ pattern, flags }: Found, text: string): number | null {
  Object.assign(place, { pattern, flags, text });
  const started = performance.now();
  try {
    runInContext(
      `regex = new RegExp(pattern, flags);
       flags.includes('g') ? text.replace(regex, '') : regex.test(text);`,
      place,
      { timeout: limit },
    );
    return performance.now() - started;
  } catch (error) {
    // A regular expression that saves a backtracking position for every character ran out of memory: it has
    // ended.
    if (String(error).includes('call stack')) return performance.now() - started;
    expect(String(error)).toContain('timed out');
    return null;
  }
}

/** Whether the time for a text grows faster than the text. */
function isSlow(found: Found): boolean {
  return hostile(found).some(one => {
    const short = timeOf(found, textOf(one, length));
    if (short !== null && short < moment) return false;
    return short === null || timeOf(found, textOf(one, longer)) === null;
  });
}

test('every regular expression of the program is linear', () => {
  const all = literals();
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(isSlow).map(({ place, pattern }) => `${place} /${pattern}/`)).toEqual([]);
}, 300_000);

test('a non-linear regular expression is detected', () => {
  const slow = [/\s+$/, /CREATE INDEX .*? ON .*? USING/];
  for (const { source, flags } of slow) {
    expect(isSlow({ place: '', pattern: source, flags }), source).toBe(true);
  }
}, 300_000);

test('masking passwords is linear too', () => {
  const redactor = new Redactor();
  redactor.learn('aaaaaaaaaaaaaab');
  const parts = [
    '://',
    '://u:',
    "://u:@'",
    'a',
    "password='",
    'password: ',
    "password:\\'",
    'password ',
    ':1:',
    'a:1:b:c:',
  ];
  const texts = [...parts, 'password $a$ ', 'password=\\', 'password    ', 'aaaaaaaaaaaaaa'].map(part =>
    part.repeat(Math.ceil(5_000_000 / part.length)),
  );
  for (const text of texts) redactor.redact(text);
}, 60_000);

/** An alternative of a group that is repeated without a limit and that matches a single character. */
function repeatsSingleCharacters({ pattern, flags }: Found): boolean {
  let found = false;
  const parsed = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern, 0, pattern.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  visitRegExpAST(parsed, {
    onQuantifierEnter({ max, element }) {
      if (max !== Number.POSITIVE_INFINITY || !('alternatives' in element)) return;
      found ||= element.alternatives.some(
        ({ elements: [one, ...rest] }) => rest.length === 0 && one?.type.startsWith('Character'),
      );
    },
  });
  return found;
}

// V8 keeps a position for each repetition of a group, and the stack overflows after some millions: write
// [^']*(?:''[^']*)*, not (?:[^']|'')*.
test('no regular expression repeats a group for every character', () => {
  expect(repeatsSingleCharacters({ place: '', pattern: `'(?:[^']|'')*'`, flags: '' })).toBe(true);
  const found = literals().filter(repeatsSingleCharacters);
  expect(found.map(({ place, pattern }) => `${place} /${pattern}/`)).toEqual([]);
});

test.each(["'", '"', '`', '/*', '/'])(
  'a migration with 12 MB of text after %s has a checksum',
  mark => {
    const ends: Record<string, string> = { '/*': '*/' };
    for (const part of ['x', '\\n', '* ']) {
      const text = `class A { a = ${mark}${part.repeat(12_000_000 / part.length)}${ends[mark] ?? mark} }`;
      expect(checksumOf(text, { members: {} })).not.toBe(checksumOf(text.slice(0, -100), { members: {} }));
    }
  },
  120_000,
);

// A regular expression that keeps a position for every character overflows the stack.
test.each(['x', '""'])(
  'names are found in a statement of 12 MB of %s',
  async part => {
    await loadParser();
    const text = part.repeat(12_000_000 / part.length);
    expect(longIdentifiers(`insert into t values ('${text}')`, 64)).toEqual([]);
    expect(wordsOf([`"a""b" '${text}'`])).toContain('a"b');
  },
  60_000,
);
