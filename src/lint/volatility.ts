import { type Node, namesIn, nodesOf, splitSync } from '../safety/parse.ts';
import type { Schema } from './schema.ts';

/** Functions whose value differs from row to row, both built-in ones and those of common extensions. */
const volatile = new Set(
  `clock_timestamp timeofday random random_normal nextval currval lastval setval gen_random_uuid uuidv4 uuidv7 pg_sleep pg_notify set_config setseed
   uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuid_generate_v7 gen_random_bytes gen_salt ulid_generate gen_ulid
   generate_ulid nanoid gen_nanoid cuid snowflake_id ksuid`.split(/\s+/),
);

/**
 * Built-in functions that are common in defaults. Any other function that the schema does not define counts
 * as volatile.
 */
const steady = new Set(
  `now txid_current pg_current_xact_id transaction_timestamp statement_timestamp current_setting current_schema current_database current_query
   session_user pg_backend_pid inet_client_addr lower upper initcap trim btrim ltrim rtrim concat concat_ws format left right length
   char_length octet_length substr substring replace regexp_replace translate repeat reverse lpad rpad split_part md5 sha224 sha256 sha384
   sha512 encode decode to_char to_date to_timestamp to_number to_json to_jsonb json_build_object jsonb_build_object
   json_build_array jsonb_build_array json_object jsonb_object date_trunc date_part extract age make_date make_time make_timestamp
   make_timestamptz make_interval timezone date time timestamp timestamptz justify_days justify_hours abs ceil ceiling floor round
   trunc mod power sqrt sign greatest least coalesce nullif array_fill array_append array_prepend array_cat array_length
   cardinality string_to_array array_to_string int4range int8range numrange tsrange tstzrange daterange point box circle polygon
   to_tsvector to_tsquery plainto_tsquery inet cidr host text varchar bool int4 int8 float8 numeric ascii chr unaccent
   hstore row_to_json current_user quote_literal quote_ident starts_with version pg_current_snapshot txid_current_snapshot array_to_string array_position array_remove jsonb_set jsonb_build_array to_hex chr div sind cosd degrees radians gcd lcm width_bucket overlay strpos position quote_nullable format_type regexp_match string_to_table any_value inet_server_addr inet_server_port pg_postmaster_start_time pg_conf_load_time row_to_json current_catalog user json jsonb date_bin make_timestamptz convert_to convert_from bit_length pi exp ln`.split(
    /\s+/,
  ),
);

/** Whether an expression must be computed for each row. */
export function isVolatile(expression: unknown, schema: Schema): boolean {
  for (const call of nodesOf(expression, 'FuncCall')) {
    if (functionIsVolatile(namesIn(call.funcname), schema)) return true;
  }
  return false;
}

function functionIsVolatile(names: readonly string[], schema: Schema): boolean {
  const name = names.at(-1) ?? '';
  const routine = names[0] === 'pg_catalog' ? undefined : schema.routines.get(name);
  if (routine) return routine.volatile && !isInlined(routine.body, routine.language, schema);
  if (volatile.has(name)) return true;
  return !steady.has(name) && names[0] !== 'pg_catalog';
}

/** Aggregates and functions that return rows. */
const queried = new Set(
  `count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every generate_series
   unnest row_number rank dense_rank lag lead first_value last_value ntile jsonb_each jsonb_each_text json_each jsonb_array_elements
   jsonb_array_elements_text json_array_elements jsonb_object_keys regexp_split_to_table regexp_matches jsonb_strip_nulls jsonb_insert
   pg_get_serial_sequence to_regclass to_regtype pg_advisory_xact_lock pg_advisory_lock pg_advisory_unlock has_table_privilege percentile_cont
   isfinite bit_and bit_or mode date_add similarity`.split(/\s+/),
);

/** Whether a function surely changes no definitions: a built-in one, or one whose body is analysed where it is called. */
export function isPlainFunction(names: readonly string[], schema: Schema): boolean {
  const name = names.at(-1) ?? '';
  if (name === 'set_config') return false;
  return steady.has(name) || volatile.has(name) || queried.has(name) || schema.routines.has(name);
}

/** PostgreSQL inlines the expression of a simple SQL function. */
function isInlined(body: string, language: string, schema: Schema): boolean {
  if (language !== 'sql') return false;
  const [only, ...more] = splitSync(body) ?? [];
  if (!only || more.length > 0 || only.type !== 'SelectStmt' || only.tree.fromClause) return false;
  return !isVolatile(only.tree.targetList, schema);
}

/** The names of columns in an expression. */
export function columnsIn(expression: unknown): string[] {
  const names = new Set<string>();
  for (const reference of nodesOf(expression, 'ColumnRef')) {
    const name = namesIn(reference.fields).at(-1);
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

/** Whether an expression requires that a column is not null, possibly with other conditions. */
export function provesNotNull(expression: Node | null, column: string): boolean {
  if (!expression) return false;
  const { NullTest, BoolExpr, A_Expr } = expression as {
    NullTest?: Node;
    BoolExpr?: { boolop?: string; args?: Node[] };
    A_Expr?: Node;
  };
  if (NullTest) return NullTest.nulltesttype === 'IS_NOT_NULL' && isOrHas(NullTest.arg, column);
  if (A_Expr?.kind === 'AEXPR_DISTINCT') {
    const { lexpr, rexpr } = A_Expr;
    return (isNull(rexpr) && isColumn(lexpr, column)) || (isNull(lexpr) && isColumn(rexpr, column));
  }
  const args = BoolExpr?.args ?? [];
  switch (BoolExpr?.boolop) {
    case 'AND_EXPR':
      return args.some(one => provesNotNull(one, column));
    case 'OR_EXPR':
      return args.every(one => isFalse(one) || provesNotNull(one, column));
    case 'NOT_EXPR': {
      const { NullTest: inner } = (args[0] ?? {}) as { NullTest?: Node };
      return inner?.nulltesttype === 'IS_NULL' && isColumn(inner.arg, column);
    }
    default:
      return false;
  }
}

function isColumn(node: unknown, column: string): boolean {
  return 'ColumnRef' in ((node ?? {}) as object) && columnsIn(node).join() === column;
}

/** The column, or a row with it. */
function isOrHas(node: unknown, column: string): boolean {
  const { RowExpr } = (node ?? {}) as { RowExpr?: { args?: Node[] } };
  return RowExpr ? (RowExpr.args ?? []).some(one => isColumn(one, column)) : isColumn(node, column);
}

const isNull = (node: unknown): boolean =>
  ((node ?? {}) as { A_Const?: { isnull?: boolean } }).A_Const?.isnull === true;

const isFalse = (node: Node): boolean => {
  const { boolval } = (node as { A_Const?: { boolval?: { boolval?: boolean } } }).A_Const ?? {};
  return boolval !== undefined && boolval.boolval !== true;
};
