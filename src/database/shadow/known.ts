import type { SchemaJson } from './schema.ts';

/** The objects in snapshots: those that MikroORM generated, in contrast to handwritten SQL. */
export interface Known {
  readonly names: ReadonlySet<string>;
  /** False if a snapshot could not be read, so that nothing is known about objects outside the snapshots. */
  readonly complete: boolean;
}

interface SnapshotJson {
  readonly tables?: readonly {
    readonly name: string;
    readonly schema?: string;
    readonly columns?: Record<string, unknown>;
    readonly indexes?: readonly IndexJson[];
    readonly checks?: readonly { readonly name: string }[];
    readonly triggers?: readonly { readonly name: string }[];
    readonly policies?: readonly { readonly name: string }[];
    readonly foreignKeys?: Record<string, unknown>;
  }[];
  readonly views?: readonly { readonly name: string; readonly schema?: string }[];
  readonly nativeEnums?: Record<string, { readonly name: string }>;
}

interface IndexJson {
  readonly keyName: string;
  readonly columnNames: readonly string[];
  readonly unique: boolean;
  readonly primary?: boolean;
}

/** Collects the names in snapshots; for one with git conflict markers, both sides count. */
export function knownIn(texts: readonly string[]): Known {
  const names = new Set<string>();
  let complete = true;
  for (const text of texts) {
    const conflictSides = sidesOf(text);
    for (const side of conflictSides) {
      try {
        collect(JSON.parse(side) as SnapshotJson, names);
      } catch {
        complete = false;
      }
    }
  }
  return { names, complete };
}

/** The schema without objects that are in no snapshot, and the names of those objects. */
export function withoutUnknown(
  json: SchemaJson,
  { names }: Known,
  wanted: string,
): { json: SchemaJson; left: string[] } {
  const left: string[] = [];
  const target = new Map(
    ((JSON.parse(wanted) as SnapshotJson).tables ?? []).map(table => [tableName(table), table]),
  );
  const keep = (name: string): boolean => {
    if (names.has(name)) return true;
    left.push(name);
    return false;
  };
  const named = <T extends { readonly name: string }>(table: string, kind: string, list: unknown): T[] =>
    ((list ?? []) as T[]).filter(one => keep(`${table} ${kind} ${one.name}`));
  const tables = json.tables
    .filter(table => keep(`table ${tableName(table)}`))
    .map(table => {
      const name = tableName(table);
      const twins = target.get(name)?.indexes ?? [];
      return {
        ...table,
        columns: table.columns.filter(column => keep(`${name}.${column.name as string}`)),
        // The same index under a different name was renamed.
        indexes: (table.indexes as IndexJson[]).filter(
          index =>
            index.primary ||
            twins.some(counterpart => alike(counterpart, index)) ||
            keep(`${name} index ${index.keyName}`),
        ),
        checks: named(name, 'check', table.checks),
        triggers: named(name, 'trigger', table.triggers),
        policies: named(name, 'policy', table.policies),
        foreignKeys: Object.fromEntries(
          Object.entries(table.foreignKeys as Record<string, unknown>).filter(([key]) =>
            keep(`${name} foreign key ${key}`),
          ),
        ),
      };
    });
  const views = json.views.filter(view => keep(`view ${tableName(view)}`));
  const nativeEnums = Object.fromEntries(
    Object.entries(json.nativeEnums).filter(([key]) => keep(`enum ${key}`)),
  );
  const used = new Set([...tables, ...views].map(one => one.schema));
  const namespaces = json.namespaces.filter(name => used.has(name) || names.has(`schema ${name}`));
  return { json: { ...json, tables, views, nativeEnums, namespaces } as SchemaJson, left };
}

function collect({ tables = [], views = [], nativeEnums = {} }: SnapshotJson, names: Set<string>): void {
  for (const table of tables) {
    const name = tableName(table);
    names.add(`table ${name}`);
    names.add(`schema ${table.schema}`);
    for (const column of Object.keys(table.columns ?? {})) names.add(`${name}.${column}`);
    for (const { keyName } of table.indexes ?? []) names.add(`${name} index ${keyName}`);
    for (const kind of ['check', 'trigger'] as const) {
      for (const part of table[`${kind}s`] ?? []) names.add(`${name} ${kind} ${part.name}`);
    }
    for (const policy of table.policies ?? []) names.add(`${name} policy ${policy.name}`);
    for (const key of Object.keys(table.foreignKeys ?? {})) names.add(`${name} foreign key ${key}`);
  }
  for (const view of views) names.add(`view ${tableName(view)}`);
  for (const key of Object.keys(nativeEnums)) names.add(`enum ${key}`);
}

function tableName({
  name,
  schema,
}: {
  readonly name: string;
  readonly schema?: string | undefined;
}): string {
  return schema === undefined || schema === 'public' ? name : `${schema}.${name}`;
}

function alike(a: IndexJson, b: IndexJson): boolean {
  return a.unique === b.unique && a.columnNames.join() === b.columnNames.join();
}

/** Both sides of a file with a git conflict; otherwise the file itself. */
function sidesOf(text: string): string[] {
  if (!/^<{7}/m.test(text)) return [text];
  const conflictSides = { ours: '', theirs: '' };
  let at: 'both' | 'ours' | 'base' | 'theirs' = 'both';
  for (const line of text.split(/(?<=\n)/)) {
    if (line.startsWith('<<<<<<<')) at = 'ours';
    else if (line.startsWith('|||||||') && at === 'ours') at = 'base';
    else if (line.startsWith('=======') && at !== 'both') at = 'theirs';
    else if (line.startsWith('>>>>>>>') && at === 'theirs') at = 'both';
    else {
      if (at === 'both' || at === 'ours') conflictSides.ours += line;
      if (at === 'both' || at === 'theirs') conflictSides.theirs += line;
    }
  }
  return [conflictSides.ours, conflictSides.theirs];
}
