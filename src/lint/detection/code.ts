import { bodyOf, type Node, namesIn, nodesOf, splitSync } from '../../safety/parse.ts';
import type { Routine } from '../objects.ts';
import { quoted } from '../questions.ts';
import type { Scope } from '../scope.ts';

/** A placeholder in dynamic SQL for a name that is known only at run time. */
export const nameAtRunTime = 'migtui_name_at_run_time';

/** Analyses the statements inside code as if they were separate statements. */
export type LintInside = (sql: string) => void;

/** CREATE FUNCTION and PROCEDURE: stored, and analysed where it is called. */
export function createRoutine(scope: Scope, { funcname, options, sql_body: inline }: Node): void {
  const { language, as, volatility } = optionsOf(options);
  const name = namesIn(funcname).at(-1) ?? '';
  const steady = volatility === 'immutable' || volatility === 'stable';
  scope.schema.routines.set(name, {
    language: inline ? 'sql' : (language ?? 'sql').toLowerCase(),
    body: as ?? '',
    text: scope.statement.text,
    volatile: !steady,
  });
}

function optionsOf(options: unknown): {
  language?: string | undefined;
  as?: string | undefined;
  volatility?: string | undefined;
} {
  const found: Record<string, string> = {};
  for (const { defname, arg } of nodesOf(options, 'DefElem')) {
    const { String: single, List } = (arg ?? {}) as {
      String?: { sval?: string };
      List?: { items?: unknown };
    };
    found[String(defname)] = single?.sval ?? namesIn(List?.items)[0] ?? '';
  }
  return found;
}

/** DO. */
export function doBlock(scope: Scope, { args }: Node, lint: LintInside): void {
  const { language = 'plpgsql', as = '' } = optionsOf(args);
  insideRoutine(scope, { language, body: as, text: `do $migtui$${as}$migtui$`, volatile: true }, lint);
}

/** Functions of the schema that a query calls, and procedures of CALL. */
export function calls(scope: Scope, tree: Node, lint: LintInside): void {
  for (const { funcname } of nodesOf(tree, 'FuncCall')) {
    const routine = scope.schema.routines.get(namesIn(funcname).at(-1) ?? '');
    if (routine?.volatile) insideRoutine(scope, routine, lint);
  }
}

/** The statements of a function or procedure. */
export function insideRoutine(scope: Scope, { language, body, text }: Routine, lint: LintInside): void {
  if (language === 'sql') {
    if (splitSync(body) === null) {
      unknown(scope);
      return;
    }
    lint(body);
    return;
  }
  if (language !== 'plpgsql') {
    unknown(scope);
    return;
  }
  const tree = bodyOf(text);
  if (tree === null) {
    unknown(scope);
    return;
  }
  for (const { sqlstmt } of nodesOf(tree, 'PLpgSQL_stmt_execsql')) inText(queryIn(sqlstmt), lint);
  for (const { expr } of nodesOf(tree, 'PLpgSQL_stmt_perform')) inText(queryIn(expr), lint);
  for (const { expr } of nodesOf(tree, 'PLpgSQL_stmt_call')) inText(queryIn(expr), lint);
  for (const { query } of nodesOf(tree, 'PLpgSQL_stmt_dynexecute')) {
    const text = constantText(queryIn(query));
    if (text === null) unknown(scope);
    else lint(text);
  }
}

function queryIn(node: unknown): string {
  const { PLpgSQL_expr: expression } = (node ?? {}) as { PLpgSQL_expr?: { query?: string } };
  return expression?.query ?? '';
}

function inText(sql: string, lint: LintInside): void {
  if (
    /^\s*(create|alter|drop|truncate|update|delete|insert|merge|reindex|refresh|cluster|lock|comment|grant|revoke|call|select|set|with)\b/i.test(
      sql,
    )
  )
    lint(sql);
}

/** The text of EXECUTE: a literal, or the template of format() with placeholder names. */
function constantText(expression: string): string | null {
  const [only] = splitSync(`select ${expression}`) ?? [];
  const [target] = (only?.tree.targetList ?? []) as { ResTarget?: { val?: Node } }[];
  return textOf(target?.ResTarget?.val);
}

function textOf(node: Node | undefined): string | null {
  const { A_Const, FuncCall, A_Expr, TypeCast } = (node ?? {}) as {
    A_Const?: { sval?: { sval?: string } };
    FuncCall?: { funcname?: unknown; args?: Node[] };
    A_Expr?: { name?: unknown; lexpr?: Node; rexpr?: Node };
    TypeCast?: { arg?: Node };
  };
  if (A_Const) return A_Const.sval?.sval ?? null;
  if (TypeCast) return textOf(TypeCast.arg);
  const name = namesIn(FuncCall?.funcname).at(-1);
  if (name === 'format') {
    const [template = null, ...args] = (FuncCall?.args ?? []).map(textOf);
    let next = 0;
    return (
      template?.replace(/%(?:(\d+)\$)?-?\d*([sIL])/g, (_, position, kind) => {
        const at = position === undefined ? next++ : Number(position) - 1;
        next = at + 1;
        const value = args[at] ?? null;
        if (kind === 'L') return value === null ? "'?'" : `'${value.replaceAll("'", "''")}'`;
        if (value === null) return nameAtRunTime;
        return kind === 'I' && value !== nameAtRunTime ? quoted(value) : value;
      }) ?? null
    );
  }
  if (name === 'quote_ident') {
    const value = textOf(FuncCall?.args?.[0]);
    return value === null || value === nameAtRunTime ? nameAtRunTime : quoted(value);
  }
  if (A_Expr && namesIn(A_Expr.name).join() === '||') {
    const [left, right] = [textOf(A_Expr.lexpr), textOf(A_Expr.rexpr)];
    return left === null && right === null
      ? null
      : `${left ?? ` ${nameAtRunTime} `}${right ?? ` ${nameAtRunTime} `}`;
  }
  return null;
}

function unknown(scope: Scope): void {
  scope.schema.certain = false;
  scope.report({ rule: 'dynamic-sql', message: 'The SQL of this code is known only at run time.' });
}
