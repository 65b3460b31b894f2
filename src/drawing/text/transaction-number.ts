import type { Preview } from '../../values/run.ts';

/** The number of a batch among those with a transaction, from 1. @param batch 0-based index */
export function transactionNumber({ batches }: Pick<Preview, 'batches'>, batch: number): number {
  return batches.slice(0, batch + 1).filter(({ transactional }) => transactional).length;
}
