import { afterEach, expect, test } from 'vitest';
import type { RehearsedStep } from '../../src/engine/api.ts';
import { findingOf } from '../support/findings.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

const same = { outcome: 'same', differences: [], failure: null } as const;
const step = (more: Partial<RehearsedStep>): RehearsedStep => ({
  revision: 'Migration20261113100000_fill_text_length',
  action: 'up',
  ok: true,
  effects: [{ sign: '+', object: 'messages.text_length', words: 'messages.text_length int' }],
  failure: null,
  undone: same,
  redone: same,
  ...more,
});

test('R rehearses the plan: differences after the downgrade are named, and the plan keeps the result', async () => {
  const app = await openScreen({
    planRehearsal: {
      ok: false,
      steps: [
        step({}),
        step({
          revision: 'Migration20261120101500_add_last_read_at',
          ok: false,
          undone: {
            outcome: 'differs',
            differences: [{ sign: '+', object: 'chats.left_over', words: 'chats.left_over int' }],
            failure: null,
          },
          redone: { outcome: 'untried', differences: [], failure: null },
        }),
      ],
      caveats: ['Tested on empty tables.'],
    },
  });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps');
  await app.press('R');
  await app.sees(
    'Rehearsal',
    'the downgrade fails or differs for 1 of 2 steps',
    'down() restores the schema',
    'after down() the schema differs:',
    '+ chats.left_over int',
    'Tested on empty tables.',
  );
  await app.press('Esc');
  await app.seesNot('Tested on empty tables.');
  await app.sees('the downgrade fails or differs for 1 of 2 steps');
  await app.press('R');
  await app.sees('Tested on empty tables.');
  expect(app.engine.calls.filter(call => call === 'rehearsePlan')).toHaveLength(1);
  await app.press('Esc', 'Esc', '5', 'z', 'G');
  await app.sees('$ migtui rehearse Migration20261120101500_add_last_read_at');
});

test('R if everything is restored, and if there is no down()', async () => {
  const none = { outcome: 'none', differences: [], failure: null } as const;
  const good = await openScreen({ planRehearsal: { steps: [step({})] } });
  await good.sees('3 pending');
  await good.press('u');
  await good.sees('2 steps');
  await good.press('R');
  await good.sees('every step runs, and the downgrade restores the schema');
  const bad = await openScreen({
    planRehearsal: { ok: false, steps: [step({ ok: false, undone: none, redone: none })] },
  });
  await bad.sees('3 pending');
  await bad.press('u');
  await bad.sees('2 steps');
  await bad.press('R');
  await bad.sees('1 of 1 step cannot be undone', 'there is no down(): it cannot be undone');
});

test('while the name is typed, the Ctrl key does it: the letter is part of the name', async () => {
  const app = await openScreen({ project: { protected: true }, planRehearsal: { steps: [step({})] } });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('Type chat', 'Ctrl-R rehearse');
  await app.press('C-r');
  await app.sees('every step runs');
});

test('b takes a backup first: announced, its size while it is written, its location and how to restore it', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { holdBackup: true };
  await app.press('u');
  await app.sees('2 steps');
  await app.press('b');
  await app.sees('Backup first, to backups');
  await app.press('Enter');
  await app.sees('backing up the database', '4.5 MB written (database size: 120 MB)');
  app.engine.release();
  await app.sees(
    'Upgrade done',
    'Backup: /home/ana/chat/backups/chat.dump, 4.5 MB',
    'Restore it with: pg_restore',
  );
  expect(app.engine.ranWith[0]?.backup).toEqual({ folder: 'backups', format: 'custom' });
  await app.press('Enter', '5', 'z', 'g');
  await app.sees('--backup --yes');
});

test('the settings require a backup before every run, and b skips it', async () => {
  const backup = { always: true, folder: 'safe', format: 'custom' } as const;
  const app = await openScreen({ settings: { backup } });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('Backup first, to safe');
  await app.press('Enter');
  await app.sees('Upgrade done');
  expect(app.engine.ranWith[0]?.backup?.folder).toBe('safe');
  await app.press('Enter', 'U', 'h');
  await app.sees('Backup first');
  await app.press('b');
  await app.seesNot('Backup first');
  await app.press('Enter');
  await app.sees('Upgrade done');
  expect(app.engine.ranWith[1]?.backup).toBeUndefined();
  await app.press('Enter', '5', 'z', 'g');
  await app.sees('--no-backup --yes');
});

test('a stamp runs no migrations: nothing to back up or to rehearse', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('s');
  await app.sees('Stamp');
  await app.press('Enter');
  await app.sees('log rows only');
  await app.press('b');
  await app.sees('it runs no migrations');
});

test('the rules of a protected database: a backup is on, and a missing rehearsal is one key away', async () => {
  const setBy = 'protected[0].rehearsal in migtui.config.json';
  const rules = { setBy, reason: 'Production.', words: '', next: 'Rehearse it: migtui rehearse.' };
  const app = await openScreen({
    project: { protected: true },
    planRehearsal: { steps: [step({})] },
    policy: calls => [
      { ...rules, rule: 'backup', state: 'asked', message: 'a backup is taken first' },
      calls.includes('rehearsePlan')
        ? { ...rules, rule: 'rehearsal', state: 'met', message: 'rehearsed 1 s ago' }
        : { ...rules, rule: 'rehearsal', state: 'broken', message: 'it wants a rehearsal of this plan' },
    ],
  });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('Forbidden here: it wants a rehearsal', setBy, 'Production.', 'Press R to', 'Backup first');
  // No rule requires typing the name.
  expect(app.text()).not.toContain('Type chat');
  await app.press('Enter');
  await app.seesNot('Upgrade done');
  expect(app.engine.calls).not.toContain('run');
  await app.press('R');
  await app.sees('every step runs');
  await app.press('Esc');
  await app.seesNot('Forbidden here');
  await app.press('b');
  await app.sees('This database requires a backup');
  await app.press('Enter');
  await app.sees('requires a backup: press b');
  expect(app.engine.calls).not.toContain('run');
  await app.press('b', 'Enter');
  await app.sees('Upgrade done');
  expect(app.engine.ranWith[0]?.backup).toBeDefined();
});

test('a finding that was measured on a copy shows how long the lock was held', async () => {
  const measured = { lock: 'SHARE', ms: 12_400, rewritten: false } as const;
  const app = await openScreen({ findings: [findingOf({ measured })] });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('measured on a copy: SHARE for 12.4 s');
});

test('where a name is typed, the rules name the keys that work beside it', async () => {
  const setBy = 'protected[0] in migtui.config.json';
  const rules = { setBy, reason: null, words: '', next: '' };
  const app = await openScreen({
    project: { protected: true },
    policy: () => [
      { ...rules, rule: 'confirm', state: 'asked', message: '' },
      { ...rules, rule: 'rehearsal', state: 'broken', message: 'a rehearsal is required' },
    ],
  });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('Type chat', 'Press Ctrl-R to rehearse');
});
