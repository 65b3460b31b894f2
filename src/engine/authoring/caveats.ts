import { shortType } from '../../database/shadow/describe.ts';
import type { Change } from '../../database/shadow/effects.ts';
import { loadParser, nodesOf, type Statement, splitSync } from '../../safety/parse.ts';
import type { OnDisk, Workspace } from './workspace.ts';

/** One branch of a rehearsal. */
export interface Branch {
  readonly head: string;
  readonly revisions: readonly string[];
  readonly changes: readonly Change[];
}

/** The tables whose rows the branches write, as far as their SQL shows. */
export interface RowsTouched {
  /** By branch: tables that it empties before it changes them. */
  readonly emptied: readonly ReadonlySet<string>[];
  /** By branch: table -> the revision that writes it. */
  readonly bySide: readonly ReadonlyMap<string, string>[];
  /** `rows of messages`: written by one branch, and written or constrained by another. */
  readonly shared: readonly string[];
  /** Revisions whose SQL is unknown before they run. */
  readonly unknown: readonly string[];
}

/** Statements that write rows. */
const writes = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

/** Finds the tables whose rows each branch writes. */
export async function rowsTouched(
  workspace: Workspace,
  { byId }: OnDisk,
  sides: readonly Branch[],
): Promise<RowsTouched> {
  await loadParser();
  const unknown: string[] = [];
  const bySide: Map<string, string>[] = [];
  const emptied: Set<string>[] = [];
  for (const { revisions } of sides) {
    const tables = new Map<string, string>();
    const statements: Statement[] = [];
    for (const id of revisions) {
      const source = byId.get(id);
      const recorded = source && (await workspace.session.record(source, 'up').catch(() => null));
      if (!recorded?.complete) unknown.push(id);
      const own = (recorded?.sql ?? []).flatMap(sql => splitSync(sql) ?? []);
      for (const table of own.flatMap(tablesWritten)) tables.set(table, id);
      statements.push(...own);
    }
    bySide.push(tables);
    emptied.push(emptiedFirst(statements));
  }
  const shared = new Set<string>();
  for (const [index, tables] of bySide.entries()) {
    for (const table of tables.keys()) {
      const met = sides.some(
        (branch, other) =>
          other !== index &&
          (bySide[other]?.has(table) || branch.changes.some(change => rulesOf(change, table))),
      );
      if (met) shared.add(`rows of ${table}`);
    }
  }
  return { bySide, emptied, shared: [...shared], unknown };
}

/**
 * Descriptions of what was not tested: a scratch database contains only rows that the revisions themselves
 * insert. One sentence for each table of a branch whose rows can make it fail; none if rows have no
 * influence.
 */
export function caveatsOf(sides: readonly Branch[], rows: RowsTouched): string[] {
  const caveats: string[] = [];
  for (const [index, { head, changes }] of sides.entries()) {
    const tables = new Map<string, string[]>();
    for (const change of changes) {
      const rule = ruleIn(change);
      if (!rule || rows.emptied[index]?.has(rule.table) || isOfNewColumns(change, changes)) continue;
      tables.set(rule.table, [...(tables.get(rule.table) ?? []), rule.effect]);
    }
    for (const [table, effects] of tables) {
      const writer = rows.bySide.find((written, at) => at !== index && written.has(table))?.get(table);
      const meets = writer === undefined ? '' : `, and ${writer} of the other branch writes rows there`;
      caveats.push(`${head} ${effects.join(', ')}: it fails if rows of ${table} violate it${meets}.`);
    }
  }
  for (const id of rows.unknown)
    caveats.push(`What ${id} does depends on the data that it reads when it runs.`);
  return caveats.length === 0
    ? []
    : ['Tested without the rows of the database, so these results are unknown:', ...caveats];
}

/** A key on columns that the same branch adds: they are empty in every row, so no row violates it. */
function isOfNewColumns({ object, words }: Change, changes: readonly Change[]): boolean {
  const [, table] = /^(\S+) (?:constraint|index) /.exec(object) ?? [];
  const [, list] = /(?:\bunique|\bforeign key) (?:nulls not distinct )?\(([^()]*)\)/.exec(words) ?? [];
  if (table === undefined || list === undefined || /nulls not distinct/.test(words)) return false;
  const empty = new Set(
    changes
      .filter(one => one.sign === '+' && !/ default |not null|serial\b|identity|generated/.test(one.words))
      .map(one => one.object),
  );
  return list.split(', ').some(column => empty.has(`${table}.${column}`));
}

/** A change that can fail on existing rows, and its table. */
function ruleIn({ sign, object, words, properties }: Change): { table: string; effect: string } | null {
  if (sign === '-') return null;
  const column = /^((?:[^ .]+\.)?[^ .]+)\.([^ .]+)$/.exec(object);
  if (column && properties) {
    const { from, to } = properties;
    if (to['not null'] && !from['not null'])
      return { table: column[1] as string, effect: `makes ${object} required` };
    const [old, now] = [from.type ?? '', to.type ?? ''].map(shortType) as [string, string];
    if (old !== now && !takesEvery(old, now))
      return { table: column[1] as string, effect: `changes the type of ${object}` };
    return null;
  }
  if (
    column &&
    sign === '+' &&
    /\bnot null\b/.test(words) &&
    !/ default | serial\b|identity|generated/.test(words)
  ) {
    return { table: column[1] as string, effect: `adds the required column ${object}` };
  }
  const part = /^(\S+) (constraint|index) (\S+)$/.exec(object);
  // Existing rows are not checked.
  if (part && / not (valid|enforced)\b/i.test(properties?.to.definition ?? words)) return null;
  if (part && (part[2] === 'constraint' || / unique /.test(words))) {
    return { table: part[1] as string, effect: `adds ${words.slice(object.length + 1)} to ${part[1]}` };
  }
  return null;
}

function rulesOf(change: Change, table: string): boolean {
  return ruleIn(change)?.table === table;
}

const integers = ['smallint', 'int', 'bigint'];

/** Whether every value of one type is also a value of another. */
function takesEvery(from: string, to: string): boolean {
  const [[a = '', sizeOfA], [b = '', sizeOfB]] = [from, to].map(type => type.replace(')', '').split('(')) as [
    string[],
    string[],
  ];
  const string = /^(varchar|char|text|citext)$/;
  if (string.test(a) && b === 'text') return true;
  if (string.test(a) && b === 'varchar')
    return sizeOfB === undefined || (a !== 'text' && Number(sizeOfA) <= Number(sizeOfB));
  if (integers.includes(a) && integers.includes(b)) return integers.indexOf(a) <= integers.indexOf(b);
  return (integers.includes(a) || a === 'numeric') && b === 'numeric' && sizeOfB === undefined;
}

/** The tables to which a statement writes rows; TRUNCATE leaves none. */
function tablesWritten({ type, tree }: Statement): string[] {
  const statements = [
    ...(writes.includes(type) ? [tree] : []),
    ...writes.flatMap(kind => [...nodesOf(tree, kind)]),
  ];
  const copied = type === 'CopyStmt' && tree.is_from === true ? [tree] : [];
  return (
    [...statements, ...copied]
      // Without a condition, every row is deleted.
      .filter(one => type !== 'DeleteStmt' || one.whereClause !== undefined)
      .flatMap(one => nameOf(one.relation))
  );
}

/** Tables that lose all rows before anything in them is changed. */
function emptiedFirst(statements: readonly Statement[]): Set<string> {
  const changed = new Set<string>();
  const emptied = new Set<string>();
  for (const { type, tree } of statements) {
    if (type === 'AlterTableStmt' || type === 'IndexStmt')
      for (const table of nameOf(tree.relation)) changed.add(table);
    const gone =
      type === 'TruncateStmt'
        ? [...nodesOf(tree.relations, 'RangeVar')].flatMap(nameOf)
        : type === 'DeleteStmt' && tree.whereClause === undefined
          ? nameOf(tree.relation)
          : [];
    for (const table of gone) if (!changed.has(table)) emptied.add(table);
  }
  return emptied;
}

function nameOf(range: unknown): string[] {
  const { schemaname, relname } = (range ?? {}) as { schemaname?: string; relname?: string };
  if (relname === undefined) return [];
  return [schemaname === undefined || schemaname === 'public' ? relname : `${schemaname}.${relname}`];
}
