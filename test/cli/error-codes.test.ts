import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codesInSource } from '../support/error-codes.ts';
import { repository } from '../support/project.ts';

const page = readFileSync(join(repository, 'docs/json.md'), 'utf8');
const section = page.slice(page.indexOf('\n## Error codes'));
const rows = [...section.matchAll(/^\| `([a-z-]+)` \| (.*?) \|(.*)\|$/gm)];
const listed = rows.map(([, code]) => code as string);

describe('the error codes of docs/json.md', () => {
  test('are all codes of the program, and no others', () => {
    const inSource = codesInSource();
    expect(inSource.size).toBeGreaterThan(150);
    const missing = [...inSource].filter(([code]) => !listed.includes(code));
    expect(missing.map(([code, files]) => `${code}: ${[...files].join(', ')}`)).toEqual([]);
    expect(listed.filter(code => !inSource.has(code))).toEqual([]);
  });

  test('are listed once, with their meaning', () => {
    expect(listed.filter((code, at) => listed.indexOf(code) !== at)).toEqual([]);
    expect(rows.filter(([, , meaning]) => meaning === '')).toEqual([]);
  });
});

test.each([
  ['an object', `throw new Failure({ code: 'a-b' })`],
  ['a choice', `const x = { code: y ? 'a-b' : 'c' }`],
  ['a function that takes a code', `function report(code: string) {} report('a-b')`],
  ['a constructor', `class E { constructor(code: string) {} } new E('a-b')`],
  ['a type', `type XCode = 'a-b' | 'c'`],
])('a code is found in %s', (_, source) => {
  expect([...codesInSource([['a.ts', source]]).keys()]).toContain('a-b');
});
