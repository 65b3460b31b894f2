import { afterEach, expect, test } from 'vitest';
import type { FleetPlan, FleetResult, FleetRow, FleetStatus, Preview } from '../../src/engine/api.ts';
import { here } from '../../src/tui/state/command-line.ts';
import type { State } from '../../src/tui/state/model.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

const first = 'Migration20261101000000_initial_schema';
const head = 'Migration20261122000000_merge_heads';

const row = (name: string, more: Partial<FleetRow> = {}): FleetRow => ({
  ...{ name, tags: [], context: 'default', database: 'postgres@localhost/chat', schema: name },
  ...{ state: 'behind', current: [first], applied: 1, pending: 1, missing: [], edited: [], halfWay: [] },
  ...{ running: false, failure: null, differsFrom: null },
  ...more,
});

const targets = [
  row('tenant_9', {
    state: 'unreachable',
    failure: { code: 'database-unreachable', message: 'db9 cannot be reached.' },
  }),
  row('tenant_7', { state: 'half-way', halfWay: [head] }),
  ...Array.from({ length: 30 }, (_, at) => row(`tenant_1${at}`)),
  row('acme', { state: 'head', current: [head], applied: 4, pending: 0, tags: ['eu'] }),
];

const status: FleetStatus = {
  targets,
  counts: [
    { current: [head], targets: 1 },
    { current: [first], targets: 31 },
  ],
  states: { unreachable: 1, gone: 0, 'half-way': 1, ahead: 0, edited: 0, drifted: 0, behind: 30, head: 1 },
  heads: { default: [head] },
  compared: 0,
  at: '2026-11-22T14:00:00.000Z',
};

const names = targets.slice(2, 32).map(({ name }) => name);

const plan = (more: Partial<FleetPlan> = {}): FleetPlan => ({
  ...{ id: 'p', request: { choice: {}, plan: { command: 'upgrade', targets: ['heads'] } } },
  groups: [
    {
      targets: names,
      largest: 'tenant_11',
      table: { target: 'tenant_11', name: 'chats', bytes: 2 ** 30, rows: 5_000_000 },
      preview: {
        policy: [],
        plan: { steps: [{ revision: head, action: 'up' }], tips: [head] },
        steps: [
          {
            ...{ revision: head, action: 'up', batch: 0, losses: [], findings: [] },
            preview: {
              sql: ['alter table "chats" add "x" int'],
              complete: true,
              note: null,
              transactional: true,
            },
          },
        ],
      } as unknown as Preview,
    },
  ],
  refused: [{ target: 'tenant_7', failure: { code: 'half-way', message: 'merge_heads was interrupted.' } }],
  there: ['acme'],
  waves: [
    { name: 'canary', targets: names.slice(0, 2) },
    { name: 'rest', targets: names.slice(2) },
  ],
  databases: ['chat'],
  destructive: false,
  protected: false,
  ...more,
});

const ended: FleetResult = {
  targets: [],
  counts: { done: 28, there: 1, failed: 1, 'not tried': 2 },
  errors: [
    {
      failure: { code: 'sql', message: 'no space left on device' },
      targets: ['tenant_13', 'tenant_14', 'tenant_15', 'tenant_16', 'tenant_17'],
    },
  ],
  stopped: 'tenant_13 failed.',
  ms: 1_000,
};

async function board(fleet = status) {
  const app = await openScreen();
  app.engine.fleet = fleet;
  app.engine.fleetPlan = plan();
  app.engine.fleetResult = ended;
  await app.sees('3 pending');
  await app.press('F');
  await app.sees(`Fleet: ${fleet.targets.length} targets`);
  return app;
}

test('F shows the number of targets at each revision, problems first', async () => {
  const app = await board();
  await app.sees('31', 'initial_schema', '1 head', '30 behind', '1 interrupted', '1 unreachable');
  await app.sees('tenant_9', 'db9 cannot be reached.', /interrupted: .*merge_heads/);
  await app.press('o');
  await app.sees('by name', 'acme');
});

test('a filter shows the matches, and Esc clears it', async () => {
  const app = await board();
  await app.press('/');
  await app.type('is:half');
  await app.sees('tenant_7');
  await app.seesNot('tenant_9');
  await app.press('Enter', '/');
  await app.press('Esc');
  await app.sees('tenant_9');
  await app.press('/');
  await app.type('tag:eu');
  await app.sees('acme');
  await app.seesNot('tenant_7');
});

test('Enter opens the selected target in the full app', async () => {
  const app = await board();
  await app.press('j', 'j', 'Enter');
  await app.sees('SCHEMA tenant_10');
});

test('Enter opens a target in another database, and F returns to the board', async () => {
  const far = row('far', { database: 'postgres@db2/other', schema: 'tenant_1' });
  const app = await board({ ...status, targets: [targets[0] as FleetRow, far, ...targets.slice(1)] });
  await app.press('j', 'Enter');
  await app.sees('postgres@db2/other', 'SCHEMA tenant_1', 'F fleet');
  await app.press('F');
  await app.sees(`Fleet: ${targets.length + 1} targets`);
  await app.press('Enter');
  await app.sees('SCHEMA tenant_1');
});

test('the equivalent commands name the open target, whose database no option names', () => {
  const there = { overview: null, target: "tenant 'a'" } as State;
  expect(here(there, 'migtui upgrade head --yes')).toBe(
    `migtui fleet upgrade head --yes --only 'tenant '\\''a'\\'''`,
  );
  expect(here(there, 'migtui journal')).toBe("migtui journal # target tenant 'a' of the fleet");
});

test('an upgrade shows the groups, runs live, and the first Ctrl-C finishes those in progress', async () => {
  const app = await board();
  app.engine.trouble = { hold: 'fleet' };
  app.engine.fleetEvents = [
    { kind: 'wave', wave: 'canary', targets: 2, parallel: 2 },
    { kind: 'target', target: 'tenant_10' },
    { kind: 'target', target: 'tenant_11' },
    { kind: 'target', target: 'tenant_12' },
    {
      kind: 'target-done',
      result: { target: 'tenant_12', outcome: 'done', steps: 1, ms: 5, run: 'r', failure: null },
    },
    {
      kind: 'target-done',
      result: {
        target: 'tenant_11',
        outcome: 'failed',
        steps: 0,
        ms: 5,
        run: '',
        failure: { code: 'sql', message: 'no space left' },
      },
    },
  ];
  await app.press('u');
  await app.sees(
    'Upgrade 30 targets',
    '30 targets: 1 step',
    'alter table',
    'largest table: chats of tenant_11',
  );
  await app.sees('1 refused, half-way: tenant_7', 'waves: canary 2, rest 28');
  await app.press('Enter');
  await app.sees(
    'Fleet: running',
    'canary, 2 at once',
    'in progress: tenant_10',
    '1 failed',
    'tenant_11: no space left',
  );
  // The board follows the run.
  await app.sees(/2 █+░* 20261122000000 merge_heads \(head\)/, /30 █+ 20261101000000 initial_schema/);
  await app.sees('2 head', '29 behind', /tenant_10 +behind, running/, /tenant_12 +head/);
  await app.press('/');
  await app.type('tenant_12');
  await app.sees(/tenant_12 +head +20261122000000 merge_heads/);
  await app.press('Esc');
  app.engine.trouble = {};
  await app.press('c');
  expect(app.engine.calls).toContain('fleetCancel after-step');
  await app.sees('28 done', '1 failed', '2 not tried', 'tenant_13 failed.');
  await app.sees('5 targets: tenant_13, tenant_14, tenant_15 and 2 more', 'no space left on device');
  await app.seesNot('tenant_11: no space left');
});

test('the log names the targets that were chosen', async () => {
  const app = await board();
  const request = {
    choice: { only: ['b', 'c d'] },
    plan: { command: 'upgrade', targets: ['heads'] },
  } as const;
  app.engine.fleetPlan = plan({ request });
  await app.press('u');
  await app.sees('Upgrade 30 targets');
  await app.press('Enter');
  await app.sees('28 done');
  await app.press('Esc');
  await app.sees("migtui fleet upgrade heads --only b --only 'c d' --yes");
});

test('on a small screen, a long result leaves the header and the footer as they are', async () => {
  const app = await openScreen({ columns: 60, rows: 16 });
  app.engine.fleet = status;
  app.engine.fleetPlan = plan();
  const message = 'could not extend file: no space left on device '.repeat(6);
  app.engine.fleetResult = {
    ...ended,
    errors: [{ failure: { code: 'sql', message }, targets: ['tenant_13'] }],
  };
  await app.sees('3 pending');
  await app.press('F');
  await app.sees('Fleet');
  await app.press('u');
  await app.sees('Upgrade 30 targets');
  await app.press('Enter');
  await app.sees('28 done', 'no space left');
  const lines = app.terminal.lines();
  expect(lines[0]).toMatch(/chat/);
  expect(lines[0]).not.toMatch(/Fleet|─/);
  expect(lines.at(-1)).toMatch(/Enter open/);
  expect(lines.at(-1)).not.toContain('─');
});

test('b backs up each target first, and the run has the limits of the settings', async () => {
  const app = await openScreen({ settings: { run: { lockTimeout: 2_000 } } });
  app.engine.fleet = status;
  app.engine.fleetPlan = plan();
  app.engine.fleetResult = ended;
  await app.sees('3 pending');
  await app.press('F');
  await app.sees('Fleet: 33 targets');
  await app.press('u');
  await app.sees('30 targets: 1 step', 'b backup');
  await app.press('b');
  await app.sees('Backups first, one for each target, to backups');
  await app.press('Enter');
  await app.sees('28 done');
  expect(app.engine.fleetRunOptions?.run).toEqual({
    lockTimeout: 2_000,
    backup: { folder: 'backups', format: 'custom' },
  });
});

test('a rule that requires a backup turns it on', async () => {
  const app = await board();
  const [group] = plan().groups;
  const asked = {
    rule: 'backup',
    state: 'asked',
    message: '',
    setBy: 'protected[0]',
    next: '',
    reason: null,
  };
  const guarded = {
    ...group,
    preview: { ...group?.preview, policy: [asked] },
  } as unknown as FleetPlan['groups'][number];
  app.engine.fleetPlan = plan({ groups: [guarded], waves: [{ name: 'rest', targets: ['tenant_10'] }] });
  await app.press('u');
  await app.sees('Upgrade 1 target ');
  await app.sees('Backups first');
  await app.press('b');
  await app.seesNot('Backups first');
  await app.press('Enter');
  await app.sees('a database requires a backup: press b');
  expect(app.engine.fleetRunOptions).toBe(null);
});

test('data loss requires the name of the database', async () => {
  const app = await board();
  app.engine.fleetPlan = plan({ destructive: true });
  await app.press('d');
  await app.sees('This destroys data. Type chat:');
  await app.press('Enter');
  await app.sees('type chat first');
  await app.type('chat');
  await app.press('Enter');
  await app.sees('28 done');
});

test('t shows the contexts of the config side by side', async () => {
  const app = await board();
  app.engine.stages = {
    contexts: [
      { name: 'staging', database: 'db1/chat', failure: null },
      { name: 'production', database: 'db2/chat', failure: null },
      {
        name: 'old',
        database: 'db3/chat',
        failure: { code: 'database-unreachable', message: 'db3 is away.' },
      },
    ],
    revisions: [
      {
        revision: head,
        at: [
          { applied: true, at: '2026-11-20T09:00:00.000Z' },
          { applied: false, at: null },
          { applied: null, at: null },
        ],
      },
    ],
  };
  await app.press('t');
  await app.sees('Stages', 'staging', 'production', 'merge_heads', '2026-11-20 09:00', 'db3 is away.');
});

test('a pause is answered by a key', async () => {
  const app = await board();
  app.engine.trouble = { hold: 'fleet' };
  app.engine.fleetEvents = [{ kind: 'paused', after: 'canary', left: 28 }];
  await app.press('u');
  await app.sees('Upgrade 30 targets');
  await app.press('Enter');
  await app.sees('Paused: canary. y continues with 28 more');
  await app.press('y');
  expect(app.engine.calls).toContain('fleetContinue true');
});

test('quitting during the run of a fleet asks first, and the end of the run is logged', async () => {
  const app = await board();
  app.engine.trouble = { hold: 'fleet' };
  app.engine.fleetEvents = [
    { kind: 'wave', wave: 'canary', targets: 2, parallel: 2 },
    { kind: 'target', target: 'tenant_10' },
  ];
  await app.press('u');
  await app.sees('Upgrade 30 targets');
  await app.press('Enter');
  await app.sees('in progress: tenant_10');
  await app.press('Esc');
  await app.sees('fleet 0/30');
  await app.press('q');
  await app.sees('Cancel the run of the fleet?', 'Stop after the targets in progress');
  await app.press('g');
  await app.seesNot('Cancel the run of the fleet?');
  expect(app.engine.calls.filter(call => call.startsWith('fleetCancel'))).toEqual([]);
  await app.press('C-c');
  await app.sees('Cancel the run of the fleet?');
  app.engine.trouble = {};
  await app.press('s');
  expect(app.engine.calls).toContain('fleetCancel after-step');
  await app.seesNot('fleet 0/30');
});
