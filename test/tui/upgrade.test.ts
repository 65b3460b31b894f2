import { afterEach, expect, test } from 'vitest';
import { demoApplied, demoRevisions } from '../support/fake-engine.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

const head = 'Migration20261120101500_add_last_read_at';

test('upgrade to the selected revision: plan, confirmation, run, new state', async () => {
  const app = await openScreen();
  await app.sees('3 pending', 'add_last_read_at');
  await app.press('u');
  await app.sees('2 steps', 'on chat', 'fill_text_length');
  expect(app.engine.calls).not.toContain('run');
  await app.press('Enter');
  await app.sees('Upgrade done', '2 steps done');
  await app.press('Enter');
  await app.sees('1 pending', '4 applied');
  await app.seesNot('Upgrade done');
  expect(app.engine.applied).toContain(head);
  await app.press('5', 'z', 'g');
  await app.sees(`$ migtui upgrade ${head} --yes`, 'create index "chats_last_read_at_index"');
});

test('Esc leaves the plan without changes', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps');
  await app.press('Esc');
  await app.seesNot('2 steps');
  expect(app.engine.calls).not.toContain('run');
  expect(app.engine.applied.size).toBe(2);
});

test('the SQL of a step is one key away, and that of all steps another', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps', '2 statements');
  await app.press('Tab');
  await app.sees('update "messages" set "text_length"');
  await app.press('Tab');
  await app.seesNot('update "messages" set "text_length"');
  await app.press('S-Tab');
  await app.sees('update "messages" set "text_length"', 'chats_last_read_at_index');
});

test('on the current revision there is no target: a menu asks', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('.');
  await app.press('u');
  await app.sees('Upgrade to', 'all 2 heads', '+1', 'target …');
  await app.press('h');
  await app.sees('3 steps');
  await app.press('Enter');
  await app.sees('3 steps done');
  expect(app.engine.applied.size).toBe(5);
});

test('+1', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('U', 'n');
  await app.sees('1 step on chat', 'fill_text_length');
});

const fork = 'Migration20261113100000_fill_text_length';

test('+1 with several ways: the branches are offered, like heads', async () => {
  const app = await openScreen({ applied: [...demoApplied, fork] });
  await app.sees('2 pending');
  await app.press('U', 'n');
  await app.sees('Upgrade to +1', '+1 is ambiguous', 'add_reactions', 'add_last_read_at');
  await app.press('2');
  await app.sees('1 step on chat', 'add_last_read_at');
  await app.press('Enter');
  await app.sees('1 step done');
  await app.press('Enter', '5', 'z', 'g');
  await app.sees(`$ migtui upgrade ${head} --yes`);
});

test('-1 from several current revisions: they are offered', async () => {
  const app = await openScreen({ applied: demoRevisions.map(({ id }) => id) });
  await app.sees('up to date');
  await app.press('D', 'n');
  await app.sees('Downgrade to -1', 'Which one?', '-1 from there');
  await app.press('Down', 'Enter');
  await app.sees('1 step on chat');
  await app.press('Esc');
  await app.seesNot('1 step on chat');
  expect(app.engine.calls).not.toContain('run');
});

test('an ambiguous typed target offers them too, and Esc leaves', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('U', 't');
  await app.type('head');
  await app.press('Enter');
  await app.sees('Upgrade to head', 'Which one?');
  await app.press('Esc');
  await app.seesNot('Which one?');
});

test('a menu works with the arrow keys, and its default does nothing by itself', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('U');
  await app.sees('Upgrade to');
  await app.press('Down', 'Enter');
  await app.sees('3 steps');
});

test('the prompt completes, and shows the plan while typing', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('U', 't');
  await app.sees('Type a target');
  await app.type('react');
  await app.sees('20261119150000  add_reactions');
  await app.press('Tab');
  await app.sees('target 20261119150000', '2 steps', 'add_reactions');
  await app.press('Enter');
  await app.sees('2 steps on chat');
  await app.press('Enter');
  await app.sees('Upgrade done');
  expect(app.engine.applied).toContain('Migration20261119150000_add_reactions');
});

test('an invalid target runs nothing and lists valid ones', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('U', 't');
  await app.type('tpyo');
  await app.sees(/tpyo/);
  await app.press('Enter');
  await app.sees(/no revision|unknown|nothing/i);
  await app.press('Enter', 'Enter');
  expect(app.engine.calls).not.toContain('run');
});

test('several heads: head is refused and names them', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('U', 't');
  await app.type('head');
  await app.sees('Migration20261119150000_add_reactions', 'Migration20261120101500_add_last_read_at');
});

test('Enter held down opens the plan and never confirms it', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('U', 'Down');
  await app.hold('Enter', 30);
  await app.sees('3 steps', 'the key was held down: release it');
  expect(app.engine.calls).not.toContain('run');
  app.later(5_000);
  await app.press('Enter');
  await app.sees('Upgrade done');
});

test('the first steps of a long plan are shown while the rest is checked, and cannot be confirmed yet', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { holdPlan: 4_000 };
  await app.press('u');
  await app.sees('4000 steps on chat', 'checking them …', 'fill_text_length  2 statements', 'and 3998 more');
  await app.seesNot('Tab SQL', 'copy command');
  await app.press('Enter');
  await app.sees('still planning');
  expect(app.engine.calls).not.toContain('run');
  app.engine.release();
  await app.sees('2 steps on chat');
  await app.seesNot('checking them …');
});

test('the target prompt shows the first steps of a long plan, too', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { holdPlan: 4_000 };
  await app.press('U', 't');
  await app.type('heads');
  await app.sees('4000 steps, checking them …', 'and 3992 more');
  app.engine.release();
  await app.sees('3 steps');
});

test('u held down does not confirm either', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.hold('u', 20);
  await app.sees('2 steps');
  expect(app.engine.calls).not.toContain('run');
});

test('a changed plan is refused, and the new one is shown', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps');
  app.engine.applied.add('Migration20261113100000_fill_text_length');
  await app.press('Enter');
  await app.sees('Something changed since the plan was made', '1 step on chat');
  await app.press('Enter');
  await app.sees('Upgrade done');
});

test('read-only: nothing can be changed, and every key says why', async () => {
  const app = await openScreen({ project: { readOnly: true } });
  await app.sees('READ-ONLY', '3 pending');
  await app.press('u');
  await app.sees('opened read-only');
  await app.press('n');
  await app.sees('opened read-only');
  expect(app.engine.calls).not.toContain('preview');
});

test('a name to type is shown whole, with what was typed, also on the smallest screen', async () => {
  const name = 'customer_orders_production_eu';
  const app = await openScreen({ project: { protected: true }, database: { name } });
  await app.resize(60, 16);
  await app.sees('PROTECTED');
  await app.press('u');
  await app.sees('This database is protected', name);
  await app.type('customer_');
  await app.sees(/│ customer_ +│/);
  await app.send(`\u001b[200~orders_production_eu\n\u001b[201~`);
  await app.sees('Enter to run');
});

test('a protected database requires its name', async () => {
  const app = await openScreen({ project: { protected: true } });
  await app.sees('PROTECTED', '3 pending');
  await app.press('u');
  await app.sees('This database is protected', 'Type chat');
  await app.press('Enter');
  await app.sees('type chat to confirm');
  expect(app.engine.calls).not.toContain('run');
  await app.type('chat');
  await app.sees('Enter to run');
  await app.press('Enter');
  await app.sees('Upgrade done');
});
