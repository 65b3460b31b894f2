import type { Problem } from '../../foundation/failure.ts';
import type { Declaration } from '../../revisions/revision.ts';

/** What a migration can declare about itself. */
export type Field = 'revises' | 'dependsOn' | 'labels' | 'replaces';

/** A file's declaration, the positions of its parts, and their problems. */
export interface ParsedMigration {
  readonly declaration: Declaration;
  readonly problems: readonly Problem[];
  /** Character range of the class body's braces, where members can be written; null when there is no class. */
  readonly body: { readonly start: number; readonly end: number } | null;
  /** Character range of each declared member (`static readonly revises = [...];`). */
  readonly members: Partial<Record<Field, { readonly start: number; readonly end: number }>>;
}
