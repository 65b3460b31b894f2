import type { Family } from './rule.ts';

/** Columns: adding, changing, renaming and dropping them. */
export const columnRules = {
  'volatile-default': {
    severity: 'danger',
    about: 'rows',
    finds: 'A column is added with a default that is computed for each row',
    why: 'The whole table is rewritten, with its indexes, under ACCESS EXCLUSIVE. Constants and stable functions such as now() need no rewrite.',
    safe: 'Add the column without a default, set the default in a second statement, and fill the old rows in batches.',
  },
  'serial-column-rewrites': {
    severity: 'danger',
    about: 'rows',
    finds: 'A serial or identity column is added to a table',
    why: 'Each row gets a number, so the whole table is rewritten under ACCESS EXCLUSIVE.',
    safe: 'Add a nullable column, fill it in batches, then attach the sequence or identity.',
  },
  'stored-column-rewrites': {
    severity: 'danger',
    about: 'rows',
    finds: 'A stored generated column is added',
    why: 'Its value is computed for each row, so the whole table is rewritten under ACCESS EXCLUSIVE.',
    safe: 'Use a virtual generated column (PostgreSQL 18), a view, or a plain column that is filled by a trigger and backfilled in batches.',
  },
  'domain-column-rewrites': {
    severity: 'danger',
    about: 'rows',
    finds: 'A column of a domain with constraints is added',
    why: 'PostgreSQL checks the domain for each row by rewriting the whole table under ACCESS EXCLUSIVE.',
    safe: 'Add the column with the plain type and a check constraint NOT VALID.',
  },
  'required-column': {
    severity: 'danger',
    about: 'clients',
    finds: 'A column that must not be null is added without a default',
    why: 'It fails if the table has any rows, and inserts from running clients, which do not know the column, fail.',
    safe: 'Add it with a default, or add it as nullable, backfill in batches, then set not null with a validated check.',
  },
  'type-change-rewrites': {
    severity: 'danger',
    about: 'rows',
    finds: 'A type change rewrites the table',
    why: 'Every row and every index is rewritten under ACCESS EXCLUSIVE. Values that cannot be converted make it fail.',
    safe: 'Add a new column, write to both, backfill in batches, switch the readers, drop the old column later.',
  },
  'type-change-rebuilds': {
    severity: 'danger',
    about: 'rows',
    finds: 'A type change needs no rewrite, but rebuilds indexes or checks constraints',
    why: 'Under ACCESS EXCLUSIVE, PostgreSQL rebuilds indexes with other operator classes or collations, expression indexes and partial indexes, and rechecks check constraints on the column.',
    safe: 'Drop these indexes and constraints first, and recreate them afterwards: concurrently, or NOT VALID and validated.',
  },
  'drop-column': {
    severity: 'danger',
    about: 'data',
    finds: 'A column is dropped',
    why: 'Its values are lost, and running clients that still name the column fail.',
    safe: 'First deploy clients that do not use it, then drop it in a later release.',
  },
  'rename-column': {
    severity: 'danger',
    about: 'clients',
    finds: 'A column is renamed',
    why: 'Running clients use the old name and fail immediately.',
    safe: 'Add a new column, write to both, backfill, switch the readers, drop the old one later; or map the column in the entity (fieldName).',
  },
  'drop-default': {
    severity: 'warning',
    about: 'clients',
    finds: 'The default of a required column is dropped',
    why: 'Inserts from running clients that omit the column fail.',
    safe: 'First deploy clients that always provide a value.',
  },
  'json-column': {
    severity: 'warning',
    about: 'rows',
    finds: 'A json column is added to a table in use',
    why: 'json has no equality operator: queries with distinct, group by or union over the table fail.',
    safe: 'Use jsonb.',
  },
} as const satisfies Family;
