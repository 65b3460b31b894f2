import { expect, test } from 'vitest';
import { bySeverity, rowsText } from '../../src/drawing/text/findings.ts';
import { findingOf } from '../support/findings.ts';

const rows = (count: number | null, failure: string | null = null) => ({ count, examples: [], failure });

test.each([
  ['not-null-scans', rows(1), '1 row would make it fail'],
  ['required-column', rows(20_000), '20,000 rows would make it fail'],
  ['not-null-scans', rows(0), 'no row would make it fail'],
  // What is dropped or deleted does not fail: it is lost.
  ['drop-table', rows(20_000), '20,000 rows are lost'],
  ['truncate', rows(1), '1 row is lost'],
  ['delete-all', rows(0), 'no row is lost'],
  ['drop-column', rows(3), '3 rows have a value'],
  ['drop-table', rows(null, 'timeout'), 'rows that are lost: not counted: timeout'],
  // The query counts values.
  ['unique-blocks', rows(1_000), '1,000 values occur more than once: it would fail'],
  ['index-blocks-writes', rows(1), '1 value occurs more than once: it would fail'],
])('%s %o', (rule, counted, words) => {
  expect(rowsText(rule, counted)).toBe(words);
});

test('what fails in any case comes first, and held locks last', () => {
  const findings = [
    'wide-index',
    'lock-held',
    'not-null-scans',
    'cannot-run',
    'lock-held',
    'unique-blocks',
  ].map(rule => findingOf({ rule, severity: rule === 'wide-index' ? 'note' : 'danger' }));
  expect(bySeverity(findings).map(({ rule }) => rule)).toEqual([
    'cannot-run',
    'not-null-scans',
    'unique-blocks',
    'lock-held',
    'lock-held',
    'wide-index',
  ]);
});
