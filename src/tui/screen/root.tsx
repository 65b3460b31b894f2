import { useApp, useInput, useIsScreenReaderEnabled, usePaste } from 'ink';
import { type ReactNode, useEffect, useEffectEvent, useLayoutEffect } from 'react';
import type { Event } from '../app/store.ts';
import type { State } from '../state/model.ts';
import { keysOf } from '../terminal/keys.ts';
import { Linear } from './linear.tsx';
import { Screen } from './screen.tsx';

export interface RootProps {
  readonly state: State;
  readonly dispatch: (...events: Event[]) => void;
  /** Called once the terminal is in raw mode, with a function to lend it to another program. */
  readonly onMount: (suspend: (work: () => Promise<void>) => Promise<void>) => void;
  /** Called before every exit, for a last write to the terminal. */
  readonly onUnmount: () => void;
}

/** Receives every key, and draws the state. */
export function Root({ state, dispatch, onMount, onUnmount }: RootProps): ReactNode {
  const { suspendTerminal } = useApp();
  const linear = useIsScreenReaderEnabled();
  useInput((input, key) => {
    dispatch(...keysOf(input, key).map(one => ({ type: 'key' as const, key: one })));
  });
  usePaste(text => dispatch({ type: 'paste', text }));
  const mounted = useEffectEvent(() => onMount(work => suspendTerminal(work)));
  const unmounted = useEffectEvent(onUnmount);
  useEffect(() => mounted(), []);
  useLayoutEffect(() => () => unmounted(), []);
  return linear ? <Linear state={state} /> : <Screen state={state} />;
}
