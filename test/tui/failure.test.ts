import { afterEach, expect, test } from 'vitest';
import { noting } from '../support/editor.ts';
import { requiredColumn } from '../support/findings.ts';
import { closeScreens, openScreen, type ScreenOptions } from '../support/screen.ts';

afterEach(closeScreens);

const fill = 'Migration20261113100000_fill_text_length';
const failure = {
  code: 'sql',
  message: 'column "txt" does not exist',
  next: 'Repair the revision and try again.',
  sql: {
    sqlState: '42703',
    detail: 'There is a column named "text".',
    hint: 'Perhaps you meant to reference the column "messages.text".',
    statement: 'update "messages"\nset "text_length" = length("txt")\nwhere true',
    position: 46,
  },
};

async function failed(options: ScreenOptions = {}, unsettled = false) {
  const app = await openScreen(options);
  await app.sees('3 pending');
  app.engine.trouble = { fail: { revision: fill, failure, unsettled } };
  await app.press('u');
  await app.sees('2 steps');
  await app.press('Enter');
  await app.sees('Upgrade failed');
  return app;
}

test("PostgreSQL's own error, and its position", async () => {
  const app = await failed();
  await app.sees(
    'column "txt" does not exist',
    '42703',
    'There is a column named "text".',
    'Perhaps you meant',
    'Repair the revision',
  );
  const lines = app.terminal.lines();
  const at = lines.findIndex(line => line.includes('length("txt")'));
  expect(lines[at + 1]?.indexOf('^')).toBe(lines[at]?.indexOf('"txt"'));
  await app.sees('not run', 'current is now 20261110120000 add_user_id_to_chats');
});

test('on a narrow terminal, the footer keeps the key that closes the dialog', async () => {
  const app = await failed({ columns: 60, rows: 16 });
  expect(app.terminal.lines().at(-1)).toMatch(/r try again .*Esc close/);
});

test('try again makes a new plan', async () => {
  const app = await failed();
  await app.press('r');
  await app.sees('2 steps on chat');
  await app.press('Enter');
  await app.sees('Upgrade done');
});

test('the failed revision opens in the editor', async () => {
  const edited: string[] = [];
  const app = await failed({ edit: noting(edited) });
  await app.press('e');
  await app.sees('Upgrade failed');
  expect(edited).toEqual([`migrations/${fill}.ts`]);
});

test('the error is copied through the terminal', async () => {
  const app = await failed();
  await app.press('y');
  await app.sees('copied the error');
  const copied = /\u001b\]52;c;([^\u0007]+)\u0007/.exec(app.terminal.written)?.[1] ?? '';
  expect(Buffer.from(copied, 'base64').toString()).toContain('column "txt" does not exist\n42703');
});

test('a revision that ran outside a transaction is reported until it is resolved', async () => {
  const app = await failed({}, true);
  await app.sees('was interrupted', 'invalid index: public.messages_text_index');
  await app.press('x');
  await app.sees('Resolve an interrupted revision', 'Mark as applied', 'Mark as not applied');
  await app.press('Esc', 'Esc');
  await app.sees('1 interrupted');
  await app.press('x', 'a');
  await app.sees('3 applied');
  await app.seesNot('1 interrupted');
});

test('partial changes are reverted by its down(), or it is run again', async () => {
  const app = await failed({}, true);
  await app.press('Esc', 'x', 'd');
  await app.sees(/Remove partial changes of .*fill_text_length/, '1 down', 'Enter  run on');
  await app.press('Esc', 'x', 'r');
  await app.sees(/Upgrade to .*fill_text_length/);
  await app.press('Esc', 'x', 'd');
  await app.sees('Remove partial changes');
  await app.press('Enter');
  await app.sees('Downgrade done');
  await app.press('Enter');
  await app.seesNot('1 interrupted');
  await app.press('5', 'z');
  await app.sees(/migtui resolve \S*fill_text_length --down --yes/);
});

test('a failure after fifty revisions is visible first, also in a small terminal', async () => {
  const revisions = Array.from({ length: 51 }, (_, index) => ({
    id: `Migration202601${String(index + 100)}_step_${index}`,
    revises: index === 0 ? [] : [`Migration202601${String(index + 99)}_step_${index - 1}`],
    up: ['select 1'],
  }));
  const app = await openScreen({ revisions, applied: [], columns: 80, rows: 24 });
  await app.sees('51 pending');
  app.engine.trouble = { fail: { revision: revisions[50]?.id ?? '', failure } };
  await app.press('u');
  await app.sees('51 steps');
  await app.press('Enter');
  await app.sees('Upgrade failed', 'column "txt" does not exist', '50 rolled back');
});

test('an existing object suggests a stamp of the revision, or a check', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  const exists = { code: 'sql', message: 'relation "a" already exists', sql: { sqlState: '42P07' } };
  app.engine.trouble = { fail: { revision: fill, failure: exists } };
  await app.press('u', 'Enter');
  await app.sees('already exists', 's mark it as applied', 'c check the schema');
  await app.press('c');
  await app.sees('Check: clean');
  await app.press('Esc', 's');
  await app.sees(/Stamp to .*fill_text_length/);
});

const unsafe = { code: 'sql', message: 'unsafe use of new value "glad"', sql: { sqlState: '55P04' } };
const reads = 'Migration20261120101500_add_last_read_at';

test('an enum value of an earlier revision suggests a transaction for each', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { fail: { revision: reads, failure: unsafe } };
  await app.press('u', 'Enter');
  await app.sees('unsafe use', 't one transaction each');
  await app.press('t');
  await app.sees('2 steps on chat');
  await app.press('y');
  await app.sees('--transaction each');
});

test('an enum value of the same revision suggests a split: a transaction for each would fail again', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { fail: { revision: fill, failure: unsafe } };
  await app.press('u', 'Enter');
  await app.sees('unsafe use', 'p split the revision');
  await app.seesNot('t one transaction each');
  await app.press('t');
  await app.sees('a transaction for each revision would not help');
  await app.press('p');
  await app.sees('Split', 'with_new_values');
});

test('failing rows are counted, with the first keys', async () => {
  const app = await openScreen({ findings: [requiredColumn] });
  await app.sees('3 pending');
  const refused = { code: 'sql', message: 'column contains null values', sql: { sqlState: '23502' } };
  app.engine.trouble = { fail: { revision: fill, failure: refused } };
  await app.press('u', 'Enter');
  await app.sees('Upgrade failed', '1,204 rows would make it fail', '{"id": 3}');
});

test('the durations of rolled back steps are those of the journal', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { fail: { revision: reads, failure } };
  await app.press('u', 'Enter');
  await app.sees('Upgrade failed', /fill_text_length {2}12 ms {2}rolled back/);
});
