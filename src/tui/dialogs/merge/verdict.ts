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

/** Whether every order of the branches was tried: of many only some are. */
function triedAll({ heads, orders }: Rehearsal): boolean {
  const every = heads.reduce((count, _, index) => count * (index + 1), 1);
  return orders.length >= every;
}

/** How the branches go together, in one line. */
export function headline(rehearsal: Rehearsal, state: State): readonly [words: string, style: Style] {
  const { verdict, orders } = rehearsal;
  const tried = triedAll(rehearsal)
    ? 'every order gives the same schema'
    : `the ${orders.length} orders that were tried give the same schema`;
  if (verdict === 'fits') return [`They fit: ${tried}.`, 'ok'];
  if (verdict === 'overlaps')
    return [`They fit: ${tried}, but both touch the same thing: read both before you merge.`, 'warning'];
  if (verdict === 'differs') return ['They do not fit: the order decides what the schema is.', 'danger'];
  const only = onlyOrder(rehearsal);
  if (only) {
    const order = only.heads.map(id => nameOf(state, id)).join(', then ');
    return [`Only one order runs: ${order}.`, 'warning'];
  }
  const running = orders.filter(({ ok }) => ok).length;
  return [
    running === 0
      ? 'They do not fit: no order runs.'
      : `They do not fit: ${orders.length - running} of ${orders.length} orders fail.`,
    'danger',
  ];
}
