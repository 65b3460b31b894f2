import type { Finding } from '../../src/engine/api.ts';

/** A finding of the simulated project: an index on a large table, by default. */
export function findingOf(more: Partial<Finding> = {}): Finding {
  return {
    revision: 'Migration20261120101500_add_last_read_at',
    action: 'up',
    rule: 'index-blocks-writes',
    severity: 'danger',
    statement: 'create index "chats_last_read_at_index" on "chats" ("last_read_at")',
    place: { file: 'migrations/Migration20261120101500_add_last_read_at.ts', line: 12, index: 1 },
    table: 'chats',
    lock: 'SHARE',
    blocks: ['writes'],
    rewrites: false,
    scans: true,
    rows: 1_204_331,
    bytes: 356_515_840,
    message: 'Writes to chats wait until chats_last_read_at_index is built.',
    remedy: 'Create the index concurrently, in a revision of its own outside a transaction.',
    ...more,
  };
}

/** One for a statement that can fail on rows. */
export const requiredColumn = findingOf({
  revision: 'Migration20261113100000_fill_text_length',
  rule: 'required-column',
  statement: 'alter table "messages" add column "text_length" int null',
  place: { file: 'migrations/Migration20261113100000_fill_text_length.ts', line: 9, index: 0 },
  table: 'messages',
  lock: 'ACCESS EXCLUSIVE',
  blocks: ['reads', 'writes'],
  scans: false,
  message: 'messages.text_length must not be null and has no default: this fails when messages has a row.',
  remedy: 'Add it with a default, or nullable, and fill it in batches.',
  inTheWay: { count: 1_204, examples: ['{"id": 1}', '{"id": 2}', '{"id": 3}'], failure: null },
});
