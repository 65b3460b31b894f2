import type { Family } from './rule.ts';

/** Constraints: adding, validating and dropping them. */
export const constraintRules = {
  'foreign-key-scans': {
    severity: 'danger',
    about: 'rows',
    finds: 'A foreign key is added and validated in one statement',
    why: 'SHARE ROW EXCLUSIVE on both tables blocks their writes while every row is checked. One row without a match makes it fail.',
    safe: 'Add it NOT VALID, and VALIDATE CONSTRAINT in a later revision.',
  },
  'foreign-key-locks': {
    severity: 'note',
    about: 'lock',
    finds:
      'A foreign key locks the referenced table; a danger while the rows of the other table are checked or rewritten',
    why: 'SHARE ROW EXCLUSIVE on the referenced table makes its writes wait until the transaction ends. A type change of the referencing column takes ACCESS EXCLUSIVE.',
    safe: 'Keep the transaction short.',
  },
  'check-scans': {
    severity: 'danger',
    about: 'rows',
    finds: 'A check constraint is added and validated in one statement',
    why: 'ACCESS EXCLUSIVE blocks reads and writes while every row is checked. One row that violates it makes it fail.',
    safe: 'Add it NOT VALID, and VALIDATE CONSTRAINT in a later revision.',
  },
  'not-null-scans': {
    severity: 'danger',
    about: 'rows',
    finds: 'SET NOT NULL without a constraint that proves it',
    why: 'ACCESS EXCLUSIVE blocks reads and writes while every row is checked. One null makes it fail.',
    safe: 'Add check (column is not null) NOT VALID, validate it in a later revision, then SET NOT NULL, which needs no scan, and drop the check. In PostgreSQL 18: add a NOT NULL constraint NOT VALID and validate it.',
  },
  'unique-blocks': {
    severity: 'danger',
    about: 'rows',
    finds: 'A unique or primary key constraint builds its index',
    why: 'ACCESS EXCLUSIVE blocks reads and writes while the index is built. One duplicate makes it fail.',
    safe: 'Create the unique index concurrently in a separate revision, then ADD CONSTRAINT … USING INDEX.',
  },
  'primary-key-nulls': {
    severity: 'danger',
    about: 'rows',
    finds: 'A primary key on columns that may be null',
    why: 'Its columns become NOT NULL: every row is read under ACCESS EXCLUSIVE, and one null makes it fail.',
    safe: 'Make the columns NOT NULL first, with a validated check, then ADD PRIMARY KEY USING INDEX.',
  },
  'exclusion-blocks': {
    severity: 'danger',
    about: 'rows',
    finds: 'An exclusion constraint is added',
    why: 'ACCESS EXCLUSIVE blocks reads and writes while its index is built and all rows are checked. It cannot be NOT VALID or built concurrently.',
    safe: 'Plan a maintenance window, or add it while the table is small.',
  },
  'validate-can-fail': {
    severity: 'note',
    about: 'rows',
    finds: 'A constraint is validated',
    why: 'Every row is read, with a lock that blocks neither reads nor writes. A row that violates the constraint makes it fail.',
    safe: 'Check for such rows first: --with-rows counts them.',
  },
  'validate-blocks': {
    severity: 'danger',
    about: 'rows',
    finds: 'A constraint is validated while a stronger lock is held',
    why: 'VALIDATE CONSTRAINT alone does not block other sessions. Together with other changes in one ALTER TABLE, it reads every row under their lock.',
    safe: 'Validate it in a separate statement and revision.',
  },
  'domain-constraint-scans': {
    severity: 'danger',
    about: 'rows',
    finds: 'A constraint of a domain is checked on every table that uses it',
    why: 'SHARE locks block writes to each table that has a column of the domain while all of its rows are checked.',
    safe: 'Add it NOT VALID and validate it in a later revision, or use check constraints on the tables.',
  },
  'attach-scans': {
    severity: 'danger',
    about: 'rows',
    finds:
      'A partition is attached without a constraint that proves its bounds, or without an index that the partitioned table has',
    why: 'The new partition, and the default partition if there is one, are locked with ACCESS EXCLUSIVE while all of their rows are read and missing indexes are built.',
    safe: 'First add a check constraint with the same bounds NOT VALID and validate it; PostgreSQL then skips the scan.',
  },
  'default-partition-scans': {
    severity: 'danger',
    about: 'rows',
    finds: 'A new partition makes PostgreSQL read the default partition',
    why: 'The default partition is locked with ACCESS EXCLUSIVE while all of its rows are read. A row that belongs to the new partition makes it fail.',
    safe: 'First add a check constraint to the default partition that excludes the new bounds, and validate it.',
  },
  'drop-constraint': {
    severity: 'warning',
    about: 'clients',
    finds: 'A constraint is dropped',
    why: 'Rows that violate it are accepted from then on. Adding it again has to check every row.',
    safe: 'Make sure that the application enforces what the constraint enforced.',
  },
  'drop-not-null': {
    severity: 'warning',
    about: 'clients',
    finds: 'NOT NULL is dropped',
    why: 'Nulls are accepted from then on, and clients that do not expect them break.',
    safe: 'First deploy clients that handle nulls.',
  },
} as const satisfies Family;
