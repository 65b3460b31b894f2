import type { MikroORM } from '@mikro-orm/core';
import type { DatabaseSchema } from '@mikro-orm/sql';
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

/** The file's content for a schema, in the stock CLI's format. */
export function snapshotText(schema: DatabaseSchema): string {
  return JSON.stringify(schema, null, 2);
}
