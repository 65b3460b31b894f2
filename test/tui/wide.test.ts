import { afterEach, expect, test } from 'vitest';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

test('from 140 columns on, the history shows the age, the author and the duration', async () => {
  const app = await openScreen({ columns: 140 });
  await app.sees(/add_user_id_to_chats \(current\) +2h Ana/, /add_reactions \(head\).* 2d Ana/);
  await app.press('u', 'Enter');
  await app.sees('Upgrade done');
  await app.press('Enter');
  await app.sees(/fill_text_length.*Ana .* \d+ ms/);
  await app.press('t');
  await app.sees(/add_reactions \(head\).* 2026-\d\d-\d\d Ana/);
  await app.resize(120, 36);
  await app.seesNot(/fill_text_length.*Ana .* \d+ ms/);
});

test('a wide screen shows the size, and optionally the other contexts in which a revision is applied', async () => {
  const app = await openScreen({ columns: 200 });
  await app.sees(/fill_text_length.* 2 stmts/);
  await app.press('q');
  const other = await openScreen({
    columns: 200,
    settings: { columns: ['contexts'] },
    project: { contexts: ['default', 'staging', 'live'] },
    arrivals: [
      { context: 'staging', applied: ['Migration20261101090000_initial_schema'], failure: null },
      { context: 'live', applied: [], failure: { code: 'database-refused', message: 'no such role' } },
    ],
  });
  await other.sees(/initial_schema .*staging/, 'live: no such role');
  await other.seesNot(/add_reactions.*staging/);
});

test('the columns are chosen in the settings', async () => {
  const app = await openScreen({ columns: 140, settings: { columns: ['author'] } });
  await app.sees(/add_user_id_to_chats \(current\) +Ana/);
  await app.seesNot(/\(current\) +2h/);
});

test('the head is marked for any name and labels', async () => {
  const id = `Migration20260101000000_${'a_rather_long_name_'.repeat(4)}`;
  for (const columns of [60, 120, 140]) {
    const app = await openScreen({
      columns,
      revisions: [{ id, revises: [], labels: ['a-label', 'another-label'], inferred: true }],
      applied: [],
    });
    await app.sees(/a_rather.*….* ° \(head\)/, '° inferred');
    await app.press('q');
  }
});

test('a calm screen has two panes; the others replace them while focused', async () => {
  const app = await openScreen({ settings: { layout: 'calm' } });
  await app.sees('2 History', '4 20261120101500');
  expect(app.text()).not.toMatch(/1 Current|3 Pending|5 Log/);
  await app.press('3');
  await app.sees('3 Pending');
  await app.seesNot('2 History');
  await app.press('5');
  await app.sees('5 Log', 'connected', '2 History');
});
