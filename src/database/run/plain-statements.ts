import type { LoadedStep } from './context.ts';
import { canBePiped } from './pipeline.ts';

/** Statements that can end no transaction, and set nothing for the statements after them. */
const plain = /^\s*(?:create|alter|drop|comment|grant|revoke|insert|update|delete|truncate)\b/i;

/** The subset that changes only the schema, which rarely calls functions or triggers of the user. */
const ofSchema = /^\s*(?:create|alter|drop|comment|grant|revoke)\b/i;
const withRows = /\bas[\s(]*(?:select|with|values|table|execute)\b/i;

/** Whether all statements of a step are known, and none affects how later ones run. The grammar must be loaded. */
export function isPlain({ action, statements }: LoadedStep): boolean {
  if (action === 'log' || action === 'unlog') return true;
  return statements?.every(sql => plain.test(sql) && !/set_config/i.test(sql) && canBePiped(sql)) === true;
}

/** The same, and none reads or changes rows. */
export function changesSchemaOnly(step: LoadedStep): boolean {
  const { statements = [] } = step;
  return statements.every(sql => ofSchema.test(sql) && !withRows.test(sql)) && isPlain(step);
}
