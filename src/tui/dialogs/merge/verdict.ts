import { headlineOf } from '../../../drawing/text/rehearsal.ts';
import type { Style } from '../../../drawing/theme/style.ts';
import type { Rehearsal } from '../../../engine/api.ts';
import type { State } from '../../state/model.ts';
import { nameOf } from '../../state/select.ts';

type Order = Rehearsal['orders'][number];

/** The order in which the branch is put on top of the other: it runs last. */
export const orderOf = ({ orders }: Rehearsal, onto: string, branch: string): Order | undefined =>
  orders.find(({ heads }) => heads.length === 2 && heads[0] === onto && heads[1] === branch);

/** The only order that runs, where the others fail. */
export function onlyOrder({ orders }: Rehearsal): Order | null {
  const [runs, ...more] = orders.filter(({ ok }) => ok);
  return runs && more.length === 0 && orders.length > 1 ? runs : null;
}

/** How the branches go together, in one line. */
export function headline(rehearsal: Rehearsal, state: State): readonly [words: string, style: Style] {
  const { words, tone } = headlineOf(rehearsal, id => nameOf(state, id));
  return [words, tone];
}
