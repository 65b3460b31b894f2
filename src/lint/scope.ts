import type { Statement } from '../safety/parse.ts';
import type { LockMode, Severity } from '../values/findings.ts';
import { blockedBy, stronger } from './locks.ts';
import type { RowQuestion } from './questions.ts';
import { type RuleId, rules } from './rules/all.ts';
import type { Schema, Table } from './schema.ts';

/** What is known of the server that will run it. */
export interface Server {
  /** Major version; the newest where no server is known. */
  readonly version: number;
  /** The session's time zone is UTC: timestamps with and without zone are the same bytes. */
  readonly utc: boolean;
}

/** Something that a statement does. */
export interface Fact {
  readonly rule: RuleId;
  /** The table concerned, where there is one. */
  readonly table?: Table | undefined;
  readonly message: string;
  /** In place of the rule's. */
  readonly remedy?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly lock?: LockMode | undefined;
  readonly rewrites?: boolean;
  readonly scans?: boolean;
  /** What it concerns was made in the plan that is judged. */
  readonly made?: boolean;
  /** For a down(): whether, as the schema was before the up(), it only takes back what that made. */
  readonly own?: (before: Schema) => boolean;
  /** Whether what is gone is there again when the revision ends: replaced in one transaction, nobody misses it. */
  readonly replaced?: (after: Schema) => boolean;
  /** How to count the rows that would refuse it. */
  readonly question?: RowQuestion | undefined;
}

/** A fact with its final severity. */
export interface Judged extends Fact {
  readonly statement: Statement;
  readonly severity: Severity;
  readonly lock: LockMode | undefined;
}

/** Locks of an open transaction that others wait for. */
interface Held {
  readonly table: Table;
  readonly lock: LockMode;
  readonly statement: string;
}

/** Judges statements one after the other: what stands before them, what is locked, what was found. */
export class Scope {
  readonly schema: Schema;
  readonly server: Server;
  readonly found: Judged[] = [];
  /** The statement runs in a transaction that others share; false: each text is one of its own. */
  transactional = true;
  /** A lock timeout is set. */
  lockTimeout: boolean;
  /** In a down(): the schema before its up(). */
  before: Schema | null = null;
  /** Values of enums added in this transaction, with the type's name. */
  readonly newValues = new Map<string, string>();
  /** Types made in this transaction. */
  readonly newTypes = new Set<string>();
  /** Foreign keys added in this revision, looked at when it ends. */
  readonly newKeys: {
    readonly table: Table;
    readonly columns: readonly string[];
    readonly statement: Statement;
  }[] = [];
  readonly #held = new Map<string, Held>();
  #locks = new Map<string, { table: Table; lock: LockMode }>();
  #long: Table[] = [];
  #facts: Fact[] = [];
  #statement: Statement = { text: '', start: 0, type: '', tree: {} };

  constructor(schema: Schema, server: Server, lockTimeout: boolean) {
    this.schema = schema;
    this.server = server;
    this.lockTimeout = lockTimeout;
  }

  get statement(): Statement {
    return this.#statement;
  }

  /** The statement takes a lock on a table that it holds until the transaction ends. */
  lock(table: Table, lock: LockMode): void {
    const key = `${table.schema}.${table.name}`;
    const before = this.#locks.get(key);
    this.#locks.set(key, { table, lock: stronger(before?.lock ?? null, lock) as LockMode });
  }

  /** The statement takes long where this table is large. */
  takesLong(table: Table): void {
    if (this.schema.populated(table)) this.#long.push(table);
  }

  report(fact: Fact): void {
    this.#facts.push(fact);
    if (fact.table && fact.lock) this.lock(fact.table, fact.lock);
    if (fact.table && (fact.rewrites || fact.scans)) this.takesLong(fact.table);
  }

  /** The strongest lock so far of the statement at hand. */
  lockOn(table: Table): LockMode | null {
    return this.#locks.get(`${table.schema}.${table.name}`)?.lock ?? null;
  }

  /** Judges one statement with `work`, and keeps what it found. */
  during(statement: Statement, work: () => void): void {
    this.#statement = statement;
    this.#locks = new Map();
    this.#long = [];
    this.#facts = [];
    work();
    this.#heldMeanwhile();
    const reported = new Set<string>();
    for (const fact of this.#facts) {
      const severity = this.#severityOf(fact);
      if (severity === null) continue;
      const taken = fact.table && !fact.table.made ? this.lockOn(fact.table) : null;
      const own = fact.table?.made ? null : (fact.lock ?? null);
      const lock = fact.rule === 'lock-held' ? own : stronger(own, taken);
      this.found.push({ ...fact, severity, lock: lock ?? undefined, statement });
      if (fact.table) reported.add(`${fact.table.schema}.${fact.table.name}`);
    }
    this.#briefLocks(reported);
    for (const [key, { table, lock }] of this.#locks) {
      if (blockedBy(lock).length === 0 || table.made) continue;
      const before = this.#held.get(key);
      if (!before || stronger(before.lock, lock) !== before.lock) {
        this.#held.set(key, { table, lock, statement: statement.text });
      }
    }
  }

  /** The transaction ends: its locks are given back. */
  endTransaction(): void {
    this.#held.clear();
    this.newValues.clear();
    this.newTypes.clear();
  }

  /** Locks of earlier statements that are held while this one takes long. */
  #heldMeanwhile(): void {
    const [long] = this.#long;
    if (!long) return;
    for (const { table, lock, statement } of this.#held.values()) {
      const now = this.#locks.get(`${table.schema}.${table.name}`)?.lock ?? null;
      // what the statement itself blocks is its own finding
      if (now !== null && stronger(now, lock) === now && this.#long.some(one => one.name === table.name))
        continue;
      const what = blockedBy(lock).join(' and ');
      this.#facts.push({
        rule: 'lock-held',
        table,
        lock,
        message: `${this.schema.nameOf(table)} has been locked (${lock}) since "${shortened(statement)}", so ${what} of it wait until this long statement on ${this.schema.nameOf(long)} is done.`,
      });
    }
  }

  /** Locks that no finding tells of. */
  #briefLocks(reported: ReadonlySet<string>): void {
    for (const [key, { table, lock }] of this.#locks) {
      const blocks = blockedBy(lock);
      if (blocks.length === 0 || reported.has(key)) continue;
      const fact: Fact = {
        rule: 'brief-lock',
        table,
        lock,
        message: `${lock} on ${this.schema.nameOf(table)}, briefly: ${blocks.join(' and ')} wait meanwhile.`,
      };
      const severity = this.#severityOf(fact);
      if (severity !== null) this.found.push({ ...fact, lock, severity, statement: this.#statement });
    }
  }

  /** Null where the rule is silent. */
  #severityOf(fact: Fact): Severity | null {
    const { rule, table, severity, made, lock } = fact;
    const { about, severity: usual } = rules[rule];
    const says = severity ?? usual;
    if (this.before && fact.own?.(this.before)) return 'note';
    if (about === 'always') return says;
    if (made || table?.made) return null;
    const empty = table !== undefined && !this.schema.populated(table);
    switch (about) {
      case 'rows':
        return empty ? null : says;
      case 'lock':
        return says === 'note' && lock === 'ACCESS EXCLUSIVE' && !this.lockTimeout ? 'warning' : says;
      default:
        return empty && says === 'danger' ? 'warning' : says;
    }
  }
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
