import type { Effect } from '../../values/authoring.ts';
import type { Style } from '../theme/theme.ts';
import type { Line } from './span.ts';

const styles: Readonly<Record<Effect['sign'], Style>> = { '+': 'added', '-': 'removed', '~': 'hunk' };

/** Changes of the schema, a line each. */
export const effectLines = (effects: readonly Effect[]): Line[] =>
  effects.map(({ sign, object, words }) => [
    { text: `${sign} `, style: styles[sign] },
    { text: object, style: 'strong' },
    { text: words === '' ? '' : ` ${words}` },
  ]);
