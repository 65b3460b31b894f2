import type { Field, ParsedMigration } from './parsed-migration.ts';

/** The declarations and statements of a scanned migration. */
export interface Scanned {
  readonly parsed: ParsedMigration;
  /** Statements of `up()`. */
  readonly up: readonly string[];
  /** Null: there is no `down()`. */
  readonly down: readonly string[] | null;
  readonly transactional: boolean;
}

/**
 * Reads a migration file that contains only what MikroORM generates: the import, the class with its declarations, and
 * methods that queue literal statements. A hundred times faster than parsing into a tree. Null for any other file, valid
 * or not: then the parser decides.
 * @param file path for messages; its ending chooses the dialect
 */
export function scanMigration(id: string, file: string, source: string): Scanned | null {
  // With one kind of line ending, comments and strings end where they end for every parser.
  if (!/(?<!\.d)\.[jt]s$/.test(file) || /[\u2028\u2029]|\r(?!\n)/.test(source)) return null;
  return new Scan(source, file.endsWith('.ts')).migration(id, file);
}

const importLine =
  /import\s*\{\s*Migration\s*\}\s*from\s*(?:'@mikro-orm\/migrations'|"@mikro-orm\/migrations")/y;
const classHead = /export\s+class\s+(Migration[\w$]+)\s+extends\s+Migration\s*\{/y;
const field = /static[ \t]+(readonly[ \t]+)?(revises|dependsOn|labels|replaces)\s*=\s*\[/y;
const method =
  /(override[ \t]+)?(async[ \t]+)?(up|down|isTransactional)\s*\(\s*\)\s*(:\s*(?:void|boolean|Promise<void>|void\s*\|\s*Promise<void>)\s*)?\{/y;
const addSql = /this\s*\.\s*addSql\s*\(/y;
const answer = /return[ \t]+(true|false)\b/y;
const simple = new Map<string | undefined, string>([
  ...Array.from(`'"\`\\$`, one => [one, one] as const),
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** A position in a source, moved on by each thing that is recognised. */
class Scan {
  readonly #source: string;
  readonly #typescript: boolean;
  #at = 0;
  /** A line ends between the last token and the next one. */
  #newLine = false;

  constructor(source: string, typescript: boolean) {
    this.#source = source;
    this.#typescript = typescript;
  }

  migration(id: string, file: string): Scanned | null {
    this.#skip();
    if (!this.#match(importLine) || !this.#ends()) return null;
    const head = this.#at;
    if (!this.#match(classHead)) return null;
    // the class, not its export
    const start = this.#source.indexOf('class', head);
    const body = this.#at - 1;
    const values: Partial<Record<Field, readonly string[]>> = {};
    const members: { -readonly [K in keyof ParsedMigration['members']]: ParsedMigration['members'][K] } = {};
    const methods = new Map<string, readonly string[]>();
    this.#skip();
    while (!this.#is('}')) {
      const from = this.#at;
      const declared = this.#match(field);
      if (declared) {
        const [, readonly, name] = declared as unknown as [string, string | undefined, Field];
        if (members[name] || (readonly && !this.#typescript)) return null;
        const list = this.#list();
        if (!list) return null;
        const end = this.#at;
        const semicolon = this.#is(';');
        if (!this.#ends() || (!semicolon && this.#source.slice(end, this.#at).includes(';'))) return null;
        values[name] = list;
        members[name] = { start: from, end: semicolon ? end + 1 : end };
        continue;
      }
      const found = this.#method();
      if (found === null || methods.has(found.name)) return null;
      methods.set(found.name, found.queued);
    }
    const end = this.#at + 1;
    this.#at = end;
    this.#skip();
    const up = methods.get('up');
    if (this.#at < this.#source.length || !up) return null;
    let line = 1;
    for (
      let at = this.#source.indexOf('\n');
      at !== -1 && at < start;
      at = this.#source.indexOf('\n', at + 1)
    ) {
      line++;
    }
    return {
      parsed: {
        declaration: { id, ...values, file, line },
        problems: [],
        body: { start: body, end },
        members,
      },
      up,
      down: methods.get('down') ?? null,
      transactional: methods.get('isTransactional')?.[0] !== 'false',
    };
  }

  /** The elements of an array of strings, of which the bracket was read. */
  #list(): string[] | null {
    const values: string[] = [];
    this.#skip();
    while (!this.#is(']')) {
      const value = this.#string(false);
      if (value === null) return null;
      values.push(value);
      this.#skip();
      if (this.#is(',')) {
        this.#at++;
        this.#skip();
      } else if (!this.#is(']')) return null;
    }
    this.#at++;
    return values;
  }

  /** A method that only queues literal statements, or answers true or false. */
  #method(): { readonly name: string; readonly queued: readonly string[] } | null {
    const found = this.#match(method);
    if (!found) return null;
    const [, override, async, name = '', type] = found;
    if (!this.#typescript && (override || type)) return null;
    const promise = type?.includes('Promise<void>') === true;
    const transactional = name === 'isTransactional';
    // what a compiler of types would refuse is nothing to be quick about
    if (transactional ? async || promise : type?.includes('boolean') || (async && type && !promise))
      return null;
    this.#skip();
    const queued: string[] = [];
    while (!this.#is('}')) {
      const text = transactional ? this.#match(answer)?.[1] : this.#statement();
      if (text == null || !this.#ends()) return null;
      queued.push(text);
    }
    if (transactional && queued.length !== 1) return null;
    this.#at++;
    this.#skip();
    return { name, queued };
  }

  /** The text of `this.addSql('…')`. */
  #statement(): string | null {
    if (!this.#match(addSql)) return null;
    this.#skip();
    const text = this.#string(true);
    if (text === null) return null;
    this.#skip();
    if (this.#is(',')) {
      this.#at++;
      this.#skip();
    }
    if (!this.#is(')')) return null;
    this.#at++;
    return text;
  }

  /**
   * The value of a string or of a template without substitutions.
   * @param escapes whether it may have simple ones
   */
  #string(escapes: boolean): string | null {
    const source = this.#source;
    const quote = source[this.#at];
    if (quote !== `'` && quote !== '"' && quote !== '`') return null;
    let value = '';
    let from = this.#at + 1;
    for (let at = from; at < source.length; at++) {
      const one = source[at] as string;
      if (one === quote) {
        this.#at = at + 1;
        return value + source.slice(from, at);
      }
      if (one === '\\') {
        const escaped = escapes ? simple.get(source[at + 1]) : undefined;
        if (escaped === undefined) return null;
        value += source.slice(from, at) + escaped;
        at++;
        from = at + 1;
      } else if (
        quote === '`' ? one === '\r' || (one === '$' && source[at + 1] === '{') : /[\r\n]/.test(one)
      ) {
        return null;
      }
    }
    return null;
  }

  /** The end of a statement or a declaration: a semicolon, a brace that follows, or a new line. */
  #ends(): boolean {
    this.#skip();
    if (!this.#is(';')) return this.#newLine || this.#is('}');
    this.#at++;
    this.#skip();
    return true;
  }

  #is(char: string): boolean {
    return this.#source[this.#at] === char;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  /** White space and comments. */
  #skip(): void {
    const source = this.#source;
    this.#newLine = false;
    for (;;) {
      const one = source[this.#at];
      if (one === '\n') this.#newLine = true;
      if (one === ' ' || one === '\n' || one === '\r' || one === '\t') this.#at++;
      else if (one === '/' && source[this.#at + 1] === '/') {
        const end = source.indexOf('\n', this.#at);
        this.#at = end === -1 ? source.length : end;
      } else if (one === '/' && source[this.#at + 1] === '*') {
        const end = source.indexOf('*/', this.#at + 2);
        if (end === -1) return;
        this.#at = end + 2;
      } else return;
    }
  }
}
