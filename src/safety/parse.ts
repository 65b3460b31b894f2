import { withoutLongLiterals } from './long-literals.ts';

/** A node of PostgreSQL's parse tree: one key, the node's type. */
export type Node = Readonly<Record<string, unknown>>;

/** One statement of a text. */
export interface Statement {
  readonly text: string;
  /** 0-based index of its first character in the original text. */
  readonly start: number;
  /** Type of the node, such as `IndexStmt`. */
  readonly type: string;
  /** The contents of the node. */
  readonly tree: Node;
}

type Grammar = Pick<typeof import('libpg-query'), 'parseSync' | 'parsePlPgSQLSync' | 'scanSync'>;

let grammar: Grammar | undefined;

/** Loads PostgreSQL's grammar (WASM, about 20 ms); the functions that end in `Sync` need it once. */
export async function loadParser(): Promise<void> {
  if (grammar) return;
  const loaded = await import('libpg-query');
  await loaded.loadModule();
  grammar = loaded;
}

function loadedGrammar(): Grammar {
  if (!grammar) throw new Error('The grammar is not loaded (loadParser).');
  return grammar;
}

/** A token of a text; `start` and `end` count bytes of UTF-8. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The tokens of a text, comments included. The grammar must be loaded (`loadParser`). */
export function tokensSync(sql: string): readonly Token[] {
  return loadedGrammar().scanSync(sql).tokens;
}

/** Up to this many characters of parsed texts are kept: their trees take about 50 bytes for each. */
const keptCharacters = 128 * 1024;

/** The statements of the latest texts: several analyses of one plan parse the same SQL. */
const kept = new Map<string, readonly Statement[] | null>();
let charactersKept = 0;

/**
 * Splits a text into statements with PostgreSQL's own grammar.
 * @returns null if it does not parse: PostgreSQL will report the error when it runs
 */
export function splitSync(sql: string): Statement[] | null {
  let statements = kept.get(sql);
  if (statements === undefined) {
    statements = parsed(sql);
    if (sql.length <= keptCharacters) {
      charactersKept += sql.length;
      if (charactersKept > keptCharacters) {
        kept.clear();
        charactersKept = sql.length;
      }
      kept.set(sql, statements);
    }
  }
  // New objects: a caller tells apart the statements of two equal texts.
  return statements?.map(statement => ({ ...statement })) ?? null;
}

function parsed(sql: string): Statement[] | null {
  interface Raw {
    readonly stmt?: Node;
    readonly stmt_location?: number;
    readonly stmt_len?: number;
  }
  if (sql.trim() === '') return [];
  const { parseSync } = loadedGrammar();
  const shortened = withoutLongLiterals(sql);
  const parsedText = shortened?.text ?? sql;
  let result: { stmts?: Raw[] };
  try {
    result = parseSync(parsedText) as { stmts?: Raw[] };
  } catch {
    return null;
  }
  const bytes = Buffer.from(parsedText, 'utf8');
  return (result.stmts ?? []).flatMap(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
    const [type, tree] = Object.entries(stmt ?? {})[0] ?? [];
    if (!type) return [];
    const raw = bytes.subarray(from, length ? from + length : undefined).toString('utf8');
    const text = raw.trim();
    const first = bytes.subarray(0, from).toString('utf8').length + raw.length - raw.trimStart().length;
    if (!shortened) return [{ text, start: first, type, tree: (tree ?? {}) as Node }];
    const start = shortened.original(first);
    const whole = sql.slice(start, shortened.original(first + text.length));
    return [{ text: whole, start, type, tree: (tree ?? {}) as Node }];
  });
}

/** The same, loading the grammar first. */
export async function splitStatements(sql: string): Promise<Statement[] | null> {
  await loadParser();
  return splitSync(sql);
}

/** Every node of a type in a tree, outermost first. */
export function* nodesOf(tree: unknown, type: string): Generator<Node> {
  const open: unknown[] = [tree];
  while (open.length > 0) {
    const at = open.pop();
    if (Array.isArray(at)) {
      for (let index = at.length - 1; index >= 0; index--) open.push(at[index]);
    } else if (typeof at === 'object' && at !== null) {
      const keys = Object.keys(at);
      for (let index = keys.length - 1; index >= 0; index--) {
        const key = keys[index] as string;
        const value = (at as Node)[key];
        if (typeof value !== 'object' || value === null) continue;
        if (key === type) yield value as Node;
        open.push(value);
      }
    }
  }
}

/** The strings of a list of `String` nodes: a qualified name. */
export function namesIn(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap(item => {
    const { String: string } = item as { String?: { sval?: string } };
    return string?.sval === undefined ? [] : [string.sval];
  });
}

/**
 * The tree of the PL/pgSQL in a CREATE FUNCTION, CREATE PROCEDURE or DO statement.
 * @returns null if it does not parse
 */
export function bodyOf(sql: string): unknown {
  try {
    return loadedGrammar().parsePlPgSQLSync(sql);
  } catch {
    return null;
  }
}

/** Identifiers of at least this many bytes as written; the tree has them truncated to 63 bytes. */
export function longIdentifiers(statement: string, bytes: number): string[] {
  const sql = withoutLongLiterals(statement)?.text ?? statement;
  // Skips the scan if there is nothing to find, because it takes noticeable time. Without repetition that has
  // no limit, which overflows the stack on a literal of several megabytes.
  if (!/[\w$\u0080-\uffff]{20}|"[^"]{20}/.test(sql)) return [];
  // Without characters of several bytes, a name has to be as long as that.
  if (bytes >= 60 && !/[\u0080-\uffff]/.test(sql) && !/[\w$]{60}|"(?:[^"]|""){60}/.test(sql)) return [];
  try {
    return loadedGrammar()
      .scanSync(sql)
      .tokens.filter(({ tokenName }) => tokenName === 'IDENT')
      .map(({ text }) => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text))
      .filter(name => Buffer.byteLength(name) >= bytes);
  } catch {
    return [];
  }
}
