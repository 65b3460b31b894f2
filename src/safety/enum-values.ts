import type { Warning } from '../values/run.ts';
import { namesIn, nodesOf, type Statement, splitStatements } from './parse.ts';

/** A revision of a batch with its statements. */
export interface ParsedRevision {
  readonly revision: string;
  readonly statements: readonly Statement[];
}

/** From this version on, values can be used immediately if their type was created in the same transaction. */
const usableWithItsType = 17;

/**
 * A value added to an enum cannot be used before the transaction that added it is committed.
 * @param parsed the revisions of one transaction
 * @param serverVersion such as `18.4`; null: not known
 */
export function enumValueWarnings(
  parsed: readonly ParsedRevision[],
  serverVersion: string | null,
): Warning[] {
  const added = new Map<string, { readonly type: string; readonly revision: string }>();
  const warnings: Warning[] = [];
  const created = new Set<string>();
  const usable = Number.parseInt(serverVersion ?? '18', 10) >= usableWithItsType;
  for (const { revision, statements } of parsed) {
    for (const statement of statements) {
      const { type, tree } = statement;
      if (type === 'CreateEnumStmt') created.add(namesIn(tree.typeName).at(-1) ?? '');
      const value = addedValue(statement);
      if (value !== null) {
        const name = namesIn(tree.typeName).at(-1) ?? '';
        if (!(usable && created.has(name))) added.set(value, { type: name, revision });
        continue;
      }
      const used = [...literalsIn(statement)].find(literal => added.has(literal));
      const from = used === undefined ? undefined : added.get(used);
      if (used === undefined || !from) continue;
      added.delete(used);
      const where = `The value '${used}' is added to ${from.type} and seems to be used in the same transaction, which PostgreSQL refuses ("unsafe use of new value").`;
      warnings.push({
        code: 'new-enum-value',
        message:
          from.revision === revision
            ? `${where} Both are in one revision, so --transaction each does not help: migtui revision --split ${revision} puts the new value into a revision of its own.`
            : `${where} Run with --transaction each: they are in two revisions, so it passes then.`,
        revisions: [...new Set([from.revision, revision])],
      });
    }
  }
  return warnings;
}

/** The statements of one revision, split in two. */
export interface SplitValues {
  /** Adds the values. */
  readonly values: readonly string[];
  /** Everything else, in its order. */
  readonly rest: readonly string[];
}

/**
 * Moves the statements that add enum values out of a revision that uses those values. Null if it uses none.
 * @param sql its statements; empty strings are kept
 */
export async function splitEnumValues(sql: readonly string[]): Promise<SplitValues | null> {
  const parsed = await Promise.all(sql.map(async text => (await splitStatements(text)) ?? []));
  const statements = parsed.flat();
  const created = new Set(
    statements
      .filter(({ type }) => type === 'CreateEnumStmt')
      .map(({ tree }) => namesIn(tree.typeName).join('.')),
  );
  const moved = new Set<number>();
  for (const [at, own] of parsed.entries()) {
    const [only, ...more] = own;
    const name = only && namesIn(only.tree.typeName).join('.');
    // A type that the same revision creates must exist first.
    if (only && more.length === 0 && addedValue(only) !== null && !created.has(name ?? '')) moved.add(at);
  }
  const added = new Set([...moved].map(at => addedValue(parsed[at]?.[0] as Statement)));
  const rest = sql.filter((_, at) => !moved.has(at));
  const uses = parsed.some(
    (own, at) => !moved.has(at) && own.some(one => [...literalsIn(one)].some(literal => added.has(literal))),
  );
  return uses ? { values: sql.filter((_, at) => moved.has(at)), rest } : null;
}

/** The value that `alter type … add value` adds; null for any other statement. */
function addedValue({ type, tree }: Statement): string | null {
  return type === 'AlterEnumStmt' && typeof tree.newVal === 'string' && !tree.oldVal ? tree.newVal : null;
}

function* literalsIn({ tree }: Statement): Generator<string> {
  for (const node of nodesOf(tree, 'A_Const')) {
    const value = (node.sval as { sval?: string } | undefined)?.sval;
    if (value !== undefined) yield value;
  }
}
