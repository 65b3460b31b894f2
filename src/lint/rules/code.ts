import type { Family } from './rule.ts';

/** What cannot be judged, or fails whatever the rows are. */
export const codeRules = {
  unparsable: {
    severity: 'warning',
    about: 'always',
    finds: "A statement that PostgreSQL's grammar does not parse",
    why: 'It cannot be analysed and will most likely fail.',
    safe: 'Correct the statement.',
  },
  'dynamic-sql': {
    severity: 'note',
    about: 'always',
    finds: 'SQL that is assembled at run time',
    why: 'Its effect cannot be determined from the text.',
    safe: 'Write it out, or review it carefully.',
  },
  incomplete: {
    severity: 'note',
    about: 'always',
    finds: 'SQL that is known only when the revision runs',
    why: 'The code of the revision reads rows or cannot be analysed: only part of its SQL was checked.',
    safe: 'Review the revision carefully.',
  },
  'ends-transaction': {
    severity: 'danger',
    about: 'always',
    finds: 'COMMIT or ROLLBACK inside a transactional revision',
    why: 'A run refuses it: the log row and the change would no longer be atomic.',
    safe: 'Leave the transaction to the run, or make isTransactional() return false.',
  },
  'no-lock-timeout': {
    severity: 'warning',
    about: 'always',
    finds: 'The lock timeout is switched off',
    why: 'A statement that waits for a lock makes every later query of that table wait behind it, forever.',
    safe: 'Leave lock_timeout at a few seconds.',
  },
  'newer-server': {
    severity: 'danger',
    about: 'always',
    finds: 'The server is too old for the statement',
    why: 'It fails.',
    safe: 'Use what this version of PostgreSQL supports.',
  },
  'no-way-back': {
    severity: 'note',
    about: 'always',
    finds: 'A revision without down()',
    why: 'Only a backup can undo it.',
    safe: 'Write the down(), or accept that it cannot be undone.',
  },
  'changes-server': {
    severity: 'warning',
    about: 'always',
    finds: 'Settings of the server, a database or a role are changed',
    why: 'They are not part of the schema: other databases and sessions are affected, and a downgrade does not restore them.',
    safe: 'Change them outside of migrations.',
  },
} as const satisfies Family;
