import { type Statement, splitSync } from '../safety/parse.ts';
import type { Finding, FindingPlace, Severity } from '../values/findings.ts';
import { type Acceptances, fileAcceptances, reasonFor } from './accept.ts';
import { nameAtRunTime } from './detection/code.ts';
import { lintStatement } from './detection/statement.ts';
import { blockedBy } from './locks.ts';
import type { RowQuestion } from './questions.ts';
import { type RuleId, rules } from './rules/all.ts';
import type { Schema } from './schema.ts';
import { type FoundFact, heldLonger, Scope, type Server } from './scope.ts';

/** One direction of a revision, with its SQL as far as known. */
export interface LintStep {
  readonly revision: string;
  readonly action: 'up' | 'down';
  readonly sql: readonly string[];
  readonly complete: boolean;
  readonly note: string | null;
  readonly transactional: boolean;
  readonly irreversible?: boolean | undefined;
  /** Source and path, for comments and locations. */
  readonly source: string | null;
  readonly file: string | null;
}

/** A finding, with the query that counts the rows on which it would fail. */
export interface QueriedFinding {
  readonly finding: Finding;
  readonly question: RowQuestion | null;
  /** Whether a later revision has done what the finding asks for, given the schema after it. */
  readonly resolved?: ((after: Schema) => boolean) | undefined;
}

/** The findings that no later revision resolves. */
export const unresolved = <Found extends QueriedFinding>(found: readonly Found[], after: Schema): Found[] =>
  found.filter(({ resolved }) => resolved?.(after) !== true);

export interface LintOptions {
  readonly server: Server;
  /** The run sets a lock timeout. */
  readonly lockTimeout: boolean;
  /** Severities by rule, from the settings. */
  readonly levels?: Readonly<Record<string, Severity | 'off'>> | undefined;
}

/**
 * Lints revisions one after the other, each on the schema after the previous ones. The grammar must be loaded
 * (`loadParser`).
 */
export class Linter {
  readonly #options: LintOptions;
  #scope: Scope;

  constructor(schema: Schema, options: LintOptions) {
    this.#options = options;
    this.#scope = new Scope(schema, options.server, options.lockTimeout);
  }

  /** The schema after everything that was linted and replayed so far. */
  get schema(): Schema {
    return this.#scope.schema;
  }

  /** The next step starts a new transaction. */
  endTransaction(): void {
    this.#scope.endTransaction();
  }

  /** The tables created so far count as in use from now on. */
  markInUse(): void {
    this.#scope.schema.markInUse();
  }

  /** Applies the step to the schema. */
  replay(step: LintStep): void {
    run(this.#scope, step);
    this.#scope.found.length = 0;
    this.#scope.newKeys.length = 0;
  }

  /** Lints a step, and applies it to the schema. */
  lint(step: LintStep): QueriedFinding[] {
    return this.#findings(step, this.#scope);
  }

  /** Lints the upgrade and the downgrade; the schema is then that after the upgrade. */
  lintBoth(up: LintStep, down: LintStep): QueriedFinding[] {
    const before = this.#scope.schema.fork();
    const above = this.#findings(up, this.#scope);
    const back = new Scope(this.#scope.schema.fork(), this.#options.server, this.#options.lockTimeout);
    back.before = before;
    back.schema.refill();
    return [...above, ...this.#findings(down, back)];
  }

  #findings(step: LintStep, scope: Scope): QueriedFinding[] {
    const places = run(scope, step);
    const facts = scope.found.splice(0).map((fact): FoundFact => {
      const replaced = step.transactional && fact.replaced?.(scope.schema) === true;
      return replaced ? { ...fact, severity: 'note' } : fact;
    });
    const file = fileAcceptances(step.source);
    const findings = facts.flatMap(fact => this.#finding(step, scope.schema, fact, places, file) ?? []);
    return [...heldOnce(findings), ...remarks(step).map(finding => ({ finding, question: null }))];
  }

  #finding(
    { revision, action }: LintStep,
    schema: Schema,
    fact: FoundFact,
    places: ReadonlyMap<Statement, StatementLocation>,
    file: Acceptances,
  ): QueriedFinding | null {
    const { rule, lock, statement, remedy, question } = fact;
    const table = fact.table?.name === nameAtRunTime ? undefined : fact.table;
    const message = fact.message.replaceAll(nameAtRunTime, 'a table named at run time');
    const level = this.#options.levels?.[rule] ?? fact.severity;
    if (level === 'off') return null;
    const accepted = reasonFor(rule, places.get(statement)?.text ?? '', file);
    const size = table ? schema.size(table) : { rows: null, bytes: null };
    const finding: Finding = {
      revision,
      action,
      rule,
      severity: accepted === undefined ? level : 'note',
      statement: statement.text,
      place: places.get(statement)?.place ?? { file: null, line: null, index: 0 },
      table: table ? schema.nameOf(table) : null,
      lock: lock ?? null,
      blocks: blockedBy(lock ?? null),
      rewrites: fact.rewrites === true,
      scans: fact.scans === true,
      ...size,
      message,
      remedy: remedy ?? rules[rule].safe,
      ...(accepted !== undefined && { accepted }),
    };
    return { finding, question: question ?? null, resolved: fact.resolved };
  }
}

/** A lock that is held during several long statements of a revision is one finding, at the first of them. */
function heldOnce(found: readonly QueriedFinding[]): QueriedFinding[] {
  const keyOf = ({ table, lock, severity, accepted }: Finding): string =>
    JSON.stringify([table, lock, severity, accepted]);
  const held = Map.groupBy(
    found.filter(({ finding }) => finding.rule === 'lock-held'),
    ({ finding }) => keyOf(finding),
  );
  return found.flatMap(one => {
    const { finding } = one;
    const [first, ...later] = finding.rule === 'lock-held' ? (held.get(keyOf(finding)) ?? []) : [one];
    if (first !== one) return [];
    if (later.length === 0) return [one];
    const message = heldLonger(finding.message, later.length);
    return [{ ...one, finding: { ...finding, message } }];
  });
}

/** The location of a statement, and its text with the comments before it. */
interface StatementLocation {
  readonly place: FindingPlace;
  readonly text: string;
}

/** Lints the statements of a step; returns the location of each. */
function run(scope: Scope, step: LintStep): Map<Statement, StatementLocation> {
  const places = new Map<Statement, StatementLocation>();
  const at = new Lines(step.source, step.file);
  scope.transactional = step.transactional;
  step.sql.forEach((text, index) => {
    const statements = splitSync(text);
    const broken: Statement = { text: text.trim(), start: 0, type: '', tree: {} };
    if (statements === null) {
      scope.schema.certain = false;
      places.set(broken, { place: at.place(broken.text, index), text });
      scope.during(broken, () =>
        scope.report({
          rule: 'unparsable',
          message: 'PostgreSQL does not parse this, so it was not analysed.',
        }),
      );
    }
    let end = 0;
    for (const statement of statements ?? []) {
      const { start } = statement;
      const until = start + statement.text.length;
      places.set(statement, { place: at.place(statement.text, index), text: text.slice(end, until) });
      end = until;
      lintStatement(scope, statement);
    }
    if (!step.transactional) scope.endTransaction();
  });
  if (!step.complete) scope.schema.certain = false;
  scope.endRevision();
  for (const { table, columns, statement } of scope.newKeys.splice(0)) {
    const now = scope.schema.table(table.schema, table.name);
    const isCovered = (schema: Schema): boolean =>
      schema
        .table(table.schema, table.name)
        .indexes.some(
          index =>
            !index.partial &&
            index.valid &&
            columns.every(column => index.columns.slice(0, columns.length).includes(column)),
        );
    if (isCovered(scope.schema) || !scope.schema.has(table) || step.action === 'down') continue;
    scope.found.push({
      rule: 'missing-foreign-key-index',
      table: now,
      lock: undefined,
      severity: rules['missing-foreign-key-index'].severity,
      resolved: isCovered,
      statement,
      message: `No index of ${scope.schema.nameOf(now)} begins with ${columns.join(', ')}: deletes in the referenced table read all of it.`,
    });
  }
  return places;
}

/** Findings for a step as a whole. */
function remarks({ revision, action, complete, note, irreversible, file }: LintStep): Finding[] {
  const rule: RuleId | null = irreversible ? 'no-way-back' : complete ? null : 'incomplete';
  if (rule === null) return [];
  return [
    {
      revision,
      action,
      rule,
      severity: rules[rule].severity,
      statement: '',
      place: { file, line: null, index: 0 },
      table: null,
      lock: null,
      blocks: [],
      rewrites: false,
      scans: false,
      rows: null,
      bytes: null,
      message: irreversible
        ? 'This revision cannot be undone.'
        : `Only a part of its SQL is known: ${note ?? 'its code decides at run time'}.`,
      remedy: rules[rule].safe,
    },
  ];
}

/** Finds statements in a source, in the order in which they are written there. */
class Lines {
  readonly #source: string | null;
  readonly #file: string | null;
  /** The last statement found: where it begins, and the number of its line. */
  #at = 0;
  #line = 1;

  constructor(source: string | null, file: string | null) {
    this.#source = source;
    this.#file = file;
  }

  place(statement: string, index: number): FindingPlace {
    const source = this.#source;
    const [first = ''] = statement.split('\n');
    if (source === null || first === '') return { file: this.#file, line: null, index };
    const forms = new Set([
      first,
      JSON.stringify(first).slice(1, -1),
      first.replaceAll("'", "\\'"),
      first.replaceAll('`', '\\`'),
    ]);
    for (const from of [this.#at === 0 ? 0 : this.#at + 1, 0]) {
      for (const form of forms) {
        const found = source.indexOf(form, from);
        if (found >= 0) return { file: this.#file, line: this.#lineOf(source, found), index };
      }
    }
    return { file: this.#file, line: null, index };
  }

  #lineOf(source: string, at: number): number {
    if (at < this.#at) {
      this.#at = 0;
      this.#line = 1;
    }
    for (
      let next = source.indexOf('\n', this.#at);
      next >= 0 && next < at;
      next = source.indexOf('\n', next + 1)
    )
      this.#line++;
    this.#at = at;
    return this.#line;
  }
}
