import type { Family } from './rule.ts';

/** Indexes: creating, dropping and rebuilding them. */
export const indexRules = {
  'index-blocks-writes': {
    severity: 'danger',
    about: 'rows',
    finds: 'An index is built without CONCURRENTLY',
    why: 'CREATE INDEX takes a SHARE lock: every insert, update and delete waits until the whole table has been read and the index is built.',
    safe: 'create index concurrently, in a separate revision whose isTransactional() returns false.',
  },
  'unique-index-can-fail': {
    severity: 'note',
    about: 'rows',
    finds: 'A unique index is built concurrently on rows that may have duplicates',
    why: 'Nothing is blocked, but a duplicate makes it fail and leaves an INVALID index that still slows down every write.',
    safe: 'Check for duplicates first (--with-rows counts them). After a failure, drop the INVALID index and build it again.',
  },
  'concurrent-in-transaction': {
    severity: 'danger',
    about: 'always',
    finds: 'A transactional revision has a statement that cannot run inside a transaction',
    why: 'PostgreSQL refuses CONCURRENTLY, VACUUM and similar statements inside a transaction: the revision fails.',
    safe: 'Move it to a separate revision whose isTransactional() returns false, in a separate addSql().',
  },
  'invalid-index-kept': {
    severity: 'note',
    about: 'rows',
    finds: 'IF NOT EXISTS would keep an INVALID index from an earlier attempt',
    why: 'A failed CREATE INDEX CONCURRENTLY leaves an INVALID index of that name. IF NOT EXISTS then does nothing, and queries still have no index.',
    safe: 'drop index concurrently if exists first, or check pg_index.indisvalid afterwards.',
  },
  'drop-index-locks': {
    severity: 'note',
    about: 'lock',
    finds: 'An index is dropped without CONCURRENTLY',
    why: 'DROP INDEX takes an ACCESS EXCLUSIVE lock on the table. It is brief, but while it waits for running queries, every later query waits behind it.',
    safe: 'drop index concurrently, in a revision whose isTransactional() returns false.',
  },
  'drop-unique-index': {
    severity: 'warning',
    about: 'clients',
    finds: 'A unique index is dropped',
    why: 'Duplicates are accepted from then on, and on conflict (…) clauses that need the index fail.',
    safe: 'Make sure that nothing relies on it; finding duplicates later is hard.',
  },
  'reindex-blocks': {
    severity: 'danger',
    about: 'rows',
    finds: 'REINDEX without CONCURRENTLY',
    why: 'REINDEX takes SHARE on the table and ACCESS EXCLUSIVE on the index: writes wait, and so do reads that would use the index.',
    safe: 'reindex (concurrently), outside a transaction.',
  },
  'duplicate-index': {
    severity: 'note',
    about: 'always',
    finds: 'An existing index begins with the same columns',
    why: 'Every index slows down writes. An index on (a) is rarely useful next to one on (a, b).',
    safe: 'Omit the shorter one, or drop it.',
  },
  'wide-index': {
    severity: 'note',
    about: 'always',
    finds: 'An index on more than three columns that is not unique',
    why: 'More columns rarely make lookups faster, but they make the index larger and writes slower.',
    safe: 'Use only the most selective columns.',
  },
  'missing-foreign-key-index': {
    severity: 'warning',
    about: 'always',
    finds: 'A foreign key without an index on its columns',
    why: 'Every delete and every key update in the referenced table scans the whole referencing table.',
    safe: 'Add an index that begins with the columns of the foreign key.',
  },
} as const satisfies Family;
