import type { Effect } from '../../values/authoring.ts';
import type { Style } from '../theme/style.ts';
import type { Line } from './span.ts';

const styles: Readonly<Record<Effect['sign'], Style>> = { '+': 'added', '-': 'removed', '~': 'hunk' };

/** Schema changes, one per line. The object is highlighted if the description begins with it. */
export const effectLines = (effects: readonly Effect[]): Line[] =>
  effects.map(({ sign, object, words }) => {
    const named = words.startsWith(object) ? object : '';
    return [
      { text: `${sign} `, style: styles[sign] },
      { text: named, style: 'strong' },
      { text: words.slice(named.length) },
    ];
  });
