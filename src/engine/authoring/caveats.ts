import type { Change } from '../../database/shadow/effects.ts';
import { loadParser, nodesOf, splitSync } from '../../safety/parse.ts';
import type { OnDisk, Workspace } from './workspace.ts';

/** One branch of a rehearsal. */
export interface Monitor {
  readonly head: string;
  readonly revisions: readonly string[];
  readonly changes: readonly Change[];
}

/** Which tables' rows the branches write, as far as their SQL tells. */
export interface RowsTouched {
  /** By branch: table -> the revision that writes it. */
  readonly bySide: readonly ReadonlyMap<string, string>[];
  /** `rows of messages`: written by one branch, and written or held to a new rule by another. */
  readonly shared: readonly string[];
  /** Revisions whose SQL is not known before they run. */
  readonly unknown: readonly string[];
}

/** Statements that write rows. */
const writes = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

/** Finds the tables whose rows each branch writes. */
export async function rowsTouched(
  workspace: Workspace,
  { byId }: OnDisk,
  sides: readonly Monitor[],
): Promise<RowsTouched> {
  await loadParser();
  const unknown: string[] = [];
  const bySide: Map<string, string>[] = [];
  for (const { revisions } of sides) {
    const tables = new Map<string, string>();
    for (const id of revisions) {
      const source = byId.get(id);
      const recorded = source && (await workspace.session.record(source, 'up').catch(() => null));
      if (!recorded?.complete) unknown.push(id);
      for (const sql of recorded?.sql ?? []) for (const table of tablesWritten(sql)) tables.set(table, id);
    }
    bySide.push(tables);
  }
  const shared = new Set<string>();
  for (const [index, tables] of bySide.entries()) {
    for (const table of tables.keys()) {
      const met = sides.some(
        (monitor, other) =>
          other !== index &&
          (bySide[other]?.has(table) || monitor.changes.some(change => rulesOf(change, table))),
      );
      if (met) shared.add(`rows of ${table}`);
    }
  }
  return { bySide, shared: [...shared], unknown };
}

/** What was not seen, in sentences: a scratch database has no rows but those that the revisions themselves insert. */
export function caveatsOf(sides: readonly Monitor[], rows: RowsTouched): string[] {
  const caveats = [
    'Rehearsed without your rows: that the branches fit says nothing of what only rows decide, such as unique values, checks, and columns that become required.',
  ];
  for (const [index, { head, changes }] of sides.entries()) {
    for (const change of changes) {
      const rule = ruleIn(change);
      if (rule === null) continue;
      const writer = [...(rows.bySide.entries() ?? [])].find(
        ([at, tables]) => at !== index && tables.has(rule.table),
      );
      const meets = writer ? `, and ${writer[1].get(rule.table)} of the other branch writes rows there` : '';
      caveats.push(`${head} ${rule.words}: rows that break it make it fail${meets}.`);
    }
  }
  for (const id of rows.unknown) caveats.push(`What ${id} does depends on what it finds when it runs.`);
  return caveats;
}

/** A change that existing rows can break, and the table it holds for. */
function ruleIn({ sign, object, words }: Change): { table: string; words: string } | null {
  if (sign === '-') return null;
  const column = /^((?:[^ .]+\.)?[^ .]+)\.([^ .]+)$/.exec(object);
  if (column && sign === '~' && /\bnot null\b/.test(words)) {
    return { table: column[1] as string, words: `makes ${object} required` };
  }
  if (column && sign === '~' && / -> /.test(words) && !/ default /.test(words)) {
    return { table: column[1] as string, words: `changes the type of ${object}` };
  }
  if (
    column &&
    sign === '+' &&
    /\bnot null\b/.test(words) &&
    !/ default | serial\b|identity|generated/.test(words)
  ) {
    return { table: column[1] as string, words: `adds the required column ${object}` };
  }
  const part = /^(\S+) (constraint|index) (\S+)$/.exec(object);
  if (part && (part[2] === 'constraint' || / unique /.test(words))) {
    return { table: part[1] as string, words: `adds ${words.slice(object.length + 1)} to ${part[1]}` };
  }
  return null;
}

function rulesOf(change: Change, table: string): boolean {
  return ruleIn(change)?.table === table;
}

function tablesWritten(sql: string): string[] {
  return (splitSync(sql) ?? []).flatMap(({ type, tree }) => {
    const statements = [
      ...(writes.includes(type) ? [tree] : []),
      ...writes.flatMap(kind => [...nodesOf(tree, kind)]),
    ];
    const copied = type === 'CopyStmt' && tree.is_from === true ? [tree] : [];
    const emptied = type === 'TruncateStmt' ? [...nodesOf(tree.relations, 'RangeVar')] : [];
    return [...statements, ...copied]
      .map(one => one.relation as Record<string, unknown> | undefined)
      .concat(emptied)
      .flatMap(range => {
        const { schemaname, relname } = (range ?? {}) as { schemaname?: string; relname?: string };
        if (relname === undefined) return [];
        return [schemaname === undefined || schemaname === 'public' ? relname : `${schemaname}.${relname}`];
      });
  });
}
