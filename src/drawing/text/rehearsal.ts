import type { Rehearsal } from '../../values/authoring.ts';

/** The verdict of a rehearsal in one sentence, and its severity. */
export interface Headline {
  readonly words: string;
  readonly tone: 'ok' | 'warning' | 'danger';
}

/** Whether branches are compatible; if only some orders run, names one that does. */
export function headlineOf(
  { verdict, orders, everyOrder }: Rehearsal,
  nameOf: (id: string) => string,
): Headline {
  const running = orders.filter(({ ok }) => ok);
  const [first] = running;
  const tried = everyOrder
    ? 'every order gives the same schema'
    : `the ${orders.length} orders that were tried give the same schema`;
  switch (verdict) {
    case 'fits':
      return { words: `No conflict: ${tried}.`, tone: 'ok' };
    case 'overlaps':
      return {
        words: `No conflict: ${tried}, but both change the same objects: review both before you merge.`,
        tone: 'warning',
      };
    case 'differs':
      return { words: 'Conflict: the schema depends on the order.', tone: 'danger' };
    case 'fails': {
      if (!first) return { words: 'Conflict: every order fails.', tone: 'danger' };
      const order = first.heads.map(nameOf).join(', then ');
      return running.length === 1
        ? { words: `Only one order runs: ${order}.`, tone: 'warning' }
        : {
            words: `Conflict: ${running.length} of ${orders.length} orders run, such as ${order}.`,
            tone: 'danger',
          };
    }
  }
}

/** A description of a remedy: `put b on top of a`. */
export function remedyWords(
  { kind, branch, onto }: Rehearsal['remedies'][number],
  nameOf: (id: string) => string,
): string {
  return kind === 'merge'
    ? 'write a merge revision'
    : `put ${nameOf(branch ?? '')} on top of ${nameOf(onto ?? '')}`;
}
