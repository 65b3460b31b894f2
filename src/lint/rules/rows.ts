import type { Family } from './rule.ts';

/** Statements that write rows. */
export const rowRules = {
  'update-all': {
    severity: 'danger',
    about: 'rows',
    finds: 'Every row is updated',
    why: 'Each row is rewritten and stays locked until the transaction ends; dead rows, WAL and replication lag grow with the table.',
    safe: 'Update in batches of some thousand rows, each in its own transaction, outside of the migration that changes the table.',
  },
  'update-many': {
    severity: 'note',
    about: 'rows',
    finds: 'Rows are updated by a condition that may match many',
    why: 'The matching rows stay locked until the transaction ends.',
    safe: 'If there may be many, update in batches, each in its own transaction.',
  },
  'delete-all': {
    severity: 'danger',
    about: 'data',
    finds: 'Every row is deleted',
    why: 'The rows are lost, and all of them stay locked until the transaction ends.',
    safe: 'Delete in batches, outside of the migration, after a backup.',
  },
  'delete-many': {
    severity: 'warning',
    about: 'data',
    finds: 'Rows are deleted by a condition',
    why: 'The matching rows are lost, and stay locked until the transaction ends.',
    safe: 'Count the matching rows first; delete in batches if there may be many.',
  },
} as const satisfies Family;
