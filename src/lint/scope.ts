import type { Statement } from '../safety/parse.ts';
import type { LockMode, Severity } from '../values/findings.ts';
import { blockedBy, stronger } from './locks.ts';
import { keyOf, type Table } from './objects.ts';
import type { RowQuestion } from './questions.ts';
import { type RuleId, rules } from './rules/all.ts';
import type { Schema } from './schema.ts';

/** Properties of the server on which it will run. */
export interface Server {
  /** Major version; the newest if the server is unknown. */
  readonly version: number;
  /** The session's time zone is UTC: timestamps with and without zone have the same bytes. */
  readonly utc: boolean;
}

/** An effect of a statement. */
export interface Fact {
  readonly rule: RuleId;
  /** The table, if there is one. */
  readonly table?: Table | undefined;
  readonly message: string;
  /** Overrides the rule's. */
  readonly remedy?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly lock?: LockMode | undefined;
  readonly rewrites?: boolean;
  readonly scans?: boolean;
  /** Concerns the rows of the table itself, not those of its child tables. */
  readonly alone?: boolean | undefined;
  /** The object was created in the linted plan. */
  readonly made?: boolean;
  /** In a down(): whether it only reverts what the up() created, given the schema before the up(). */
  readonly own?: (before: Schema) => boolean;
  /**
   * Whether the dropped object exists again at the end of the revision: replaced in one transaction, no one
   * notices.
   */
  readonly replaced?: (after: Schema) => boolean;
  /** Whether a later revision has done what the finding asks for. */
  readonly resolved?: (after: Schema) => boolean;
  /** How to count the rows on which it would fail. */
  readonly question?: RowQuestion | undefined;
}

/** A fact with its final severity. */
export interface FoundFact extends Fact {
  readonly statement: Statement;
  readonly severity: Severity;
  readonly lock: LockMode | undefined;
}

/** Locks of an open transaction that block others. */
interface Held {
  readonly table: Table;
  readonly lock: LockMode;
  readonly statement: string;
  /** Whether clients used the table before the statement. */
  readonly inUse: boolean;
}

/** Lints statements one after the other, and tracks the schema, the locks and the findings. */
export class Scope {
  readonly schema: Schema;
  readonly server: Server;
  readonly found: FoundFact[] = [];
  /** The statement shares a transaction with others; false: each text has its own. */
  transactional = true;
  /** The statement says ONLY: it does not reach child tables. */
  only = false;
  /** A lock timeout is set. */
  lockTimeout: boolean;
  /** In a down(): the schema before its up(). */
  before: Schema | null = null;
  /** Enum values added in this transaction, with the type's name. */
  readonly newValues = new Map<string, string>();
  /** Types created in this transaction. */
  readonly newTypes = new Set<string>();
  /** The values of enums that the revisions create, by the type's name. */
  readonly newEnums = new Map<string, readonly string[]>();
  /** Foreign keys added in this revision, checked at its end. */
  readonly newKeys: {
    readonly table: Table;
    readonly columns: readonly string[];
    readonly statement: Statement;
  }[] = [];
  readonly #held = new Map<string, Held>();
  #locks = new Map<string, { table: Table; lock: LockMode }>();
  #long: Table[] = [];
  /** The search_path that a revision has set for more than its transaction. */
  #path: readonly string[] = [];
  /** With whether the table had rows when the statement reached it. */
  #facts: (Fact & { readonly empty: boolean })[] = [];
  /** Why the code that is being analysed runs: it is not in the statement itself. */
  #because: string | null = null;
  #statement: Statement = { text: '', start: 0, type: '', tree: {} };

  constructor(schema: Schema, server: Server, lockTimeout: boolean) {
    this.schema = schema;
    this.server = server;
    this.lockTimeout = lockTimeout;
  }

  get statement(): Statement {
    return this.#statement;
  }

  /** Analyses code that a statement runs indirectly: only its dangers are reported. Code that runs itself again is not. */
  because(why: string, analyse: () => void): void {
    if (this.#because !== null) return;
    this.#because = why;
    analyse();
    this.#because = null;
  }

  /** The statement takes a lock on a table that it holds until the transaction ends. */
  lock(table: Table, lock: LockMode): void {
    const key = keyOf(table);
    const before = this.#locks.get(key);
    this.#locks.set(key, { table, lock: stronger(before?.lock ?? null, lock) as LockMode });
  }

  /** The statement takes long if this table is large. */
  takesLong(table: Table, alone = false): void {
    if (this.schema.populated(table, alone)) this.#long.push(table);
  }

  report(fact: Fact): void {
    const { about, severity } = rules[fact.rule];
    if (this.#because !== null && (fact.severity ?? severity) !== 'danger') return;
    const alone = fact.alone ?? this.only;
    // Changes of the definition of a foreign table do not touch its rows.
    const elsewhere = fact.table?.kind === 'foreign' && about === 'rows' && fact.lock !== 'ROW EXCLUSIVE';
    // An emptied table has no rows to scan, and still has clients.
    const has = (table: Table): boolean =>
      about === 'rows' ? this.schema.populated(table, alone) : this.schema.inUse(table, alone);
    const empty = elsewhere || (fact.table !== undefined && !has(fact.table));
    const message = this.#because === null ? fact.message : `${this.#because}. ${fact.message}`;
    this.#facts.push({ ...fact, message, empty });
    if (fact.table && fact.lock) this.lock(fact.table, fact.lock);
    if (fact.table && !elsewhere && (fact.rewrites || fact.scans)) this.takesLong(fact.table, alone);
  }

  /** The strongest lock of the current statement so far. */
  lockOn(table: Table): LockMode | null {
    return this.#locks.get(keyOf(table))?.lock ?? null;
  }

  /** Lints one statement with `work`, and collects the findings. */
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
      if (fact.table) reported.add(keyOf(fact.table));
    }
    this.#briefLocks(reported);
    for (const [key, { table, lock }] of this.#locks) {
      if (blockedBy(lock).length === 0 || table.made) continue;
      const before = this.#held.get(key);
      if (!before || stronger(before.lock, lock) !== before.lock) {
        const inUse = before?.inUse ?? this.schema.inUse(table);
        this.#held.set(key, { table, lock, statement: statement.text, inUse });
      }
    }
  }

  /** @param local until the transaction ends; otherwise until the revision does */
  searchPath(path: readonly string[], local: boolean): void {
    this.schema.path = path;
    if (!local) this.#path = path;
  }

  /** A revision ends: the next one begins with the search_path of the connection. */
  endRevision(): void {
    this.#path = [];
    this.schema.path = [];
  }

  /** The transaction ends: its locks are released. */
  endTransaction(): void {
    this.schema.path = this.#path;
    this.#held.clear();
    this.newValues.clear();
    this.newTypes.clear();
  }

  /** Locks of earlier statements that are held during this long one. */
  #heldMeanwhile(): void {
    const [long] = this.#long;
    if (!long) return;
    for (const { table, lock, statement, inUse } of this.#held.values()) {
      const now = this.#locks.get(keyOf(table))?.lock ?? null;
      // What the statement itself blocks has its own finding.
      if (now !== null && stronger(now, lock) === now && this.#long.some(one => one.name === table.name))
        continue;
      const what = blockedBy(lock).join(' and ');
      this.#facts.push({
        empty: !inUse,
        rule: 'lock-held',
        table,
        lock,
        message: `${this.schema.nameOf(table)} stays locked (${lock}) from "${shortened(statement)}", so ${what} of it wait, until this statement on ${this.schema.nameOf(long)}${finishes}`,
      });
    }
  }

  /** Locks without another finding, by table. */
  #briefLocks(reported: ReadonlySet<string>): void {
    const byTable = [...this.#locks].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, { table, lock }] of byTable) {
      const blocks = blockedBy(lock);
      if (blocks.length === 0 || reported.has(key)) continue;
      const fact: Fact = {
        rule: 'brief-lock',
        table,
        lock,
        message: `${lock} on ${this.schema.nameOf(table)}, briefly: ${blocks.join(' and ')} wait meanwhile.`,
      };
      const severity = this.#severityOf({ ...fact, empty: false });
      if (severity !== null) this.found.push({ ...fact, lock, severity, statement: this.#statement });
    }
  }

  /** Null if the rule is not reported. */
  #severityOf(fact: Fact & { readonly empty: boolean }): Severity | null {
    const { rule, table, severity, made, lock, empty } = fact;
    const { about, severity: usual } = rules[rule];
    const says = severity ?? usual;
    if (this.before && fact.own?.(this.before)) return 'note';
    if (about === 'always') return says;
    if (made || table?.made) return null;
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

/** The end of the message about a lock that is held during a long statement. */
const finishes = ' finishes.';

/**
 * The message about a held lock, if it is held during more long statements.
 * @param later their number
 */
export function heldLonger(message: string, later: number): string {
  const more = later === 1 ? 'a later one' : `${later} later ones`;
  return `${message.slice(0, -finishes.length)} and ${more} finish.`;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
