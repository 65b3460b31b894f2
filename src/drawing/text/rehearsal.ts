import type { Rehearsal } from '../../values/authoring.ts';

/** The result of a rehearsal in one sentence, and its severity. */
export interface Headline {
  readonly text: string;
  readonly tone: 'ok' | 'warning' | 'danger';
}

/** Whether branches are compatible; if only some orders run, names one that does. */
export function headlineOf(
  { verdict, orders, everyOrder, branches }: Rehearsal,
  nameOf: (id: string) => string,
): Headline {
  const running = orders.filter(({ ok }) => ok);
  const those = everyOrder ? '' : ' that were tried';
  const [first] = running;
  const tried = everyOrder
    ? 'every order gives the same schema'
    : `the ${orders.length} orders that were tried give the same schema`;
  switch (verdict) {
    case 'fits':
      return { text: `No conflict: ${tried}.`, tone: 'ok' };
    case 'overlaps':
      return {
        text: `No conflict: ${tried}, but ${branches.length > 2 ? 'several branches' : 'both'} change the same objects: review ${branches.length > 2 ? 'them' : 'both'} before you merge.`,
        tone: 'warning',
      };
    case 'differs':
      return { text: 'Conflict: the schema depends on the order.', tone: 'danger' };
    case 'fails': {
      if (!first) {
        const all = everyOrder ? 'every order fails' : `the ${orders.length} orders that were tried fail`;
        return { text: `Conflict: ${all}.`, tone: 'danger' };
      }
      const order = first.heads.map(nameOf).join(', then ');
      return running.length === 1 && everyOrder
        ? { text: `Only one order runs: ${order}.`, tone: 'warning' }
        : {
            text: `Conflict: ${running.length} of ${orders.length} orders${those} run, such as ${order}.`,
            tone: 'danger',
          };
    }
  }
}

/** A description of a remedy: `put b on top of a`. */
export function remedyText(
  { kind, branch, onto }: Rehearsal['remedies'][number],
  nameOf: (id: string) => string,
): string {
  return kind === 'merge'
    ? 'write a merge revision'
    : `put ${nameOf(branch ?? '')} on top of ${nameOf(onto ?? '')}`;
}
