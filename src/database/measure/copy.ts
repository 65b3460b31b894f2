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
  /** What it was made from. */
  readonly source: string;
  readonly bytes: number;
  /** Such as `18.4`. */
  readonly server: string;
  /** Drops it. */
  close(): Promise<void>;
}

/** `object_in_use`: others are connected to the database, so that the server does not copy it itself. */
const inUse = '55006';
/** `invalid_catalog_name` */
const noDatabase = '3D000';
/** `insufficient_privilege` */
const notAllowed = '42501';

/**
 * Makes a copy with rows. What it is made from is only read.
 * @param shadow URL of the server that it is made on
 * @param tell receives progress
 * @throws Failure `shadow-unreachable` | `shadow-forbidden` | `shadow-needs-server-driver` | `bad-data` | `copy-failed`
 */
export async function openCopy(
  project: Project,
  shadow: string,
  { from, pgDump }: RehearsalData,
  tell: (text: string) => void,
): Promise<Copy> {
  const source = dataSource(from, shadow);
  const name = nameOfSource(source);
  const scratch = await serverScratch(project, shadow);
  try {
    tell(`Copying ${name}`);
    const orm = await answerWithin(null, async () => {
      if (source.kind === 'template') {
        try {
          return await scratch.open({ kind: 'template', name: source.name });
        } catch (error) {
          const state = sqlState(error) ?? sqlState((error as Error).cause);
          if (state === noDatabase) {
            throw copyFailed(
              `there is no file ${from}, and no database of this name on the shadow's server.`,
              'Name a dump, the URL of a database, or a database of that server.',
            );
          }
          // a dump reads a database that others use, or that belongs to somebody else
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
      tell(`Analyzing ${name}`);
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
