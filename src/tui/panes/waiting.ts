import type { Line } from '../../drawing/text/span.ts';
import type { State } from '../state/model.ts';
import { spinner } from './spinner.ts';

/** What a pane says before there is anything to show. */
export function waitingLine(state: State): Line {
  if (state.link.is === 'lost') return [{ text: 'the engine has ended: r starts it again', style: 'danger' }];
  if (state.lookFailure) return [{ text: 'the project cannot be opened', style: 'danger' }];
  return [
    { text: `${spinner(state)} `, style: 'focus' },
    { text: state.link.is === 'ready' ? 'looking at the database' : 'opening the project', style: 'dim' },
  ];
}
