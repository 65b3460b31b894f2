import { loadParser, splitSync } from '../../safety/parse.ts';
import type { Fact } from './inventory.ts';
import { checksOf } from './statements/checks.ts';

/**
 * Compares definitions as PostgreSQL's grammar reads them: servers of different versions write the same expression as
 * `timezone('utc', now())` or `now() AT TIME ZONE 'utc'`, as `"substring"(a, 1)` or `SUBSTRING(a FROM 1)`.
 */
export class Meanings {
  readonly #known = new Map<string, string>();

  private constructor() {}

  static async load(): Promise<Meanings> {
    await loadParser();
    return new Meanings();
  }

  /** Whether objects differ only in how their definitions are written. */
  alike(a: Fact, b: Fact): boolean {
    return Object.keys({ ...a.is, ...b.is }).every(key => {
      const [one, other] = [a.is[key], b.is[key]];
      if (one === other) return true;
      return one !== undefined && other !== undefined && this.#of(key, one) === this.#of(key, other);
    });
  }

  #of(property: string, text: string): string {
    const key = `${property} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const statement = statementWith(property, text);
    const parsed = statement === null ? null : splitSync(statement);
    const meaning = parsed ? JSON.stringify(parsed.map(({ tree }) => plain(tree))) : key;
    this.#known.set(key, meaning);
    return meaning;
  }
}

/** A statement that contains the value of a property; null if no grammar reads it. */
function statementWith(property: string, text: string): string | null {
  switch (property) {
    case 'default':
      return `select ${text}`;
    case 'generated':
      return `select ${text.replace(/ (stored|virtual)$/, ', $1')}`;
    case 'checks':
      return `create domain d as text ${checksOf(text)
        .map(([name, check]) => `constraint ${name} ${check}`)
        .join(' ')}`;
    case 'partition by':
      return `create table t (a int) partition by ${text}`;
    case 'definition':
      if (/^(CHECK|FOREIGN|UNIQUE|PRIMARY|EXCLUDE)\b/.test(text))
        return `alter table t add constraint c ${text}`;
      return text.startsWith('as ') ? `create policy p on t ${text}` : text;
    default:
      return null;
  }
}

/** The parts of a tree that have a meaning: not positions, nor whether a function is called by name or by syntax. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== 'object' || node === null) return node;
  const { location, funcformat, stmt_len, ...rest } = node as Record<string, unknown>;
  const { funcname } = rest;
  if (Array.isArray(funcname) && funcname.length > 1 && nameOf(funcname[0]) === 'pg_catalog')
    rest.funcname = funcname.slice(1);
  const cast = (rest.TypeCast ?? {}) as { arg?: unknown; typeName?: { names?: unknown[] } };
  if (cast.arg && isText(cast.typeName) && isString(cast.arg)) return plain(cast.arg);
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, plain(value)]));
}

const nameOf = (node: unknown): unknown => (node as { String?: { sval?: string } }).String?.sval;

const isString = (node: unknown): boolean =>
  (node as { A_Const?: { sval?: unknown } }).A_Const?.sval !== undefined;

const isText = (type: { names?: unknown[] } | undefined): boolean =>
  type?.names?.length === 1 && nameOf(type.names[0]) === 'text';
