import type { Line } from '../../drawing/text/span.ts';
import type { State } from '../state/model.ts';
import { spinner } from './spinner.ts';

/** The text of a pane before its data is loaded. */
export function waitingLine(state: State): Line {
  if (state.link.is === 'lost')
    return [{ text: 'the engine stopped: press r to restart it', style: 'danger' }];
  if (state.overviewFailure) return [{ text: 'cannot open the project', style: 'danger' }];
  return [
    { text: `${spinner(state)} `, style: 'focus' },
    { text: state.link.is === 'ready' ? 'reading the database' : 'opening the project', style: 'dim' },
  ];
}
