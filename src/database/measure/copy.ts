import type { MikroORM } from '@mikro-orm/core';
import { answerWithin } from '../../project/connections.ts';
import type { Project } from '../../project/project.ts';
import type { RehearsalData } from '../../values/rehearsal.ts';
import { serverScratch } from '../shadow/server.ts';
import { sqlState } from '../sql-failure.ts';
import { copyFailed, restore, sibling } from './restore.ts';
import { dataSource, nameOfSource } from './source.ts';

/** A private copy of a database, on the shadow's server. */
export interface Copy {
  readonly orm: MikroORM;
  /** Its source. */
  readonly source: string;
  readonly bytes: number;
  /** Such as `18.4`. */
  readonly server: string;
  /** Drops it. */
  close(): Promise<void>;
}

/** `object_in_use`: other sessions are connected to the database, so the server cannot copy it itself. */
const inUse = '55006';
/** `invalid_catalog_name` */
const noDatabase = '3D000';
/** `insufficient_privilege` */
const notAllowed = '42501';

/**
 * Creates a copy with rows. The source is only read.
 * @param shadow URL of the server for the copy
 * @param report receives progress
 * @throws Failure `shadow-unreachable` | `shadow-forbidden` | `shadow-needs-server-driver` | `bad-data` |
 * `copy-failed`
 */
export async function openCopy(
  project: Project,
  shadow: string,
  { from, pgDump }: RehearsalData,
  report: (text: string) => void,
): Promise<Copy> {
  const source = dataSource(from, shadow);
  const name = nameOfSource(source);
  const scratch = await serverScratch(project, shadow);
  try {
    report(`Copying ${name}`);
    const orm = await answerWithin(null, async () => {
      if (source.kind === 'template') {
        try {
          return await scratch.open({ kind: 'template', name: source.name });
        } catch (error) {
          const state = sqlState(error) ?? sqlState((error as Error).cause);
          if (state === noDatabase) {
            throw copyFailed(
              `there is no file ${from}, and no database of this name on the shadow's server.`,
              'Give a dump, the URL of a database, or a database of that server.',
            );
          }
          // A dump also works for a database in use or with another owner.
          if (state !== inUse && state !== notAllowed) throw error;
        }
      }
      const empty = await scratch.open(null);
      const [there] = await ask<{ name: string; version: number }>(
        empty,
        `select current_database() as name, current_setting('server_version_num')::int as version`,
      );
      const url = sibling(shadow, there?.name ?? '');
      await restore(source, { url, major: Math.floor((there?.version ?? 0) / 10_000), pgDump });
      report(`Analyzing ${name}`);
      await ask(empty, 'analyze');
      return empty;
    });
    const [facts] = await ask<{ bytes: string; server: string }>(
      orm,
      `select pg_database_size(current_database())::text as bytes, current_setting('server_version') as server`,
    );
    return {
      orm,
      source: name,
      bytes: Number(facts?.bytes),
      server: facts?.server.split(' ')[0] ?? '',
      close: () => scratch.close(),
    };
  } catch (error) {
    await scratch.close();
    throw error;
  }
}

function ask<Row extends object>(orm: MikroORM, sql: string): Promise<Row[]> {
  return orm.em.getConnection().execute(sql, [], 'all') as never;
}
