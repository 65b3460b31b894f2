import { afterEach, describe, expect, test } from 'vitest';
import type { RevisionRow } from '../../src/engine/api.ts';
import { filterOf } from '../../src/tui/state/filter.ts';
import { demoRevisions, longHistory } from '../support/fake-engine.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

test('f shows only matching revisions, linked across hidden ones, and Esc shows everything again', async () => {
  const app = await openScreen();
  await app.sees('3 pending', '1/5');
  await app.press('f');
  await app.sees('filter', 'Tab show all');
  await app.type('add_');
  await app.sees('filter "add_"', '3 of 5');
  await app.seesNot('initial_schema  ');
  await app.press('Enter');
  expect(app.text()).toMatch(/○ .*add_last_read_at.*\n.*│ ○ .*add_reactions.*\n.*├─╯.*\n.*● .*add_user_id/);
  await app.press('Esc');
  await app.sees('1/5', 'initial_schema');
  await app.seesNot('filter "');
});

test('Z folds the straight lines of the graph, and unfolds them', async () => {
  const line = Array.from(
    { length: 30 },
    (_, at) => `Migration202601${String(at + 1).padStart(2, '0')}000000_r${at}`,
  );
  const revisions = line.map((id, at) => ({ id, revises: at === 0 ? [] : [line[at - 1] as string] }));
  const fork = { id: 'Migration20260201000000_fork', revises: [line[10] as string] };
  const app = await openScreen({ revisions: [...revisions, fork], applied: line.slice(0, 21) });
  await app.sees('1/31', '_r28'.slice(1));
  await app.press('Z');
  await app.sees('History  folded', '5 of 31');
  expect(app.text()).toMatch(/fork \(head\)[\s\S]* r29 \(head\)[\s\S]* r20 \(current\)[\s\S]* r10[\s\S]* r0/);
  await app.seesNot(' r28');
  // The lines r28 to r21, r19 to r11, and r9 to r1 are hidden.
  expect(app.text()).toMatch(/r29 \(head\) … 8 [\s\S]*r20 \(current\) … 9 [\s\S]*r10 … 9 revisions/);
  await app.press('Z');
  await app.sees('1/31');
  await app.seesNot('… 9 revisions');
});

test('the cursor stays on its revision when the filter comes and goes', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('G', 'k');
  await app.sees(/▸ .*add_user_id/);
  await app.press('f');
  await app.type('is:applied');
  await app.sees('2 of 5', /▸ .*add_user_id/);
  await app.press('Enter', 'Esc');
  await app.sees('4/5', /▸ .*add_user_id/);
});

test('a filter without matches shows nothing, which differs from a project without revisions', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.type('zzz');
  await app.sees('no revisions match the filter', 'Esc clears it');
  await app.seesNot('no revision yet');
  await app.press('Esc');
  await app.sees('1/5');
});

test('if its revision is hidden the cursor moves to an older one, and Esc in the prompt restores it', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.type('is:current');
  await app.sees('1 of 5', /▸ .*add_user_id/);
  await app.press('Esc');
  await app.sees('1/5', /▸ .*add_last_read_at/);
});

test('Tab turns a search into a filter and back', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('/');
  await app.type('fill');
  await app.sees('Tab filter', '1 of 1', 'initial_schema');
  await app.press('Tab');
  await app.sees('filter "fill"', '1 of 5');
  await app.press('Tab');
  await app.sees('/5', 'initial_schema');
  await app.press('Esc');
  await app.sees('1/5');
});

test('a filter is changed by f, and kept while another pane is searched', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.type('add');
  await app.press('Enter', 'f');
  await app.type('_reac');
  await app.sees('filter "add_reac"', '1 of 5');
  await app.press('Enter', '4', '/');
  await app.type('table');
  await app.press('Enter', 'Esc');
  await app.sees('filter "add_reac"', '1 of 5');
});

test('matches are highlighted, on the selected line too', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.type('add_last');
  await app.press('Enter');
  await app.sees('1 of 5');
  // Black on yellow, over the line's own background.
  expect(app.terminal.coloured().join('\n')).toMatch(/38;5;234[^a-z]*(m\S*)?48;5;221m\S*add_last/);
});

test('no matches: it says so, and lists the keywords', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.type('nope');
  await app.sees('no matching revisions', 'is:pending', '0 of 5');
  await app.press('Enter', 'u');
  await app.sees('Upgrade to');
});

test('u and d still refer to the selected revision', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.type('is:pending fill');
  await app.press('Enter', 'u');
  await app.sees('1 step on chat', 'fill_text_length');
  await app.press('Enter');
  await app.sees('1 step done');
  await app.press('Enter');
  // It is no longer pending.
  await app.sees('no matching revisions', '0 of 5', '2 pending');
  await app.press('f');
  await app.type('\u0015is:applied init');
  await app.press('Enter', 'd');
  await app.sees('on chat', 'down');
});

test('jumps report when the filter hides their target', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.type('initial');
  await app.press('Enter', 'p');
  await app.sees('hidden by the filter: Esc clears it');
});

test('10,000 revisions are filtered while typing', async () => {
  const app = await openScreen({ revisions: longHistory(10_000), applied: [] });
  await app.sees('1/10000');
  await app.press('f');
  await app.type('99');
  await app.sees('filter "99"', /\b\d{2,3} of 10000/);
});

describe('a filter matches', () => {
  const row = (over: Partial<RevisionRow>): RevisionRow => ({
    id: 'Migration20260101000000_add_chats',
    shortId: '20260101000000',
    slug: 'add_chats',
    revises: [demoRevisions[0]!.id],
    dependsOn: [],
    labels: ['Billing'],
    replaces: [],
    state: 'pending',
    appliedAt: null,
    inferred: false,
    marks: [],
    edited: false,
    outOfOrder: false,
    file: null,
    ...over,
  });

  test.each<[string, Partial<RevisionRow>, boolean]>([
    ['', {}, true],
    ['CHATS', {}, true],
    ['20260101', {}, true],
    ['chats add', {}, true],
    ['chats drop', {}, false],
    ['bill', {}, true],
    ['label:bill', {}, true],
    ['label:illing', {}, false],
    ['is:pending', {}, true],
    ['is:applied', {}, false],
    ['is:p', {}, true],
    ['is:', {}, true],
    ['is:nonsense', {}, false],
    ['is:missing', { state: 'missing' }, true],
    ['is:edited', { edited: true }, true],
    ['is:head', { marks: ['head'] }, true],
    ['is:current', { marks: ['head'] }, false],
    ['is:base', { revises: [] }, true],
    ['is:base', { revises: [], state: 'missing' }, false],
    ['is:outoforder label:billing chats', { outOfOrder: true }, true],
  ])('%j of %j: %j', (filter, over, wanted) => {
    expect(filterOf(filter)(row(over))).toBe(wanted);
  });
});
