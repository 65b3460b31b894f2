import type { Family } from './rule.ts';

/** Indexes: making, dropping and rebuilding them. */
export const indexRules = {
  'index-blocks-writes': {
    severity: 'danger',
    about: 'rows',
    finds: 'An index is built without CONCURRENTLY',
    why: 'CREATE INDEX takes a SHARE lock: every insert, update and delete waits until the whole table has been read and the index is built.',
    safe: 'create index concurrently, in a revision of its own whose isTransactional() returns false.',
  },
  'unique-index-can-fail': {
    severity: 'note',
    about: 'rows',
    finds: 'A unique index is built concurrently on rows that may have duplicates',
    why: 'Nothing is blocked, but a duplicate fails it and leaves an INVALID index behind that still costs every write.',
    safe: 'Look for duplicates first (--with-rows counts them); after a failure drop the INVALID index and build it again.',
  },
  'concurrent-in-transaction': {
    severity: 'danger',
    about: 'always',
    finds: 'A statement that cannot run inside a transaction stands in a transactional revision',
    why: 'PostgreSQL refuses CONCURRENTLY, VACUUM and their like inside a transaction: the revision fails.',
    safe: 'Put it into a revision of its own whose isTransactional() returns false, in an addSql() of its own.',
  },
  'invalid-index-kept': {
    severity: 'note',
    about: 'rows',
    finds: 'IF NOT EXISTS would keep an INVALID index that an earlier attempt left',
    why: 'CREATE INDEX CONCURRENTLY that failed leaves an INVALID index of that name; IF NOT EXISTS then does nothing, and queries go on without an index.',
    safe: 'drop index concurrently if exists first, or look at pg_index.indisvalid afterwards.',
  },
  'drop-index-locks': {
    severity: 'note',
    about: 'lock',
    finds: 'An index is dropped without CONCURRENTLY',
    why: 'DROP INDEX takes an ACCESS EXCLUSIVE lock on the table. It is brief, but while it waits for running queries every later one waits behind it.',
    safe: 'drop index concurrently, in a revision whose isTransactional() returns false.',
  },
  'drop-unique-index': {
    severity: 'warning',
    about: 'clients',
    finds: 'A unique index is dropped',
    why: 'From then on duplicates are accepted, and on conflict (…) clauses that need the index fail.',
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
    finds: 'An index on columns that an existing index begins with',
    why: 'Every index costs each write. An index on (a) is of little use beside one on (a, b).',
    safe: 'Leave the shorter one out, or drop it.',
  },
  'wide-index': {
    severity: 'note',
    about: 'always',
    finds: 'An index on more than three columns that is not unique',
    why: 'More columns seldom find rows faster, and make the index larger and writes slower.',
    safe: 'Begin with the columns that leave the fewest rows, and leave the others out.',
  },
  'missing-foreign-key-index': {
    severity: 'warning',
    about: 'always',
    finds: 'A foreign key without an index on its columns',
    why: 'Every delete, or change of the key, in the referenced table reads the referencing table in full.',
    safe: 'Add an index that begins with the columns of the foreign key.',
  },
} as const satisfies Family;
