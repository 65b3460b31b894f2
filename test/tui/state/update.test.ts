import { expect, test } from 'vitest';
import type { Overview } from '../../../src/engine/api.ts';
import { update } from '../../../src/tui/app/update.ts';
import { defaultSettings } from '../../../src/tui/settings.ts';
import type { Change, SideEffect } from '../../../src/tui/state/effect.ts';
import { initialState } from '../../../src/tui/state/initial.ts';
import type { Message } from '../../../src/tui/state/message.ts';
import type { State } from '../../../src/tui/state/model.ts';
import { startRun } from '../../../src/tui/state/run.ts';
import { selectedId } from '../../../src/tui/state/select.ts';
import { FakeEngine, longHistory } from '../../support/fake-engine.ts';

/*
 * The reducer alone: state transitions without a screen.
 */

const at = 1_000_000;
type Event = Message extends infer M ? (M extends Message ? Omit<M, 'now'> : never) : never;

const start = (): State =>
  initialState(defaultSettings, { theme: 'dark', depth: 256, ascii: false }, { columns: 120, rows: 36 }, at);

/** Messages one after the other; returns the effects of the last. */
function after(state: State, ...events: Event[]): Change {
  let effects: readonly SideEffect[] = [];
  let now = state.now;
  for (const event of events) {
    now += 1_000;
    [state, effects] = update(state, { ...event, now } as Message);
  }
  return [state, effects];
}

const key = (name: string): Event => ({ type: 'key', key: name });
const overviewOf = (engine = new FakeEngine({ now: at })): Promise<Overview> => engine.api.overview();

/** The app with an open project. */
async function opened(overview?: Overview): Promise<State> {
  const [asking, effects] = after(start(), { type: 'connected' });
  const call = effects.find(effect => effect.type === 'call');
  if (call?.type !== 'call') throw new Error('no overview');
  return after(asking, {
    type: 'answered',
    ticket: call.ticket,
    call: call.call,
    outcome: { ok: true, value: overview ?? (await overviewOf()) },
  })[0];
}

test('once connected it requests the status, once', () => {
  const [state, effects] = after(start(), { type: 'connected' });
  expect(effects).toMatchObject([{ type: 'call', call: { call: 'overview' } }]);
  expect(state.overviewTicket).toBe(1);
});

test('a stale status is ignored', async () => {
  const [state] = after(start(), { type: 'connected' });
  const answer: Event = {
    type: 'answered',
    ticket: 99,
    call: { call: 'overview', args: [] },
    outcome: { ok: true, value: await overviewOf() },
  };
  expect(after(state, answer)[0].overview).toBeNull();
});

test('holding a key requests no details until the cursor rests, and then once', async () => {
  let state = await opened();
  const tokens: number[] = [];
  for (let press = 0; press < 3; press++) {
    const [next, effects] = after(state, key('j'));
    state = next;
    for (const effect of effects) if (effect.type === 'later') tokens.push(effect.token);
    expect(effects.some(effect => effect.type === 'call')).toBe(false);
  }
  expect(after(state, { type: 'later', topic: 'detail', token: tokens[0] as number })[1]).toEqual([]);
  const [, effects] = after(state, { type: 'later', topic: 'detail', token: tokens.at(-1) as number });
  expect(effects).toMatchObject([{ type: 'call', call: { call: 'revision', args: [selectedId(state)] } }]);
});

test('a message without effect returns the same state, so nothing is drawn', async () => {
  const state = await opened();
  expect(after(state, { type: 'later', topic: 'detail', token: -1 })[0]).toBe(state);
  expect(after(state, { type: 'later', topic: 'reconnect', token: 7 })[0]).toBe(state);
});

test('u on a pending revision requests the plan to it; Enter before it is loaded runs nothing', async () => {
  const state = await opened();
  const [planning, effects] = after(state, key('u'));
  expect(effects).toMatchObject([
    { type: 'call', call: { call: 'preview', args: [{ command: 'upgrade', targets: [selectedId(state)] }] } },
  ]);
  const [waiting, none] = after(planning, key('enter'));
  expect(none).toEqual([]);
  expect(waiting.notice?.text).toBe('still planning');
});

test('the preview of a target that is no longer typed is ignored', async () => {
  const state = after(await opened(), key('U'), key('t'))[0];
  const [first, one] = after(state, key('h'));
  const [second, two] = after(first, key('e'));
  const token = (effects: readonly SideEffect[]): number =>
    effects.flatMap(effect => (effect.type === 'later' ? [effect.token] : []))[0] as number;
  expect(after(second, { type: 'later', topic: 'preview', token: token(one) })[1]).toEqual([]);
  expect(after(second, { type: 'later', topic: 'preview', token: token(two) })[1]).toMatchObject([
    { type: 'call', call: { call: 'preview', args: [{ targets: ['he'] }] } },
  ]);
});

test('the cursor stays on its revision when others appear', async () => {
  const engine = new FakeEngine({ now: at });
  const state = after(await opened(await overviewOf(engine)), key('j'))[0];
  const on = selectedId(state);
  engine.revisions.push({
    id: 'Migration20261201000000_newest',
    revises: ['Migration20261120101500_add_last_read_at'],
  });
  const [asking, effects] = after(state, { type: 'later', topic: 'refresh', token: 0 });
  const call = effects.find(effect => effect.type === 'call');
  if (call?.type !== 'call') throw new Error('no overview');
  const [next] = after(asking, {
    type: 'answered',
    ticket: call.ticket,
    call: call.call,
    outcome: { ok: true, value: await overviewOf(engine) },
  });
  expect(next.overview?.revisions).toHaveLength(6);
  expect(selectedId(next)).toBe(on);
});

test('a lost database is retried with an increasing delay', async () => {
  const engine = new FakeEngine({ now: at, database: { state: 'unreachable' } });
  const overview = await overviewOf(engine);
  let [state, effects] = after(start(), { type: 'connected' });
  const waits: number[] = [];
  for (let tries = 0; tries < 6; tries++) {
    const call = effects.find(effect => effect.type === 'call');
    if (call?.type !== 'call') throw new Error('no overview');
    [state, effects] = after(state, {
      type: 'answered',
      ticket: call.ticket,
      call: call.call,
      outcome: { ok: true, value: overview },
    });
    const timer = effects.find(effect => effect.type === 'later' && effect.topic === 'reconnect');
    if (timer?.type !== 'later') throw new Error('no timer');
    waits.push(timer.ms);
    [state, effects] = after(state, { type: 'later', topic: 'reconnect', token: timer.token });
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test('ten thousand revisions and a thousand keys', async () => {
  const revisions = longHistory(10_000);
  let state = await opened(await overviewOf(new FakeEngine({ now: at, revisions, applied: [] })));
  for (let press = 0; press < 1_000; press++)
    [state] = after(state, key(press % 50 === 49 ? 'pagedown' : 'j'));
  expect(state.positions.history.cursor).toBeGreaterThan(1_000);
});

test('copying, editing and suspending are effects', async () => {
  const state = await opened();
  expect(after(state, key('y'))[1]).toMatchObject([{ type: 'copy', text: selectedId(state) }]);
  expect(after(state, key('e'))[1]).toMatchObject([
    { type: 'edit', file: `migrations/${selectedId(state)}.ts` },
  ]);
  expect(after(state, key('ctrl+z'))[1]).toEqual([{ type: 'suspend' }]);
  expect(after(state, key('q'))[1]).toEqual([{ type: 'quit' }]);
});

test('a key without a command does nothing', async () => {
  const state = await opened();
  const [next, effects] = after(state, key('K'));
  expect(effects).toEqual([]);
  expect({ ...next, previousKey: state.previousKey, now: state.now }).toEqual(state);
});

test('an interrupted revision can be resolved before the next status arrives', async () => {
  const engine = new FakeEngine({ now: at });
  const request = { command: 'upgrade', targets: ['heads'] } as const;
  const preview = await engine.api.preview(request);
  const [step] = preview.plan.steps;
  const failure = { code: 'statement-failed', message: 'it failed' };
  engine.trouble = { fail: { revision: step?.revision as string, failure, unsettled: true } };
  const result = await engine.api.run(preview, {});
  const state = { ...(await opened()), run: startRun(preview, 50, at) };
  const [ended] = after(state, {
    type: 'answered',
    ticket: 50,
    call: { call: 'run', args: [preview, {}] },
    outcome: { ok: true, value: result },
  });
  expect(ended.overviewTicket).not.toBeNull();
  expect(ended.overview?.unsettled).toEqual([]);
  expect(after(ended, key('x'))[0].dialogs).toMatchObject([
    { kind: 'menu', title: 'Resolve an interrupted revision' },
  ]);
});
