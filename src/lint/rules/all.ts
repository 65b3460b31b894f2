import { adviceRules } from './advice.ts';
import { codeRules } from './code.ts';
import { columnRules } from './columns.ts';
import { constraintRules } from './constraints.ts';
import { indexRules } from './indexes.ts';
import { objectRules } from './objects.ts';
import { rowRules } from './rows.ts';
import type { Rule } from './rule.ts';
import { tableRules } from './tables.ts';

/** The families, in the order of the documentation. */
export const families = {
  Indexes: indexRules,
  Constraints: constraintRules,
  Columns: columnRules,
  Tables: tableRules,
  Rows: rowRules,
  'Views, types, functions': objectRules,
  'Statements that cannot be analysed or cannot run': codeRules,
  Advice: adviceRules,
} as const;

const all = {
  ...indexRules,
  ...constraintRules,
  ...columnRules,
  ...tableRules,
  ...rowRules,
  ...objectRules,
  ...codeRules,
  ...adviceRules,
};

/** Every rule's id. */
export type RuleId = keyof typeof all;

/** Every rule by its id. */
export const rules: Readonly<Record<RuleId, Rule>> = all;
