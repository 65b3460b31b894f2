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
    why: 'Each row gets a number: the whole table is rewritten under ACCESS EXCLUSIVE.',
    safe: 'Add a nullable column, fill it in batches, then attach the sequence or identity.',
  },
  'stored-column-rewrites': {
    severity: 'danger',
    about: 'rows',
    finds: 'A stored generated column is added',
    why: 'Its value is computed for each row: the whole table is rewritten under ACCESS EXCLUSIVE.',
    safe: 'Use a virtual generated column (PostgreSQL 18), a view, or a plain column that a trigger fills and that is backfilled in batches.',
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
    why: 'It fails as soon as the table has a row, and inserts of running clients, which do not know the column, fail.',
    safe: 'Add it with a default, or nullable: backfill in batches, then set not null with a validated check.',
  },
  'type-change-rewrites': {
    severity: 'danger',
    about: 'rows',
    finds: 'A change of type rewrites the table',
    why: 'Every row and every index is rewritten under ACCESS EXCLUSIVE; values that do not fit fail it.',
    safe: 'Add a new column, write to both, backfill in batches, switch the readers, drop the old column later.',
  },
  'type-change-rebuilds': {
    severity: 'danger',
    about: 'rows',
    finds: 'A change of type needs no rewrite, but rebuilds indexes or checks constraints',
    why: 'Indexes of other operator classes or collations, indexes on expressions or with conditions, and check constraints on the column are rebuilt or checked again under ACCESS EXCLUSIVE.',
    safe: 'Drop these indexes and constraints first, and make them again afterwards: concurrently, or NOT VALID and validated.',
  },
  'drop-column': {
    severity: 'danger',
    about: 'data',
    finds: 'A column is dropped',
    why: 'Its values are lost, and running clients that still name the column fail.',
    safe: 'Deploy clients that do not use it first; drop it in a later release.',
  },
  'rename-column': {
    severity: 'danger',
    about: 'clients',
    finds: 'A column is renamed',
    why: 'Running clients use the old name and fail at once.',
    safe: 'Add a new column, write to both, backfill, switch the readers, drop the old one later; or map the name in the entity (fieldName).',
  },
  'drop-default': {
    severity: 'warning',
    about: 'clients',
    finds: 'The default of a required column is dropped',
    why: 'Inserts of running clients that leave the column out fail.',
    safe: 'Deploy clients that always give a value first.',
  },
  'json-column': {
    severity: 'warning',
    about: 'rows',
    finds: 'A json column is added to a table in use',
    why: 'json has no equality: queries with distinct, group by or union over the table fail.',
    safe: 'Use jsonb.',
  },
} as const satisfies Family;
