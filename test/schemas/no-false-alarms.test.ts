import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineOptions } from '../../src/engine/api.ts';
import { asking, projectOf, running } from '../authoring/support.ts';
import { debianFolder, hasDebianServer, startDebianServer } from '../support/debian-server.ts';
import type { Project, ProjectOptions } from '../support/project.ts';
import { createDatabase, type Server, serverUrl } from '../support/server.ts';
import { samples, statementsFor } from './schemas.ts';

/* What the revisions made is what they make, whatever server made it, whatever server compares, and after a dump. */

const run = promisify(execFile);

/** The revisions of all samples, as far as a server of this version has what they use. */
function revisionsFor(major: number): NonNullable<ProjectOptions['migrations']> {
  return Object.fromEntries(
    samples.map((sample, at) => [
      `Migration202601010000${String(at).padStart(2, '0')}_${sample.what.replace(/\W+/g, '_')}`,
      { up: statementsFor(sample, major) },
    ]),
  );
}

async function sql(url: string, text: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

const databaseOn = (url: string, name: string): string => url.replace(/\/postgres$/, `/${name}`);

async function upgraded(url: string, major: number): Promise<Project> {
  const project = await projectOf({ url, migrations: revisionsFor(major) });
  await asking(project.root, engine => running(engine, 'upgrade', 'head'));
  return project;
}

/** Compares the live database of a project; without a `shadow` on PGlite. */
async function agrees(project: Project, shadow?: string): Promise<void> {
  const options: Partial<EngineOptions> = shadow === undefined ? {} : { shadow };
  const { findings, skipped } = await asking(project.root, engine => engine.check(['drift']), options);
  expect({ effects: findings.flatMap(({ effects }) => effects), skipped }).toEqual({
    effects: [],
    skipped: [],
  });
}

/** The same project on another database. */
const on = (url: string, major: number): Promise<Project> =>
  projectOf({ url, migrations: revisionsFor(major) });

describe('PostgreSQL 18', () => {
  let project: Project;
  beforeAll(async () => {
    project = await upgraded((await createDatabase()).url, 18);
  });
  test('replayed on itself', () => agrees(project, serverUrl()));
  test('replayed on PGlite', () => agrees(project));
});

/** Not installed: skipped, and vitest prints that. */
describe.each([13, 14, 15, 16, 17].map(major => [major]))('PostgreSQL %i', major => {
  describe.skipIf(!hasDebianServer(major))('where it is installed', () => {
    let server: Server;
    let project: Project;
    beforeAll(async () => {
      server = await startDebianServer(major);
      await sql(server.url, 'create database live');
      project = await upgraded(databaseOn(server.url, 'live'), major);
    });
    afterAll(() => server?.stop());

    test('replayed on itself', () => agrees(project, server.url));
    test('replayed on PostgreSQL 18', () => agrees(project, serverUrl()));
    test('replayed on PGlite', () => agrees(project));

    describe.skipIf(!existsSync(join(debianFolder(major), 'pg_dump')))('dumped', () => {
      const dump = async (): Promise<string> => {
        const { stdout } = await run(
          join(debianFolder(major), 'pg_dump'),
          ['--inserts', databaseOn(server.url, 'live')],
          { maxBuffer: 64 * 1024 ** 2 },
        );
        return stdout.replace(/^\\.*$/gm, '');
      };

      test('and restored on the same version', async () => {
        await sql(server.url, 'create database restored');
        const url = databaseOn(server.url, 'restored');
        await sql(url, await dump());
        await agrees(await on(url, major), server.url);
      });

      test('and restored on PostgreSQL 18', async () => {
        const { url } = await createDatabase();
        await sql(url, await dump());
        const restored = await on(url, major);
        await agrees(restored, serverUrl());
        await agrees(restored);
      });
    });
  });
});

test('PGlite, replayed on PGlite', async () => {
  const project = await projectOf({
    pglite: '.data',
    migrations: revisionsFor(18),
    config: `driverOptions: { extensions: await (async () => {
      const { citext } = await import('@electric-sql/pglite/contrib/citext');
      const { pg_trgm } = await import('@electric-sql/pglite/contrib/pg_trgm');
      const { uuid_ossp } = await import('@electric-sql/pglite/contrib/uuid_ossp');
      const { hstore } = await import('@electric-sql/pglite/contrib/hstore');
      return { citext, pg_trgm, uuid_ossp, hstore };
    })() },`,
  });
  await asking(project.root, engine => running(engine, 'upgrade', 'head'), {});
  await agrees(project);
});
