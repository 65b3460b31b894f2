import { describe, expect, test } from 'vitest';
import { cutBatches } from '../../src/database/run/batches.ts';

const up = { action: 'up', transactional: true } as const;
const alone = { action: 'up', transactional: false } as const;
const log = { action: 'log', transactional: true } as const;
const cuts = (steps: Parameters<typeof cutBatches>[0], options = {}) =>
  cutBatches(steps, { transactional: true, allOrNothing: true, ...options }).map(
    batch => `${batch.transactional ? '' : '!'}${batch.steps.join(',')}`,
  );

describe('a plan is divided into transactions', () => {
  test('one for all if the config says all or nothing', () => {
    expect(cuts([up, up, up])).toEqual(['0,1,2']);
  });

  test('one for each revision otherwise', () => {
    expect(cuts([up, up, up], { allOrNothing: false })).toEqual(['0', '1', '2']);
  });

  test('a revision without a transaction is separate, and no other transaction is open', () => {
    expect(cuts([up, up, alone, up, up])).toEqual(['0,1', '!2', '3,4']);
    expect(cuts([alone, alone])).toEqual(['!0', '!1']);
  });

  test('transactional: false in the config means that no revision has one', () => {
    expect(cuts([up, up], { transactional: false })).toEqual(['!0', '!1']);
    expect(cuts([up, up], { transactional: false, override: 'all' })).toEqual(['!0', '!1']);
  });

  test('--transaction overrides the config', () => {
    expect(cuts([up, up], { override: 'each' })).toEqual(['0', '1']);
    expect(cuts([up, alone, up, up], { allOrNothing: false, override: 'all' })).toEqual(['0', '!1', '2,3']);
  });

  test('the log rows of a stamp are one transaction regardless of the config', () => {
    expect(cuts([log, { action: 'unlog', transactional: true }, log], { allOrNothing: false })).toEqual([
      '0,1,2',
    ]);
    expect(cuts([log, log], { transactional: false })).toEqual(['0,1']);
  });

  test('nothing to do needs no transaction', () => {
    expect(cuts([])).toEqual([]);
  });
});
