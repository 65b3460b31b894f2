import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Limiter } from '../../src/fleet/limiter.ts';
import { fleetResult, resultOf } from '../../src/fleet/result.ts';
import type { Target } from '../../src/fleet/target.ts';
import { cutWaves } from '../../src/fleet/waves.ts';
import { Failure } from '../../src/foundation/failure.ts';

const target = (name: string, ...tags: string[]) => ({ name, tags, group: name[0] });
const shown = (waves: readonly { name: string; targets: readonly { name: string }[] }[]) =>
  waves.map(({ name, targets }) => `${name}: ${targets.map(one => one.name).join(' ')}`);

describe('waves', () => {
  const targets = ['a1', 'a2', 'a3', 'b1', 'c1'].map(name => target(name, name === 'a3' ? 'pilot' : 'x'));
  const cut = (...waves: Parameters<typeof cutWaves>[1]) => shown(cutWaves(targets, waves, one => one.group));

  test('none means one wave with all', () => {
    expect(cut()).toEqual(['rest: a1 a2 a3 b1 c1']);
  });

  test('the canary wave contains a target of every group', () => {
    expect(cut({ name: 'canary', targets: 3 })).toEqual(['canary: a1 b1 c1', 'rest: a2 a3']);
  });

  test('by tags, by percentage, and without a name', () => {
    expect(cut({ tags: ['pilot'] }, { name: 'half', percent: 50 })).toEqual([
      'wave 1: a3',
      'half: a1 b1 c1',
      'rest: a2',
    ]);
    expect(cut({ name: 'all', percent: 100 })).toEqual(['all: a1 b1 c1 a2 a3']);
  });

  test('every target is in exactly one wave', () => {
    const wave = fc.oneof(
      fc.record({ targets: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
      fc.record({ tags: fc.constant(['t']), targets: fc.integer({ min: 1, max: 3 }) }),
    );
    const one = fc.record({
      name: fc.string(),
      tags: fc.constantFrom([], ['t']),
      group: fc.integer({ max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(one), fc.array(wave, { maxLength: 4 }), (targets, waves) => {
        const all = cutWaves(targets, waves, ({ group }) => group).flatMap(wave => wave.targets);
        expect(new Set(all)).toEqual(new Set(targets));
        expect(all.length).toBe(targets.length);
      }),
    );
  });
});

test('a busy server gets half as many, and slowly more again', () => {
  const limiter = new Limiter(8);
  for (let at = 0; at < 8; at++) limiter.begin();
  expect(limiter.free).toBe(false);
  const first = limiter.busy();
  expect(limiter.parallel).toBe(4);
  expect(limiter.busy()).toBeGreaterThan(first);
  for (let at = 0; at < 5; at++) limiter.busy();
  expect(limiter.parallel).toBe(1);
  const grown = Array.from({ length: 200 }, () => {
    limiter.begin();
    return limiter.end();
  });
  expect(grown.filter(Boolean).length).toBe(7);
  expect(limiter.parallel).toBe(8);
});

test('failures that differ only in the name of the target are grouped', () => {
  const targets = new Map<string, Target>(
    ['tenant_1', 'tenant_2', 'other'].map(name => [
      name,
      { name, tags: [], context: null, database: null, schema: name },
    ]),
  );
  const failed = (name: string, message: string) =>
    resultOf(targets.get(name) as Target, 5, new Failure({ code: 'sql', message }));
  const { errors, counts } = fleetResult(
    [
      failed('other', 'no space'),
      failed('tenant_1', 'relation "tenant_1.x" is there'),
      failed('tenant_2', 'relation "tenant_2.x" is there'),
      resultOf(targets.get('other') as Target, 5, new Failure({ code: 'cancelled', message: 'Cancelled.' })),
    ],
    targets,
    null,
    10,
  );
  expect(errors.map(({ targets }) => targets)).toEqual([['tenant_1', 'tenant_2'], ['other']]);
  expect(counts).toEqual({ done: 0, there: 0, failed: 3, 'not tried': 1 });
});
