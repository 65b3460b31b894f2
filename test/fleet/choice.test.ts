import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choose, fits, shardOf } from '../../src/fleet/choice.ts';
import { fill, givenTarget, nameOf, type Target, tagsOf, withoutDoubles } from '../../src/fleet/target.ts';
import type { Failure } from '../../src/foundation/failure.ts';

const target = (name: string, tags: readonly string[] = []): Target => ({
  name,
  tags,
  context: null,
  database: null,
  schema: name,
});

const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as Failure).info;
  }
  throw new Error('it was accepted');
};

describe('a pattern', () => {
  test.each([
    ['tenant_*', 'tenant_7', true],
    ['tenant_*', 'tenants', false],
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['tenant_?', 'tenant_7', true],
    ['tenant_?', 'tenant_77', false],
    ['t.nant', 'tenant', false],
    ['"o\'hara" *', '"o\'hara" 1', true],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(fits(pattern, name)).toBe(expected);
  });

  test('matches like a regular expression, and takes no longer for many stars', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, name) => {
        const expression = new RegExp(`^${pattern.replace(/\*+/g, '.*').replaceAll('?', '.')}$`);
        expect(fits(pattern, name)).toBe(expression.test(name));
      }),
    );
    expect(fits('a*'.repeat(2_000), `${'a'.repeat(4_000)}b`.repeat(2))).toBe(true);
    expect(fits(`${'*a'.repeat(500)}c`, 'a'.repeat(5_000))).toBe(false);
  });
});

test('every target is in exactly one of the shards', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 9 }), (names, of) => {
      const targets = names.map(name => target(name));
      const shares = Array.from({ length: of }, (_, at) => choose(targets, { shard: { index: at + 1, of } }));
      expect(
        shares
          .flat()
          .map(({ name }) => name)
          .sort(),
      ).toEqual(names.toSorted());
    }),
  );
  // The same on every machine and with every version.
  expect(['tenant_1', 'tenant_2', 'tenant_3'].map(name => shardOf(name, 8))).toEqual([2, 4, 2]);
});

test('patterns, tags, shards and the limit choose together, in the order of the fleet', () => {
  const targets = [
    target('a', ['eu']),
    target('b1', ['eu']),
    target('b2', ['us']),
    target('b3', ['eu', 'us']),
  ];
  const names = (choice: object) => choose(targets, choice).map(({ name }) => name);
  expect(names({})).toEqual(['a', 'b1', 'b2', 'b3']);
  expect(names({ only: ['b*'], tags: ['eu'] })).toEqual(['b1', 'b3']);
  expect(names({ only: ['a', 'b2'] })).toEqual(['a', 'b2']);
  expect(names({ tags: ['eu', 'us'], limit: 3 })).toEqual(['a', 'b1', 'b2']);
});

test('a duplicate target name is refused', () => {
  expect(refusal(() => withoutDoubles([target('a'), target('b'), target('a')]))).toMatchObject({
    code: 'fleet-names',
    candidates: ['a'],
    next: expect.stringContaining('"{host}/{name}"'),
  });
});

test('a template is filled from the columns; an error lists the available ones', () => {
  expect(fill('postgres://{host}/{name}', { host: 'h', name: 'a b' }, encodeURIComponent)).toBe(
    'postgres://h/a%20b',
  );
  expect(refusal(() => fill('{nmae}', { name: 'x', host: 'y' }))).toMatchObject({
    code: 'fleet-template',
    next: 'Available: {name}, {host}.',
  });
});

test('targets returned by code', () => {
  expect(givenTarget('tenant_1', ['eu'], 'x')).toEqual(target('tenant_1', ['eu']));
  expect(givenTarget({ database: 'postgres://ana:secret@h/shop', tags: 'a, b' }, [], 'x')).toEqual({
    name: 'shop',
    tags: ['a', 'b'],
    context: null,
    database: 'postgres://ana:secret@h/shop',
    schema: null,
  });
  for (const wrong of [null, {}, 5, { schema: '' }, { schema: 5 }]) {
    expect(refusal(() => givenTarget(wrong, [], 'fleet.mjs'))).toMatchObject({ code: 'fleet-target' });
  }
  expect(tagsOf(['a', ' b '])).toEqual(['a', 'b']);
  expect(nameOf('postgres://h/o%27hara')).toBe("o'hara");
});
