import { afterEach, expect, test } from 'vitest';
import type { Finding } from '../../src/engine/api.ts';
import { demoRevisions } from '../support/fake-engine.ts';
import { findingOf, requiredColumn } from '../support/findings.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

const dropped = findingOf({
  action: 'down',
  rule: 'drop-column',
  severity: 'warning',
  statement: 'alter table "chats" drop column "last_read_at"',
  message: 'The values of chats.last_read_at are lost.',
  remedy: 'Drop it in a later release.',
  place: { file: null, line: null, index: 0 },
});
const noted = findingOf({ rule: 'wide-index', severity: 'note', message: 'It is wide.', remedy: '' });

test('the Findings tab: the findings of both directions, dangers first', async () => {
  const app = await openScreen({ findings: [noted, dropped, findingOf(), requiredColumn] });
  await app.sees('3 pending');
  await app.press('[', '[');
  await app.sees(
    'Findings 2',
    '1 danger, 1 warning, 1 note',
    'Writes to chats wait until',
    'index-blocks-writes',
    'chats (about 1,204,331 rows, 340 MB): SHARE lock',
    'Instead: Create the index concurrently',
    'migrations/Migration20261120101500_add_last_read_at.ts:12',
  );
  await app.press('4', 'G');
  await app.sees('Down SQL', 'It is wide.');
  await app.seesNot('text_length must not be null');
  const order = ['Writes to chats', 'The values of', 'It is wide.'];
  await app.press('z', 'g');
  const text = app.text();
  expect(order.map(one => text.indexOf(one))).toEqual(
    order.map(one => text.indexOf(one)).toSorted((a, b) => a - b),
  );
  expect(app.engine.calls.filter(call => call === 'lint')).toHaveLength(1);
});

test('a revision without findings says so', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('[', '[');
  await app.sees('no findings');
});

test('a plan counts its findings, shows the most severe, and all of them with remedies', async () => {
  const app = await openScreen({ findings: [noted, findingOf(), requiredColumn] });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 dangers', 'Writes to chats wait until', 'blocks writes', 'messages.text_length must not');
  await app.seesNot('It is wide.', 'Instead:');
  await app.press('Down', 'Tab');
  await app.sees('It is wide.', 'Instead: Create the index concurrently', 'create index "chats_last_read');
});

test('a loss is shown once, with its lock and remedy when the step is expanded', async () => {
  const lost = findingOf({
    revision: 'Migration20261110120000_add_user_id_to_chats',
    action: 'down',
    rule: 'drop-column',
    message: 'The values of chats.user_id are lost; running clients that name it fail.',
    lock: 'ACCESS EXCLUSIVE',
    remedy: 'First deploy clients that do not use it.',
  });
  const app = await openScreen({ findings: [lost] });
  await app.sees('3 pending');
  await app.press('d');
  await app.sees('undo the current revision');
  await app.press('n');
  await app.sees('drops column chats.user_id: 312 rows have a value');
  await app.press('Tab');
  await app.sees('drop-column', 'ACCESS EXCLUSIVE', 'Instead: First deploy clients');
  await app.seesNot('are lost');
  expect(app.text().match(/chats\.user_id/g)).toHaveLength(1);
});

test('thirty findings of one step: the worst three, and how many more', async () => {
  const many = Array.from(
    { length: 30 },
    (_, index): Finding =>
      findingOf({ severity: index < 25 ? 'warning' : 'danger', message: `finding number ${index}` }),
  );
  const app = await openScreen({ findings: many });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('5 dangers, 25 warnings', 'finding number 25', 'finding number 27', 'and 27 more');
  await app.seesNot('finding number 28', 'finding number 0');
});

test('a plan without findings mentions none', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps on chat');
  expect(app.text()).not.toMatch(/danger|to do instead/);
});

test('w counts the failing rows, and shows the first keys', async () => {
  const app = await openScreen({ findings: [findingOf(), requiredColumn] });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('messages.text_length must not');
  await app.press('w');
  await app.sees(
    '1 statement would fail because of existing rows',
    '1,204 rows would make it fail',
    '{"id": 3}',
  );
  await app.press('Esc', '5', 'z', 'G');
  await app.sees('$ migtui lint --with-rows');
});

test('w without failing rows, and if it is not possible', async () => {
  const fine = { ...requiredColumn, inTheWay: { count: 0, examples: [], failure: null } };
  const app = await openScreen({ findings: [fine] });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps');
  await app.press('w');
  await app.sees('No row would make a statement fail.', 'no row would make it fail');
  await app.press('Esc', 'j', 'j', 'j', 'd', 'n');
  await app.sees('1 step on chat');
  await app.press('C-t');
  await app.sees('only for what goes up');
});

test('f drafts the safe form of the selected dangerous step, and the stale plan is closed', async () => {
  const app = await openScreen({ findings: [findingOf()] });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps');
  await app.press('f');
  await app.sees('no danger in this step');
  await app.press('Down', 'f');
  await app.sees('Safe form', '1 of 2 statements', 'new  migrations/Migration20261201120000_indexes.ts');
  await app.press('Enter');
  await app.sees('Written');
  await app.press('Enter');
  await app.sees('4 pending');
  await app.seesNot('2 steps on chat');
  await app.press('5', 'z', 'G');
  await app.sees('$ migtui lint Migration20261120101500_add_last_read_at --fix --yes');
});

test('x drafts the split that the plan suggests, and says if there is none', async () => {
  const revision = 'Migration20261113100000_fill_text_length';
  const warning = { code: 'new-enum-value', message: 'The value is new.', revisions: [revision] };
  const app = await openScreen({ warnings: [warning] });
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('The value is new.', 'x split');
  await app.press('x');
  await app.sees('Split', 'with_new_values', `moves to`);
  await app.press('Esc', 'Esc');
  const plain = await openScreen();
  await plain.sees('3 pending');
  await plain.press('u');
  await plain.sees('2 steps');
  await plain.press('x');
  await plain.sees('no revision adds an enum value');
});

test('at 80 columns every tab fits, and a click selects it', async () => {
  const app = await openScreen({ columns: 80, rows: 24, findings: [findingOf()] });
  await app.sees('3 pending', 'Up Down Source Effect Findings Journal');
  const row = app
    .text()
    .split('\n')
    .findIndex(line => line.includes('Effect Findings'));
  await app.click((app.text().split('\n')[row] ?? '').indexOf('Findings') + 1, row);
  await app.sees('Findings 1 Journal', 'Writes to chats wait');
});

test('in the tab, W counts the failing rows and L drafts the safe form', async () => {
  const app = await openScreen({ findings: [requiredColumn], revisions: demoRevisions.slice(0, 3) });
  await app.sees('1 pending');
  await app.press('L');
  await app.sees('only in the Findings tab');
  await app.press('[', '[');
  await app.sees('messages.text_length must not be null', 'L safe form');
  await app.press('W', '4', 'z');
  await app.sees('1,204 rows would make it fail', '{"id": 3}');
  await app.press('L');
  await app.sees('Safe form', 'new  migrations/');
  await app.press('Esc', 'Esc', 'j', 'L');
  await app.sees('only for revisions that are not applied');
});
