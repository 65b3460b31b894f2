import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grouped } from '../../src/foundation/grouped.ts';
import { mapStrings } from '../../src/foundation/map-strings.ts';

it('groups the digits of a number as Intl does', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -2000, max: 2000 }), fc.double()),
      number => {
        // Intl writes the negative zero as -0.
        expect(grouped(number)).toBe((number === 0 ? 0 : number).toLocaleString('en-US'));
      },
    ),
  );
});

it('changes every string of a value, and returns the same value where nothing changes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), value => {
      expect(mapStrings(value, text => text)).toBe(value);
      const changed = mapStrings(value, text => `<${text}>`);
      expect(JSON.stringify(mapStrings(changed, text => text.slice(1, -1)))).toBe(JSON.stringify(value));
      const wrapped = JSON.parse(JSON.stringify(value), (_, inner) =>
        typeof inner === 'string' ? `<${inner}>` : inner,
      );
      expect(JSON.stringify(changed)).toBe(JSON.stringify(wrapped));
    }),
  );
});

it('changes a string in a property with the name __proto__', () => {
  const changed = mapStrings(JSON.parse('{"__proto__": "secret", "a": 1}'), () => '***');
  expect(JSON.stringify(changed)).toBe('{"__proto__":"***","a":1}');
});
