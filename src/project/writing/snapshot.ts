import type { MikroORM } from '@mikro-orm/core';
import type { DatabaseSchema } from '@mikro-orm/sql';
import type { Entities } from '../entities.ts';
import type { Project } from '../project.ts';
import { read } from './file-change.ts';

/** The problem with a snapshot file. */
export type SnapshotProblem = 'conflict' | 'broken';

/** MikroORM's snapshot: the schema with which its CLI compares the entities. */
export interface Snapshot {
  /** Absolute; null if the project has snapshots turned off. */
  readonly path: string | null;
  /** Null if there is no such file. */
  readonly text: string | null;
  /** `conflict`: it contains git conflict markers; `broken`: MikroORM cannot read it. */
  readonly problem: SnapshotProblem | null;
  /** Why it is broken. */
  readonly why: string | null;
  /** Parses it again; null if it cannot be read. */
  schema(): Promise<DatabaseSchema | null>;
}

/** Reads the snapshot from the stock CLI's location, for the platform of `orm`. */
export async function readSnapshot(project: Project, orm: MikroORM = project.orm): Promise<Snapshot> {
  class Probe extends project.modules.migrations.Migrator {
    path(): Promise<string> {
      return (this as unknown as { getSnapshotPath(): Promise<string> }).getSnapshotPath();
    }
    read(): Promise<DatabaseSchema | undefined> {
      return (
        this as unknown as { getSchemaFromSnapshot(): Promise<DatabaseSchema | undefined> }
      ).getSchemaFromSnapshot();
    }
  }
  const off: Snapshot = { path: null, text: null, problem: null, why: null, schema: async () => null };
  if (project.options.snapshot === false || project.folder === null) return off;
  const probe = new Probe(orm.em as never);
  const path = await probe.path();
  const text = read(path);
  if (text === null) return { ...off, path };
  if (/^(<{7}|>{7})( |$)/m.test(text)) {
    return { ...off, path, text, problem: 'conflict', why: 'it contains git conflict markers' };
  }
  try {
    await probe.read();
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { ...off, path, text, problem: 'broken', why };
  }
  return { path, text, problem: null, why: null, schema: async () => (await probe.read()) ?? null };
}

/**
 * The file's content for a schema, in the stock CLI's format.
 * @param unescaped of the entities: the stock CLI compares their defaults as they are
 */
export function snapshotText(schema: DatabaseSchema, unescaped: Entities['unescaped']): string {
  const withStockDefault = (key: string, value: unknown): unknown =>
    key === 'default' && typeof value === 'string' ? (unescaped.get(value) ?? value) : value;
  return JSON.stringify(schema, withStockDefault, 2);
}

/** Escapes the defaults of a snapshot's schema like those of the entities. */
export function withEscapedDefaults(
  schema: DatabaseSchema,
  unescaped: Entities['unescaped'],
): DatabaseSchema {
  const escaped = new Map([...unescaped].map(([now, before]) => [before, now]));
  for (const table of schema.getTables()) {
    for (const column of table.getColumns()) {
      const standard = column.default && escaped.get(column.default);
      if (standard) column.default = standard;
    }
  }
  return schema;
}
