import { afterEach, expect, test } from 'vitest';
import type { CheckFinding, CheckReport, Rehearsal } from '../../src/engine/api.ts';
import { noting } from '../support/editor.ts';
import { demoRevisions, type FakeRevision } from '../support/fake-engine.ts';
import { findingOf } from '../support/findings.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

test('merge: at 80 columns the tried orders are wrapped, not cut', async () => {
  const app = await openScreen({ columns: 80, rows: 24 });
  await app.sees('2 heads');
  await app.press('m');
  await app.sees('No conflict', /runs +\d+ add_\w+, then/);
  expect(app.terminal.lines().filter(text => /then .*…/.test(text))).toEqual([]);
});

test('merge: both sides, the result, the file before it is written', async () => {
  const app = await openScreen();
  await app.sees('2 heads');
  await app.press('m');
  await app.sees(
    'common ancestor',
    'fill_text_length',
    '+ table reactions',
    '+ chats.last_read_at',
    'No conflict',
  );
  await app.press('Enter');
  await app.sees('Resolve heads', 'Merge revision', 'Rebase add_reactions onto add_last_read_at');
  await app.press('Enter');
  await app.sees('message  merge heads', 'Used as the name');
  await app.press('C-u');
  await app.type('settle chats');
  await app.press('Enter');
  await app.sees('Merge revision', 'new  migrations/', 'merge_heads', 'write the file');
  expect(app.engine.written).toHaveLength(0);
  await app.press('Enter');
  await app.sees('wrote migrations/');
  await app.seesNot('2 heads');
  expect(app.engine.written[0]?.kind).toBe('merge');
});

test('one branch is put on top of the other', async () => {
  const app = await openScreen();
  await app.sees('2 heads');
  await app.press('m');
  await app.sees('No conflict');
  await app.press('Enter', '1');
  await app.sees(
    'Rebase',
    'Other databases may have applied it',
    '-  static readonly revises',
    '+  static readonly revises',
  );
  await app.press('Enter');
  await app.seesNot('2 heads');
});

test('a branch that is applied here cannot be rebased, and it says why', async () => {
  const app = await openScreen({ applied: demoRevisions.slice(0, 4).map(one => one.id) });
  await app.sees('2 heads');
  await app.press('m');
  await app.sees('No conflict');
  await app.press('Enter');
  await app.sees('already applied here');
});

const reactions = 'Migration20261119150000_add_reactions';
const reading = 'Migration20261120101500_add_last_read_at';
const failing = (...orders: [first: string, second: string, ok: boolean][]): Partial<Rehearsal> => ({
  verdict: 'fails',
  orders: orders.map(([first, second, ok]) => ({
    heads: [first, second],
    ok,
    failed: ok
      ? null
      : { revision: second, failure: { code: 'sql', message: 'column "emoji" does not exist' } },
  })),
});

test('one order runs: it is the headline, its rebase the default, and the other is marked with its error', async () => {
  const app = await openScreen({
    rehearsal: failing([reactions, reading, true], [reading, reactions, false]),
  });
  await app.sees('2 heads');
  await app.press('m');
  await app.sees(
    'Only one order runs: 20261119150000 add_reactions, then 20261120101500 add_last_read_at.',
    'at 20261119150000 add_reactions:',
    'column "emoji" does not exist',
  );
  await app.press('Enter');
  await app.sees(
    /▸ \d {2}Rebase add_last_read_at onto add_reactions {2}the order that runs/,
    /Rebase add_reactions onto add_last_read_at {2}this order fails: column "emoji"/,
  );
  await app.press('Enter');
  await app.sees('Rebase', `revises = ["${reactions}"]`);
});

test('on a small screen, text that does not fit next to an item is shown below it', async () => {
  const app = await openScreen({
    columns: 60,
    rows: 16,
    rehearsal: failing([reactions, reading, true], [reading, reactions, false]),
  });
  await app.sees('2 heads');
  await app.press('m');
  await app.sees('Only one order runs');
  await app.press('Enter', 'Down');
  await app.sees('this order fails: column "emoji" does not exist');
});

test('no order runs: it says so, and Cancel is the default', async () => {
  const app = await openScreen({
    rehearsal: failing([reactions, reading, false], [reading, reactions, false]),
  });
  await app.sees('2 heads');
  await app.press('m');
  await app.sees('every order fails');
  await app.press('Enter');
  await app.sees('▸ l  Cancel');
});

test('with reconciling SQL or empty: a key for each, and SQL that drops something is never the default', async () => {
  const adds = await openScreen({
    columns: 200,
    rehearsal: { reconcile: ['alter table "chats" add "x" int'] },
  });
  await adds.sees('2 heads');
  await adds.press('m');
  await adds.sees('alter table "chats" add "x" int');
  await adds.press('Enter');
  await adds.sees('▸ r  Merge revision with SQL', '1 statement that the entities need', 'm  Merge revision ');
  await adds.press('m', 'Enter');
  await adds.sees('write the file');
  await adds.press('Enter');
  await adds.sees('wrote migrations/');
  await adds.press('5', 'z', 'g');
  await adds.sees("-m 'merge heads' --no-reconcile --yes");
  const drops = await openScreen({ rehearsal: { reconcile: ['drop table "by_hand"'] } });
  await drops.sees('2 heads');
  await drops.press('m');
  await drops.sees('No conflict');
  await drops.press('Enter');
  await drops.sees('▸ m  Merge revision ', '(1 drops an object)');
});

test('with three heads, the selected ones are merged, and the result claims no more than was tested', async () => {
  const [, , fill] = demoRevisions;
  const third: FakeRevision = { id: 'Migration20261121080000_add_topic', revises: [fill?.id ?? ''] };
  const fourth: FakeRevision = { id: 'Migration20261121090000_add_mood', revises: [fill?.id ?? ''] };
  const app = await openScreen({ revisions: [...demoRevisions, third, fourth] });
  await app.sees('4 heads');
  await app.press('m');
  await app.sees('Which heads should be merged?', 'all 4 heads');
  await app.press('Enter');
  // Two orders of 24 were tried.
  await app.sees('the 2 orders that were tried give the same schema');
  await app.press('Esc', 'm', 'Space', 'j', 'Space', 'Down', 'Space');
  await app.sees('1 of 4 heads');
  await app.press('Enter');
  await app.sees('choose two heads or more');
  await app.press('k', 'Space', 'Enter');
  await app.sees('No conflict: every order');
  await app.seesNot('20261121080000 add_topic');
  await app.press('Esc', '5', 'z', 'G');
  await app.sees(/migtui merge Migration\S+ Migration\S+ --plan/);
});

test('if the orders differ, Cancel is the default', async () => {
  const app = await openScreen({
    rehearsal: {
      verdict: 'differs',
      differences: [{ sign: '~', object: 'messages.text', words: 'messages.text varchar(100) or text' }],
      shared: ['messages.text'],
    },
  });
  await app.sees('2 heads');
  await app.press('m');
  await app.sees('Conflict:', '~ messages.text varchar(100) or text', 'Changed by more than one branch');
  await app.press('Enter');
  await app.sees('▸ l  Cancel');
  await app.press('Enter');
  await app.seesNot('Resolve heads');
  expect(app.engine.calls.filter(call => call.startsWith('draft'))).toEqual([]);
});

test('a new revision: which head, from the entities or empty, the message, the draft, the file', async () => {
  const edited: string[] = [];
  const app = await openScreen({ edit: noting(edited) });
  await app.sees('2 heads');
  await app.press('n');
  await app.sees('There are 2 heads', 'Merge them first');
  await app.press('1');
  await app.sees('Revises', 'From the entities', 'Empty');
  await app.press('a');
  await app.sees('message');
  await app.press('Enter');
  await app.sees('enter a message');
  await app.type('Add title');
  await app.sees('add_title');
  await app.press('Enter');
  await app.sees('new  migrations/Migration20261201120000_add_title.ts', '1 change of the entities');
  await app.press('Esc');
  // The form is still open.
  await app.sees('New revision from the entities', 'Add title');
  await app.press('Esc');
  expect(app.engine.written).toHaveLength(0);
  await app.press('n', '1', 'e');
  await app.type('Add title');
  await app.press('Enter');
  await app.sees('new  migrations/');
  await app.press('Enter');
  await app.sees('Written', 'Open in the editor');
  await app.press('e');
  await app.sees('4 pending');
  expect(edited).toEqual(['migrations/Migration20261201120000_add_title.ts']);
});

/** The app after a new revision from entities with two possible renames, which was named `names`. */
async function askedAboutRenames() {
  const app = await openScreen({
    renames: ['chats.name:title', 'chats.text:body'],
    revisions: demoRevisions.slice(0, 4),
  });
  await app.sees('1/4');
  await app.press('n', 'e');
  await app.type('names');
  await app.press('Enter');
  return app;
}

test('possible renames are asked about, one pair at a time, before there is a draft', async () => {
  const app = await askedAboutRenames();
  await app.sees('Is chats.title the new name of chats.name?', 'Drop and add');
  await app.press('r');
  await app.sees('Is chats.body the new name of chats.text?');
  await app.press('d');
  await app.sees('new  migrations/');
  await app.press('Enter');
  await app.sees('Written');
  await app.press('Esc');
  await app.sees('--rename chats.name:title --no-rename');
});

test('Ctrl-C leaves a dialog like Esc: what was typed is kept, and only the panes quit', async () => {
  const app = await askedAboutRenames();
  await app.sees('Is chats.title the new name of chats.name?');
  await app.press('r');
  await app.sees('Is chats.body the new name of chats.text?');
  await app.press('C-c');
  await app.sees(/message +names/);
  await app.press('Enter', 'r', 'd');
  await app.sees('new  migrations/');
  await app.press('C-c');
  await app.sees(/message +names/);
  await app.press('C-c');
  await app.seesNot(/message +names/);
  await app.press('/');
  await app.type('chat');
  await app.press('C-c');
  await app.sees('1/4');
  expect(app.engine.written).toHaveLength(0);
  await app.press('C-c');
  expect(await app.exit).toBe(0);
});

test('x accepts a file that was edited after it was applied', async () => {
  const [first, ...rest] = demoRevisions;
  const app = await openScreen({ revisions: [{ ...(first as FakeRevision), edited: true }, ...rest] });
  await app.sees('1 edited');
  await app.press('x');
  await app.sees('has changed since it was applied', 'Accept the edit');
  await app.press('a');
  await app.seesNot('1 edited');
  await app.sees('migtui resolve Migration20261101090000_initial_schema');
});

test('adopt shows the diff of every file before it writes', async () => {
  const app = await openScreen({ revisions: demoRevisions.map(one => ({ ...one, inferred: true })) });
  await app.sees('3 pending');
  await app.press('A');
  await app.sees('declare the inferred lineage', '+  static readonly revises', 'write 5 files');
  await app.press('Enter');
  await app.sees('wrote ');
  await app.press('A');
  await app.sees('every revision already declares its lineage');
});

test('init, if everything is already set up', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('I');
  await app.sees('Everything is there already.', 'nothing to write');
});

test('check: the findings, with solutions', async () => {
  const app = await openScreen({
    check: {
      clean: false,
      findings: [
        {
          kind: 'drift',
          message: 'The live schema does not match the revisions.',
          next: 'Make a revision of it, or put it right by hand.',
          revisions: [],
          sql: ['alter table "chats" add column "rogue" int'],
          effects: [{ sign: '+', object: 'chats.rogue', words: 'chats.rogue int' }],
        },
      ],
      agreed: ['missing', 'edited', 'unsettled'],
      skipped: [{ kind: 'entities', why: 'the shadow needs PGlite' }],
    },
  });
  await app.sees('3 pending');
  await app.press('c');
  await app.sees(
    'Check: 1 finding',
    'The live schema does not',
    '+ chats.rogue int',
    'alter table "chats"',
    'ok          missing, edited, interrupted',
    'entities not checked',
  );
});

test('check: without findings, what could not be checked is not said to agree', async () => {
  const app = await openScreen({
    check: {
      clean: true,
      findings: [],
      agreed: ['heads'],
      skipped: [{ kind: 'drift', why: 'the database is unreachable' }],
    },
  });
  await app.sees('3 pending');
  await app.press('c');
  await app.sees(
    'Check: no findings, 1 not checked',
    'No problems found in what could be checked.',
    'drift not checked: the database is unreachable',
  );
  await app.seesNot('the database agree');
});

const drift = (more: Partial<CheckFinding> = {}): CheckReport => ({
  clean: false,
  findings: [
    {
      kind: 'drift',
      message: 'The live schema does not match.',
      next: 'Undo it, or keep it with migtui revision --from-drift.',
      revisions: [],
      sql: ['alter table "chats" drop column "rogue"'],
      effects: [{ sign: '~', object: 'chats', words: 'chats foreign key on delete cascade → restrict' }],
      ...more,
    },
  ],
  agreed: [],
  skipped: [],
  notCompared: 'roles and large objects',
});

test('drift: y copies the SQL that reverts it, and ignored objects are named', async () => {
  const app = await openScreen({ check: drift() });
  await app.sees('3 pending');
  await app.press('c');
  await app.sees('on delete cascade → restrict', 'y copies this SQL', 'roles and large objects', 'w keep it');
  await app.press('y');
  await app.sees('copied the SQL that undoes the change');
  const copied = Buffer.from('alter table "chats" drop column "rogue";').toString('base64');
  expect(app.terminal.written).toContain(copied);
});

test('drift: w keeps it in a revision, and the following stamp is shown first', async () => {
  const app = await openScreen({ check: drift(), revisions: demoRevisions.slice(0, 2) });
  await app.sees('2 applied');
  await app.press('c');
  await app.sees('w keeps the change');
  await app.press('w');
  await app.sees('New revision from the changes in the database');
  await app.type('keep rogue');
  await app.press('Enter');
  await app.sees('new  migrations/Migration20261201120000_keep_rogue.ts');
  await app.press('Enter');
  await app.sees('Stamp to 20261201120000 keep_rogue', 'The live schema matches', 'log rows only');
  expect(app.engine.applied.size).toBe(2);
  await app.press('Enter');
  await app.sees('Stamp done');
  expect(app.engine.applied).toContain('Migration20261201120000_keep_rogue');
  await app.press('Enter', '5', 'z', 'g');
  await app.sees(
    "$ migtui revision --from-drift -m 'keep rogue'",
    'migtui stamp Migration20261201120000_keep_rogue',
  );
});

test('an INVALID index is not kept, and without a difference neither key has an effect', async () => {
  const app = await openScreen({
    check: drift({
      effects: [{ sign: '+', object: 'index x', words: 'index x (INVALID)' }],
      next: 'Drop it.',
    }),
  });
  await app.sees('3 pending');
  await app.press('c');
  await app.sees('Drop it.');
  await app.press('w');
  await app.sees('an INVALID index is not kept');
  const clean = await openScreen();
  await clean.sees('3 pending');
  await clean.press('c');
  await clean.sees('agree.');
  await clean.press('y');
  await clean.sees('the live schema does not differ');
  const without = await openScreen({
    check: { ...drift({}), clean: true, findings: [], skipped: [{ kind: 'drift', why: 'no database' }] },
  });
  await without.sees('3 pending');
  await without.press('c');
  await without.sees('no database');
  await without.press('w');
  await without.sees('the live schema was not compared');
});

test('a draft shows the findings of its statements before it is written', async () => {
  const revision = 'Migration20261201120000_add_title';
  const app = await openScreen({
    revisions: demoRevisions.slice(0, 4),
    findings: [findingOf({ revision, message: 'Writes to chats wait.' })],
  });
  await app.sees('1/4');
  await app.press('n', 'a');
  await app.type('add title');
  await app.press('Enter');
  await app.sees('Writes to chats wait.', 'Instead: Create the index concurrently', 'new  migrations/');
});

test('the journal, for everything and for one revision', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('J');
  await app.sees('No runs recorded yet');
  await app.press('Esc', 'u');
  await app.sees('2 steps');
  await app.press('Enter');
  await app.sees('Upgrade done');
  await app.press('Enter', 'J');
  await app.sees('Journal', 'ana@laptop as postgres', 'done', 'fill_text_length');
  await app.press('Esc', '[');
  await app.sees('up     done just now');
});

test('editing an applied revision asks first', async () => {
  const edited: string[] = [];
  const app = await openScreen({ edit: noting(edited) });
  await app.sees('3 pending');
  await app.press('G', 'e');
  await app.sees('Edit an applied revision?');
  await app.press('Enter');
  await app.seesNot('Edit an applied revision?');
  expect(edited).toEqual([]);
  await app.press('e', 'w');
  await app.sees('edited migrations/Migration20261101090000_initial_schema.ts');
  expect(edited).toHaveLength(1);
});

test('e opens the file in the editor, and the equivalent command is logged', async () => {
  const files: string[] = [];
  const app = await openScreen({
    edit: async file => {
      files.push(file);
      return null;
    },
  });
  await app.sees('3 pending');
  await app.press('e');
  await app.sees('$ migtui edit Migration20261120101500_add_last_read_at');
  expect(files).toEqual(['migrations/Migration20261120101500_add_last_read_at.ts']);
});

test('a new revision with a label, on a revision that is not a head, depending on another', async () => {
  const app = await openScreen();
  await app.sees('2 heads');
  await app.press('n', '1', 'e');
  await app.sees('New empty revision', 'optional: a name for its branch');
  await app.type('side work');
  await app.press('Tab');
  await app.type('side');
  await app.press('Tab', 'C-u');
  await app.type('fill_text_length');
  await app.sees('not a head: this starts a branch');
  await app.press('Tab');
  await app.type('20261119161000 20261101090000');
  await app.press('Enter');
  await app.sees('write the file');
  await app.press('j', 'Enter');
  await app.sees('Written');
  await app.press('c', '5', 'z', 'h');
  await app.sees('--head fill_text_length --label side --splice --depends-on 20261119161000 ');
});

test('a branch from the selected revision, and a separate root', async () => {
  const app = await openScreen({ revisions: demoRevisions.slice(0, 4), columns: 160 });
  await app.sees('1/4');
  await app.press('j', 'n');
  await app.sees('Branch from fill_text_length', 'New root');
  await app.press('b');
  await app.sees('Revises 20261113100000 fill_text_length.');
  await app.press('e');
  await app.sees('not a head: this starts a branch');
  await app.press('Esc', 'n', 'r', 'e');
  await app.sees('none: a new root revision');
  await app.type('search');
  await app.press('Tab');
  await app.type('search');
  await app.press('Enter');
  await app.sees('write the file');
  await app.press('Enter');
  await app.sees('Written');
  await app.press('c', '5', 'z', 'h');
  await app.sees('migtui revision --head base --label search -m search');
});

test('Ctrl-N completes the names of revisions, one after the other', async () => {
  const app = await openScreen({ revisions: demoRevisions.slice(0, 4) });
  await app.sees('1/4');
  await app.press('n', 'e');
  await app.type('more');
  await app.press('Tab', 'Tab');
  await app.sees('Ctrl-N complete');
  await app.type('add');
  await app.press('C-n');
  await app.sees('revises     add_reactions');
  await app.press('C-n');
  await app.sees('revises     add_user_id_to_chats', 'this starts a branch');
  await app.press('Tab');
  await app.type('initial_schema fill');
  await app.press('C-n');
  await app.sees('depends on  initial_schema fill_text_length');
  await app.type('nonsense');
  await app.press('C-n');
  await app.sees('no revision starts with this text');
});

test('squash: the range and the message, the proof, the file before it is written', async () => {
  const app = await openScreen();
  await app.sees('2 heads');
  await app.press('2', 'G', 'k', 'k', 'Q');
  await app.sees('Squash a range of revisions', 'base: every revision up to the last', 'is exactly the same');
  await app.press('Tab', 'Tab', 'C-u');
  await app.type('first year');
  await app.press('Enter');
  await app.sees(
    'Replaces 3 revisions with 3 statements',
    'Verified on the shadow: it makes the same schema as the range, 12 objects.',
    'new  migrations/',
    'write the file',
  );
  expect(app.engine.written).toHaveLength(0);
  await app.press('Enter');
  await app.sees('wrote migrations/');
  expect(app.engine.written[0]?.squash?.replaces).toEqual(demoRevisions.slice(0, 3).map(one => one.id));
  expect(app.engine.written[0]?.revision).toContain('first year');
  await app.press('5');
  await app.sees(/migtui squash :\d{14} -m 'first year' --yes/);
});

test('squash: what is refused is named, and Esc returns to the form', async () => {
  const app = await openScreen();
  await app.sees('2 heads');
  await app.press('2', 'G', 'Q');
  await app.sees('Squash a range of revisions');
  await app.press('Enter');
  await app.sees('a squash combines several revisions into', 'Name the first and the last of a line.');
  await app.press('Esc');
  await app.sees('Squash a range of revisions');
  // the message must not be empty
  await app.press('Tab', 'Tab', 'C-u', 'Enter');
  await app.sees('enter a message: it becomes the name');
});

test('squash is in the palette, and says why there is nothing to squash', async () => {
  const app = await openScreen({ revisions: demoRevisions.slice(0, 1), applied: [] });
  await app.sees('1 pending');
  await app.press('Q');
  await app.sees('fewer than two revisions: nothing to squash');
  await app.press(':');
  await app.type('squash');
  await app.sees(/squash +Q +fewer than two revisions: nothing to squash/);
});
