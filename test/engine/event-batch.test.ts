import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { EngineEvent, RunEvent } from '../../src/engine/api.ts';
import { EventBatch } from '../../src/engine/process/event-batch.ts';

const run = (event: RunEvent): EngineEvent => ({ type: 'run', event });
const statement = (step: number, sql = 'select 1'): EngineEvent => run({ kind: 'statement', step, sql });
const done = (step: number): EngineEvent => run({ kind: 'statement-done', step, ms: 1, rows: null });
const line = (text: string): EngineEvent => ({ type: 'log', at: '', level: 'info', source: 'project', text });

/** What is sent for these events, if they arrive together. */
function sent(...events: readonly EngineEvent[]): readonly EngineEvent[] {
  const batches: (readonly EngineEvent[])[] = [];
  const batch = new EventBatch(told => batches.push(told));
  for (const event of events) batch.add(event);
  batch.flush();
  return batches.flat();
}

test('the first event after a pause is sent immediately, later ones together', () => {
  vi.useFakeTimers();
  try {
    const batches: number[] = [];
    const batch = new EventBatch(events => batches.push(events.length));
    batch.add(line('a'));
    expect(batches).toEqual([1]);
    batch.add(line('b'));
    batch.add(line('c'));
    expect(batches).toEqual([1]);
    vi.advanceTimersByTime(60);
    expect(batches).toEqual([1, 2]);
  } finally {
    vi.useRealTimers();
  }
});

test('the beginning of a plan is sent at once, after the events before it', () => {
  const batches: (readonly EngineEvent[])[] = [];
  const batch = new EventBatch(events => batches.push(events));
  const start: EngineEvent = {
    type: 'plan-start',
    start: {
      request: { command: 'upgrade', targets: ['head'] },
      databaseName: 'chat',
      count: 300,
      first: [],
    },
  };
  for (const event of [line('a'), line('b'), start]) batch.add(event);
  expect(batches).toEqual([[line('a')], [line('b'), start]]);
});

test('a thousand statements are sent as two events, and are still counted', () => {
  const first = line('first');
  const many = Array.from({ length: 1_000 }, () => [statement(0), done(0)]).flat();
  expect(sent(first, ...many, statement(0, 'select 2'))).toEqual([
    first,
    run({ kind: 'statement-done', step: 0, ms: 1_000, rows: null, count: 1_000 }),
    statement(0, 'select 2'),
  ]);
});

test('a statement of many megabytes is not sent whole', () => {
  const [, told] = sent(line('first'), {
    type: 'sql',
    at: '',
    sql: 'x'.repeat(10_000_000),
    ms: 1,
    error: null,
  });
  expect(JSON.stringify(told).length).toBeLessThan(5_000);
});

test('for any events in any order: only invisible ones are left out', () => {
  const event = fc.oneof(
    fc.nat(2).map(step => statement(step)),
    fc.nat(2).map(step => done(step)),
    fc.nat(2).map(step => run({ kind: 'step', step })),
    fc.nat(2).map(step => run({ kind: 'step-done', step, ms: 1 })),
    fc.string().map(line),
  );
  const counts = (events: readonly EngineEvent[]) => {
    const perStep = [0, 0, 0];
    for (const one of events)
      if (one.type === 'run' && one.event.kind === 'statement-done')
        perStep[one.event.step]! += one.event.count ?? 1;
    return perStep;
  };
  const others = (events: readonly EngineEvent[]) =>
    events.filter(one => one.type !== 'run' || !one.event.kind.startsWith('statement'));
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), events => {
      const told = sent(...events);
      expect(counts(told)).toEqual(counts(events));
      expect(others(told)).toEqual(others(events));
      const last = (all: readonly EngineEvent[]) => all.findLast(one => one.type === 'run');
      const end = last(told);
      if (end?.type === 'run' && end.event.kind !== 'statement-done') expect(end).toEqual(last(events));
    }),
  );
});
