import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../src/engine/api.ts';
import { Store } from '../../src/tui/app/store.ts';
import { defaultSettings } from '../../src/tui/settings.ts';
import { initialState } from '../../src/tui/state/initial.ts';
import type { State } from '../../src/tui/state/model.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const line = (text: string): EngineEvent => ({
  type: 'log',
  at: '2026-01-01T00:00:00.000Z',
  level: 'info',
  source: 'project',
  text,
});

function openStore() {
  const drawn: State[] = [];
  const store = new Store({
    initial: {
      ...initialState(
        { ...defaultSettings, motion: false },
        { theme: 'none', depth: 16, ascii: false },
        { columns: 80, rows: 24 },
        0,
      ),
      link: { is: 'ready' },
    },
    perform: () => {},
    draw: state => drawn.push(state),
    now: () => Date.now(),
    onBug: error => {
      throw error;
    },
  });
  return { store, drawn };
}

test('engine events are drawn immediately after a pause, then at most ten times a second', () => {
  const { store, drawn } = openStore();
  store.receive([line('0')]);
  expect(drawn).toHaveLength(1);
  for (let ms = 1; ms <= 1_000; ms++) {
    store.receive([line(String(ms))]);
    vi.advanceTimersByTime(1);
  }
  expect(drawn.length).toBeLessThanOrEqual(12);
  vi.advanceTimersByTime(100);
  expect(drawn.at(-1)?.log.at(-1)?.text).toBe('1000');
  expect(drawn.at(-1)?.log).toHaveLength(1_001);
  store.close();
});

test('a key is handled immediately, after all earlier events', () => {
  const { store, drawn } = openStore();
  store.receive([line('a')]);
  store.receive([line('b')]);
  store.dispatch({ type: 'key', key: '5' });
  expect(drawn.at(-1)?.log.map(({ text }) => text)).toEqual(['a', 'b']);
  expect(drawn.at(-1)?.focus).toBe('log');
  store.close();
});

test('of too much output, the last lines are kept', () => {
  const { store } = openStore();
  store.receive(Array.from({ length: 200_000 }, (_, index) => line(String(index))));
  expect(store.state.log).toHaveLength(5_000);
  expect(store.state.log.at(-1)?.text).toBe('199999');
  store.close();
});
