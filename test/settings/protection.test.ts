import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/foundation/failure.ts';
import { type Hours, isWithin, parseHours } from '../../src/settings/hours.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { makeFolder } from '../support/project.ts';

async function load(project: unknown, user?: unknown) {
  const root = await makeFolder('settings');
  const home = await makeFolder('home');
  await writeFile(join(root, 'migtui.config.json'), JSON.stringify({ protected: project }));
  await mkdir(join(home, 'migtui'));
  if (user !== undefined)
    await writeFile(join(home, 'migtui/config.json'), JSON.stringify({ protected: user }));
  const { protected: protections } = await loadSettings(root, { XDG_CONFIG_HOME: home });
  // Unset properties have no effect.
  return JSON.parse(JSON.stringify(protections).replaceAll(home, '~')) as unknown;
}

describe('the setting "protected"', () => {
  test.each([
    [false, []],
    [true, [{ setBy: 'protected in migtui.config.json' }]],
    [
      ['staging', { context: 'production', backup: true }],
      [
        { setBy: 'protected[0] in migtui.config.json', contexts: ['staging'] },
        { setBy: 'protected[1] in migtui.config.json', contexts: ['production'], backup: true },
      ],
    ],
    [
      { host: ['*.prod', 'db'], database: 'shop', rehearsal: true, hours: '09:00-10:00', reason: 'r' },
      [
        {
          setBy: 'protected in migtui.config.json',
          hosts: ['*.prod', 'db'],
          databases: ['shop'],
          rehearsal: { within: 86_400_000, data: false, allowMissingDown: false },
          hours: ['09:00-10:00'],
          reason: 'r',
        },
      ],
    ],
    [
      { rehearsal: { within: '2h', data: true } },
      [
        {
          setBy: 'protected in migtui.config.json',
          rehearsal: { within: 7_200_000, data: true, allowMissingDown: false },
        },
      ],
    ],
  ])('%j', async (written, expected) => {
    expect(await load(written)).toEqual(expected);
  });

  test('project settings weaken no protection of the user settings', async () => {
    expect(await load(false, { database: 'shop' })).toEqual([
      { setBy: 'protected in ~/migtui/config.json', databases: ['shop'] },
    ]);
    expect(await load(['a'], true)).toMatchObject([{ contexts: ['a'] }, {}]);
  });

  test.each([
    [[{ backup: 'yes' }], '"protected.0.backup" must be true or false, not "yes"'],
    [{ hours: 'noon' }, /^"protected\.hours" must be hours such as "Mon-Thu .*, not "noon"$/],
    [
      { hour: '09:00-10:00' },
      /^there is no setting "protected\.hour"; "protected" must be true, false, a rule/,
    ],
    [{ findings: 'bad' }, /^"protected\.findings" must be one of "danger", "warning", "note"/],
    [{ rehearsal: { within: 'soon' } }, /^"protected\.rehearsal\.within" must be a duration/],
    [{ writers: 'me' }, /^"protected\.writers" must be one of "anyone", "ci", "nobody"/],
    [[5], '"protected.0" must be a context or a rule, not 5'],
  ])('%j is refused with its location', async (written, words) => {
    const failure = await load(written).then(
      () => null,
      (error: Failure) => error,
    );
    const [problem] = failure?.problems ?? [];
    if (typeof words === 'string') expect(problem?.message).toBe(words);
    else expect(problem?.message).toMatch(words);
  });
});

describe('hours', () => {
  const at = (text: string): Date => new Date(`2026-11-${text}Z`);

  test.each([
    // 23 November 2026 is a Monday..
    ['Mon-Thu 09:00-16:00', '23T09:00', true],
    ['Mon-Thu 09:00-16:00', '23T08:59:59', false],
    ['Mon-Thu 09:00-16:00', '23T15:59:59', true],
    ['Mon-Thu 09:00-16:00', '23T16:00', false],
    ['Mon-Thu 09:00-16:00', '27T10:00', false],
    ['Mon,Wed 09:00-16:00', '24T10:00', false],
    ['mon,wednesday 09:00-16:00', '25T10:00', true],
    ['Sat-Mon 09:00-16:00', '22T10:00', true],
    ['Sat-Mon 09:00-16:00', '24T10:00', false],
    ['09:00-24:00', '22T23:59', true],
    ['Mon 09:00-16:00 Europe/Berlin', '23T08:00', true],
    ['Mon 09:00-16:00 Europe/Berlin', '23T15:00', false],
    // Over midnight: the night belongs to the day on which it begins.
    ['Mon 22:00-04:00', '23T23:00', true],
    ['Mon 22:00-04:00', '24T03:59', true],
    ['Mon 22:00-04:00', '24T04:00', false],
    ['Mon 22:00-04:00', '23T03:00', false],
  ])('%s at %s', (text, moment, expected) => {
    expect(isWithin(parseHours(text) as Hours, at(moment))).toBe(expected);
  });

  test.each([
    '',
    '9-17',
    'Mo 09:00-17:00',
    '09:00-09:00',
    '25:00-26:00',
    '09:60-10:00',
    '09:00-17:00 Mars/Base',
    'Mon- 09:00-17:00',
    '24:00-01:00',
  ])('%j is not hours', text => {
    expect(parseHours(text)).toBeNull();
  });

  test('every minute of the week is in the hours or in their complement', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const clock = (at: number): string =>
      `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 0, max: 10_079 }), (from, to, offset) => {
        fc.pre(from !== to);
        const moment = new Date(Date.UTC(2026, 10, 23) + offset * 60_000);
        const [inside, outside] = [`${clock(from)}-${clock(to)}`, `${clock(to)}-${clock(from)}`].map(text =>
          isWithin(parseHours(text) as Hours, moment),
        );
        expect(inside).not.toBe(outside);
      }),
    );
  });
});
