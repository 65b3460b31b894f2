import type { Effect } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';
import { indent } from './text.ts';

/** Descriptions of schema changes, one per line: `+ chats.last_read_at timestamptz`. */
export function drawEffects(effects: readonly Effect[], paint: Paint): string {
  const brush = { '+': paint.added, '-': paint.removed, '~': paint.warn };
  const lines = effects.map(({ sign, words }) => brush[sign](`${sign} ${words}`));
  return indent(lines.join('\n'));
}
