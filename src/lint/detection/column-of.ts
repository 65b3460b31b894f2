import type { Node } from '../../safety/parse.ts';
import type { Column } from '../objects.ts';
import { serialOf, type TypeRef, typeOf } from '../type-name.ts';
import { columnsIn } from '../volatility.ts';

/** A constraint in a column definition. */
export interface ColumnConstraint extends Node {
  readonly contype?: string;
}

/** The contents of a column definition. */
export interface ColumnDefinition {
  readonly column: Column;
  readonly type: TypeRef;
  readonly serial: boolean;
  readonly identity: boolean;
  /** `stored` and `virtual` generated columns. */
  readonly generated: 'stored' | 'virtual' | null;
  /** Expression of the default; null if there is none, or it is null. */
  readonly defaultValue: Node | null;
  readonly constraints: readonly ColumnConstraint[];
}

/** Reads a ColumnDef node. */
export function columnOf(definition: unknown): ColumnDefinition {
  const { colname, typeName, constraints } = (definition ?? {}) as Node;
  const type = typeOf(typeName);
  const all = (Array.isArray(constraints) ? constraints : []).map(
    one => ((one as Node).Constraint ?? {}) as ColumnConstraint,
  );
  const has = (kind: string): ColumnConstraint | undefined => all.find(one => one.contype === kind);
  const generated = has('CONSTR_GENERATED');
  const identity = has('CONSTR_IDENTITY') !== undefined;
  const serial = serialOf(type) !== null;
  const given = has('CONSTR_DEFAULT')?.raw_expr as Node | undefined;
  const defaultValue = given && !isNull(given) ? given : null;
  const notNull =
    has('CONSTR_NOTNULL') !== undefined || has('CONSTR_PRIMARY') !== undefined || identity || serial;
  return {
    type,
    serial,
    identity,
    generated: generated ? (generated.generated_kind === 'v' ? 'virtual' : 'stored') : null,
    defaultValue,
    constraints: all,
    column: {
      name: String(colname ?? ''),
      type: serial ? { ...type, name: serialOf(type) as string } : type,
      notNull,
      hasDefault: defaultValue !== null || serial || identity || generated !== undefined,
      identity,
      made: false,
      empty: false,
      virtual: generated?.generated_kind === 'v',
      from: generated ? columnsIn(generated.raw_expr) : [],
    },
  };
}

function isNull(node: Node): boolean {
  const { A_Const, TypeCast } = node as { A_Const?: { isnull?: boolean }; TypeCast?: { arg?: Node } };
  return A_Const?.isnull === true || (TypeCast?.arg !== undefined && isNull(TypeCast.arg));
}
