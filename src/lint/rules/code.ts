import type { Family } from './rule.ts';

/** What cannot be analysed, or fails regardless of the rows. */
export const codeRules = {
  unparsable: {
    severity: 'warning',
    about: 'always',
    finds: "A statement that PostgreSQL's grammar cannot parse",
    why: 'It cannot be analysed and will most likely fail.',
    safe: 'Correct the statement.',
  },
  'dynamic-sql': {
    severity: 'note',
    about: 'always',
    finds: 'SQL that is built at run time',
    why: 'Its effect cannot be determined from the text.',
    safe: 'Write the SQL out, or review it carefully.',
  },
  incomplete: {
    severity: 'note',
    about: 'always',
    finds: 'SQL that is known only when the revision runs',
    why: 'The code of the revision reads rows or cannot be analysed: only part of its SQL was checked.',
    safe: 'Review the revision carefully.',
  },
  'cannot-run': {
    severity: 'danger',
    about: 'always',
    finds: 'A statement that PostgreSQL refuses in this schema',
    why: 'A name already exists or does not exist, something else depends on what is dropped or changed, or a type has no conversion. The revision fails regardless of the rows. Reported only when certain.',
    safe: 'Change or drop what is in the way first.',
  },
  'ends-transaction': {
    severity: 'danger',
    about: 'always',
    finds: 'COMMIT or ROLLBACK inside a transactional revision',
    why: 'migtui refuses to run it: the log row and the change would no longer be atomic.',
    safe: 'Remove it, or make isTransactional() return false.',
  },
  'no-lock-timeout': {
    severity: 'warning',
    about: 'always',
    finds: 'The lock timeout is turned off',
    why: 'A statement that waits for a lock makes every later query on that table wait behind it indefinitely.',
    safe: 'Keep lock_timeout at a few seconds.',
  },
  'newer-server': {
    severity: 'danger',
    about: 'always',
    finds: 'The server is too old for the statement',
    why: 'The statement fails.',
    safe: 'Use a statement that this version of PostgreSQL supports.',
  },
  'no-way-back': {
    severity: 'note',
    about: 'always',
    finds: 'A revision without down()',
    why: 'Only restoring a backup can undo it.',
    safe: 'Write a down(), or accept that it cannot be undone.',
  },
  'changes-server': {
    severity: 'warning',
    about: 'always',
    finds: 'Settings of the server, a database or a role are changed',
    why: 'They are not part of the schema. They affect other databases and sessions, and a downgrade does not restore them.',
    safe: 'Change them outside migrations.',
  },
} as const satisfies Family;
