import { quoteShell } from '../../foundation/shell.ts';
import type { ProjectInfo } from '../../values/look.ts';

/**
 * The options with which another migtui command addresses the same database: ` --context staging --schema
 * tenant_7`, or empty.
 */
export function placeOptions({ context, schema }: Pick<ProjectInfo, 'context' | 'schema'>): string {
  return [
    context === 'default' ? '' : ` --context ${quoteShell(context)}`,
    schema === null ? '' : ` --schema ${quoteShell(schema)}`,
  ].join('');
}

/** A database, and the schema in which migrations run, if there is one. */
export const placeLabel = (label: string, schema: string | null): string =>
  schema === null ? label : `${label}, schema ${schema}`;
