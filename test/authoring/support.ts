import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ShadowCache } from '../../src/database/shadow/cache.ts';
import { openShadow } from '../../src/database/shadow/open.ts';
import { loadPGlite } from '../../src/database/shadow/packages.ts';
import type { Shadow } from '../../src/database/shadow/replay.ts';
import type { EngineApi, EngineOptions, RunResult } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import type { MigrationSource } from '../../src/project/files/migration-source.ts';
import { openProject, type Project } from '../../src/project/project.ts';
import {
  makeFolder,
  makeProject,
  type ProjectOptions,
  repository,
  stockCli,
  type Project as TestProject,
} from '../support/project.ts';
import { serverUrl } from '../support/server.ts';

/** A shadow of the project at `root`, opened like in the engine, and everything else that replays need. */
export async function openedShadow(
  root: string,
  options: { url?: string; cache?: Parameters<typeof openShadow>[1]['cache'] } = {},
): Promise<{
  project: Project;
  shadow: Shadow;
  sources: Map<string, MigrationSource>;
  replayed: string[];
  close(): Promise<void>;
}> {
  const project = await openProject(root);
  const { migrations } = project.sources();
  const replayed: string[] = [];
  const shadow = await openShadow(project, {
    ...options,
    sources: migrations,
    progress: (revision, done, total) => {
      if (done < total) replayed.push(revision);
    },
  });
  return {
    project,
    shadow,
    replayed,
    sources: new Map(migrations.map(one => [one.id, one])),
    async close() {
      await shadow.close();
      await project.close();
    },
  };
}

export const ups = (...revisions: string[]) =>
  revisions.map(revision => ({ revision, action: 'up' as const }));

export const downs = (...revisions: string[]) =>
  revisions.map(revision => ({ revision, action: 'down' as const }));

/**
 * A project that is independent of others in the same process: MikroORM uses the first current folder for
 * all.
 */
export function projectOf(options: ProjectOptions = {}): Promise<TestProject> {
  return makeProject({ ...options, config: `baseDir: import.meta.dirname, ${options.config ?? ''}` });
}

/** An engine on the project at `root`, closed by the caller. */
export function engineOn(root: string, options: Partial<EngineOptions> = {}): Promise<EngineApi> {
  return openEngine({ root, ...options }, () => {});
}

/**
 * The same project a while later, in a folder of its own: Node imports a file once, so an edited one wants another path.
 * @param entities source of `entities.ts`; default: as they were
 * @param files by path; null removes
 */
export async function later(
  project: TestProject,
  { entities, files = {} }: { entities?: string; files?: Record<string, string | null> } = {},
): Promise<TestProject> {
  const root = await makeFolder('later');
  await cp(project.root, root, { recursive: true, verbatimSymlinks: true });
  const next = await movedTo(project, root);
  if (entities !== undefined) await next.write('entities.ts', entities);
  for (const [file, text] of Object.entries(files)) {
    if (text === null) await next.remove(file);
    else await next.write(file, text);
  }
  return next;
}

async function movedTo(project: TestProject, root: string): Promise<TestProject> {
  const path = (file: string): string => join(root, file);
  return {
    ...project,
    root,
    path,
    read: file => readFile(path(file), 'utf8'),
    async write(file, text) {
      await mkdir(dirname(path(file)), { recursive: true });
      await writeFile(path(file), text);
    },
    remove: file => rm(path(file), { recursive: true, force: true }),
    list: async folder => (await readdir(path(folder))).sort(),
  };
}

/**
 * Asks the engine of a project one thing, closing it afterwards.
 * @param options default: a shadow on the test server, where making scratch databases takes a fraction of the time
 */
export async function asking<T>(
  root: string,
  work: (engine: EngineApi) => Promise<T>,
  options: Partial<EngineOptions> = { shadow: serverUrl() },
): Promise<T> {
  const engine = await engineOn(root, options);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** Of `asking`: the shadow that people have who set none. */
export const onPGlite: Partial<EngineOptions> = {};

/** Plans and runs, with confirmation. */
export async function running(
  engine: EngineApi,
  command: 'upgrade' | 'downgrade' | 'stamp',
  ...targets: string[]
): Promise<RunResult> {
  const result = await engine.run(await engine.preview({ command, targets }), {});
  if (result.failure) throw new Error(result.failure.message);
  return result;
}

/** The output of `mikro-orm migration:check`: empty if there is nothing to generate. */
export async function stockFinds(project: TestProject): Promise<string> {
  const { code, stdout, stderr } = await stockCli(project, ['migration:check']);
  return code === 0 ? '' : `${stdout}${stderr}`;
}

/** A cache that contains only the empty cluster, which takes seconds to create. */
export async function freshCache(folder?: string): Promise<ShadowCache> {
  const cache = new ShadowCache(folder ?? (await makeFolder()));
  const { version } = await loadPGlite({ root: repository } as Project);
  const key = cache.key('empty cluster', `pglite ${version}`);
  const kept = await ShadowCache.of(repository).bytes(key);
  if (kept) await cache.keepBytes(key, kept);
  return cache;
}
