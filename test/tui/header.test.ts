import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textOf } from '../../src/drawing/text/span.ts';
import { cutMiddle, widthOf } from '../../src/drawing/text/width.ts';
import { headerLines } from '../../src/tui/screen/header.tsx';
import { defaultSettings } from '../../src/tui/settings.ts';
import { initialState } from '../../src/tui/state/initial.ts';
import type { State } from '../../src/tui/state/model.ts';
import { FakeEngine, type FakeOptions } from '../support/fake-engine.ts';

async function stateOf(options: FakeOptions): Promise<State> {
  const overview = await new FakeEngine(options).connection.api.overview();
  const empty = initialState(
    defaultSettings,
    { theme: 'none', depth: 16, ascii: false },
    { columns: 120, rows: 36 },
    0,
  );
  return { ...empty, link: { is: 'ready' }, overview, known: overview };
}

const production: FakeOptions = {
  project: { protected: true, context: 'production', contexts: ['default', 'production'] },
  database: {
    label: 'deploy@db-primary.eu-central-1.rds.example.com/chat_production',
    schemas: ['public', 'tenant_7'],
  },
};

describe('the header shows the database at any width', () => {
  test.each([60, 70, 80, 100, 120])('%i columns', async columns => {
    const { left, right } = headerLines(await stateOf(production), columns);
    const text = `${textOf(left)} ${textOf(right)}`;
    expect(widthOf(text)).toBeLessThanOrEqual(columns);
    expect(text).toContain('PROTECTED');
    expect(text).toMatch(/deploy.*uction/);
    expect(text).toMatch(/ p\S*n /);
    expect(text).toMatch(/sche\S* *\S*blic/);
  });

  test('less important parts are dropped first, and shown if there is space', async () => {
    const state = await stateOf(production);
    const at = (columns: number) => {
      const { left, right } = headerLines(state, columns);
      return `${textOf(left)} ${textOf(right)}`;
    };
    expect(at(200)).toMatch(
      /migtui .*deploy@db-primary.eu-central-1.rds.example.com\/chat_production.*2 heads.*3 pending/,
    );
    expect(at(120)).toContain('deploy@db-primary.eu-central-1.rds.example.com/chat_production');
    expect(at(120)).not.toContain('migtui');
  });

  test('a schema, a refusal and a read-only role stay too', async () => {
    const state = await stateOf({
      project: { schema: 'tenant_with_a_rather_long_name_7', readOnly: true },
      database: { label: `app@${'h'.repeat(80)}/chat`, state: 'refused' },
    });
    for (const columns of [60, 80]) {
      const { left, right } = headerLines(state, columns);
      const text = `${textOf(left)} ${textOf(right)}`;
      expect(widthOf(text)).toBeLessThanOrEqual(columns);
      expect(text).toMatch(/READ-ONLY .*app.*chat.* SCHEMA .*_7 .*REFUSED/);
    }
  });
});

test('a text truncated in the middle keeps both of its ends', () => {
  expect(cutMiddle('postgres@localhost/chat', 12)).toBe('postgr…/chat');
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '世', 'é') }), fc.nat(20), (text, columns) => {
      expect(widthOf(cutMiddle(text, columns))).toBeLessThanOrEqual(columns);
    }),
  );
});
