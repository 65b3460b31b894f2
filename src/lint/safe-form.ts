import type { Node } from '../safety/parse.ts';
import { updateOf } from './safe-form/backfill.ts';
import { constraintOf, indexOf, notNullOf } from './safe-form/constraints.ts';
import { dropOf, renameColumnOf, renameTableOf, typeChangeOf } from './safe-form/contract.ts';
import { volatileDefaultOf } from './safe-form/default.ts';
import type { Rewrite } from './safe-form/rewrite.ts';
import { cutAt, only, onlyCommand, tableIn, withoutSemicolon } from './safe-form/statement.ts';
import { columnChangedBy, madeBy, undoneBy } from './safe-form/undoing.ts';
import { Schema } from './schema.ts';

/** The contents of one new revision. */
export interface Phase {
  /** A description, for its name. */
  readonly what: 'expand' | 'backfill' | 'not valid' | 'concurrently' | 'validate' | 'finish' | 'contract';
  readonly up: readonly string[];
  readonly down: readonly string[];
  readonly transactional: boolean;
}

/**
 * A revision in its safe form: the statements removed from it, and the revisions that replace them, in order.
 */
export interface SafeForm {
  /** Statements of `up()` that are removed. */
  readonly leaving: readonly string[];
  /** Statements of `down()` that are removed with them. */
  readonly removedDown: readonly string[];
  readonly phases: readonly Phase[];
}

/**
 * Finds the safe form of statements that the rules report as danger. Each text is one statement; statements
 * without a known safe form are kept.
 * @param dangerous whether a text has a danger
 * @param before the schema before the text of `up()` at an index; default: unknown
 * @returns null if nothing can be improved
 */
export function safeForm(
  up: readonly string[],
  down: readonly string[],
  dangerous: (sql: string) => boolean,
  before: (index: number) => Schema = () => new Schema(),
): SafeForm | null {
  const found = up.flatMap((sql, index) => {
    const rewrite = dangerous(sql) ? rewriteOf(sql, before(index)) : null;
    if (!rewrite || typeof rewrite === 'string') return [];
    const made = madeBy(sql);
    return [{ sql, rewrite, undone: made === null ? [] : undoing(down, made) }];
  });
  // A revision that only drops objects is already a contract step.
  const drops = found.filter(({ rewrite }) => rewrite.back.contract === null);
  if (found.length === 0 || (drops.length === found.length && drops.length === up.length)) return null;
  const all = (of: (one: Rewrite) => readonly string[]): string[] =>
    found.flatMap(({ rewrite }) => of(rewrite));
  // The last change is undone first.
  const back = (of: (one: Rewrite) => readonly string[]): string[] =>
    found.toReversed().flatMap(({ rewrite }) => of(rewrite));
  const together = (what: Phase['what'], up: string[], down: string[]): Phase[] =>
    up.length > 0 ? [{ what, up, down, transactional: true }] : [];
  const alone = (what: Phase['what'], up: readonly string[], down: readonly string[]): Phase[] =>
    up.length > 0 ? [{ what, up, down, transactional: false }] : [];
  const contracted = found
    .toReversed()
    .flatMap(({ rewrite, undone }) => rewrite.back.contract ?? undone.map(withoutSemicolon));
  return {
    leaving: found.map(({ sql }) => sql),
    removedDown: down.filter(text => found.some(({ undone }) => undone.includes(text))),
    phases: [
      ...together(
        'expand',
        all(one => one.expand),
        back(one => one.back.expand),
      ),
      ...found.flatMap(({ rewrite }) => rewrite.backfill.flatMap(sql => alone('backfill', [sql], []))),
      ...together(
        'not valid',
        all(one => one.now),
        back(one => one.back.now),
      ),
      ...found.flatMap(({ rewrite }) =>
        alone('concurrently', rewrite.concurrently, rewrite.back.concurrently),
      ),
      ...together(
        'validate',
        all(one => one.validate),
        [],
      ),
      ...together(
        'finish',
        all(one => one.finish),
        back(one => one.back.finish),
      ),
      ...together(
        'contract',
        all(one => one.contract),
        contracted,
      ),
    ],
  };
}

/** The statements of a downgrade that revert an effect, and those after them that finish the same column. */
function undoing(down: readonly string[], made: string): string[] {
  const first = down.findIndex(text => undoneBy(text) === made);
  return down.filter(
    (text, at) =>
      undoneBy(text) === made || (first >= 0 && at > first && made === `no column ${columnChangedBy(text)}`),
  );
}

/**
 * Why a dangerous statement has no safe form; null if there is no specific reason.
 * @param schema before it
 */
export function whyNoSafeForm(sql: string, schema: Schema): string | null {
  const rewrite = rewriteOf(sql, schema);
  return typeof rewrite === 'string' ? rewrite : null;
}

/** The safe form of a statement; text: why there is none; null: none is known. */
function rewriteOf(sql: string, schema: Schema): Rewrite | string | null {
  const statement = only(sql);
  switch (statement?.type) {
    case 'IndexStmt':
      return indexOf(statement);
    case 'UpdateStmt':
      return updateOf(statement, schema);
    case 'DropStmt':
      return statement.tree.removeType === 'OBJECT_TABLE' ? dropOf(statement.text) : null;
    case 'RenameStmt':
      if (statement.tree.renameType === 'OBJECT_TABLE') return renameTableOf(statement);
      return statement.tree.renameType === 'OBJECT_COLUMN' ? renameColumnOf(statement, schema) : null;
    case 'AlterTableStmt':
      break;
    default:
      return null;
  }
  const command = statement.tree.objtype === 'OBJECT_TABLE' ? onlyCommand(statement.tree) : null;
  if (!command) return null;
  const table = tableIn(statement.tree);
  const constraint = ((command.def as Node | undefined)?.Constraint ?? {}) as Node;
  switch (command.subtype) {
    case 'AT_SetNotNull':
      return notNullOf(table, String(command.name));
    case 'AT_DropColumn':
      return dropOf(statement.text);
    case 'AT_AddColumn':
      return volatileDefaultOf(statement, command, schema);
    case 'AT_AlterColumnType': {
      const cut = cutAt(withoutSemicolon(statement.text), ['type']);
      const [type = '', using] = splitUsing(cut?.after ?? '');
      // Unquoted, the name would be parsed as the keyword.
      return cut === null || using || command.name === 'type'
        ? null
        : typeChangeOf(statement, command, schema, type);
    }
    case 'AT_AddConstraint':
      return typeof constraint.conname === 'string' ? constraintOf(statement.text, table, constraint) : null;
    default:
      return null;
  }
}

/** `int using (a::int)` -> `int` and the expression. A cast of the column to that type is redundant. */
function splitUsing(text: string): readonly [string, string?] {
  const cut = cutAt(text, ['using']);
  if (cut === null) return [text];
  const plain = (sql: string): string => sql.replace(/[()"\s]/g, '').toLowerCase();
  const [, to, ...more] = plain(cut.after).split('::');
  return to === plain(cut.before) && more.length === 0 ? [cut.before] : [cut.before, cut.after];
}
