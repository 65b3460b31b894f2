import { quoteShell } from '../../foundation/shell.ts';
import type { ProjectInfo } from '../../values/look.ts';

/** The options that lead another call of migtui to the same place: ` --context staging --schema tenant_7`, or nothing. */
export function placeOptions({ context, schema }: Pick<ProjectInfo, 'context' | 'schema'>): string {
  return [
    context === 'default' ? '' : ` --context ${quoteShell(context)}`,
    schema === null ? '' : ` --schema ${quoteShell(schema)}`,
  ].join('');
}

/** A database, and the schema in it that migrations run in, where they run in one. */
export const placeLabel = (label: string, schema: string | null): string =>
  schema === null ? label : `${label}, schema ${schema}`;
