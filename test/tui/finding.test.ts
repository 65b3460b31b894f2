import { afterEach, expect, test } from 'vitest';
import { longHistory } from '../support/fake-engine.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

test('/ finds text in a plan, and no key of the search confirms it', async () => {
  const revisions = longHistory(60);
  const app = await openScreen({ columns: 120, rows: 24, revisions, applied: [] });
  await app.sees('60 pending');
  await app.press('u');
  await app.sees('Upgrade', '/ search');
  const last = 'change_number_59';
  await app.press('/');
  await app.sees('Enter keep   Esc cancel');
  await app.type(last);
  await app.sees(`/ ${last}`, /1 of \d/, /53 up +\d+ change_number_59/);
  await app.press('Enter', 'Enter', 'Enter');
  await app.sees('n next   N previous   Esc end');
  expect(app.engine.calls).not.toContain('run');
  await app.press('/');
  await app.type('no such text');
  await app.sees('no matches');
  await app.press('Esc');
  await app.sees('Upgrade', '/ search');
  await app.press('Esc');
  await app.seesNot('Upgrade on');
});

test('a pasted text is searched, n and N cycle through its matches', async () => {
  const app = await openScreen({ columns: 120, rows: 16, revisions: longHistory(40), applied: [] });
  await app.sees('40 pending');
  await app.press('u');
  await app.sees('/ search');
  await app.press('/');
  await app.paste('change_number_1');
  await app.sees(/1 of \d+/);
  await app.press('Enter', 'n');
  await app.sees(/2 of \d+/);
  await app.press('N', 'N');
  await app.sees(/(\d+) of \1 /);
});

test('the header says what is being waited for, and where, until the answer arrives', async () => {
  const app = await openScreen({ columns: 140 });
  await app.sees('3 pending');
  app.engine.emit({
    type: 'waiting',
    at: new Date(0).toISOString(),
    for: 'answer',
    where: 'db.staging:5432',
    ms: 5_000,
  });
  await app.sees(/migtui.*waiting for an answer: db\.staging:5432 · 5/);
  await app.press('r');
  await app.sees(/migtui(?!.*waiting for)/, 'reloading');
});
