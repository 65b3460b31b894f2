import type { Family } from './rule.ts';

/** Statements that write rows. */
export const rowRules = {
  'update-all': {
    severity: 'danger',
    about: 'rows',
    finds: 'Every row is updated',
    why: 'Each row is rewritten and stays locked until the transaction ends; dead rows, WAL and replication lag grow with the table.',
    safe: 'Update in batches of a few thousand rows, each in its own transaction, outside the migration that changes the table.',
  },
  'update-many': {
    severity: 'note',
    about: 'rows',
    finds: 'An update with a condition that may match many rows',
    why: 'The matching rows stay locked until the transaction ends.',
    safe: 'If it may match many rows, update in batches, each in its own transaction.',
  },
  'delete-all': {
    severity: 'danger',
    about: 'data',
    finds: 'Every row is deleted',
    why: 'The rows are lost, and all of them stay locked until the transaction ends.',
    safe: 'Delete in batches, outside the migration, after a backup.',
  },
  'delete-many': {
    severity: 'warning',
    about: 'data',
    finds: 'A delete with a condition',
    why: 'The matching rows are lost, and stay locked until the transaction ends.',
    safe: 'Count the matching rows first. If there may be many, delete in batches.',
  },
} as const satisfies Family;
