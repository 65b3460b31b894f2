import { openShadow } from '../../src/database/shadow/open.ts';
import type { Shadow } from '../../src/database/shadow/replay.ts';
import type { EngineApi, EngineOptions } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { openProject, type Project } from '../../src/project/project.ts';
import type { MigrationSource } from '../../src/project/sources.ts';
import { makeProject, type ProjectOptions, type Project as TestProject } from '../support/project.ts';

/** A shadow of the project at `root` as the engine opens one, and what replays need beside it. */
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
    progress: revision => replayed.push(revision),
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

/** A project that does not mind others in the same process: MikroORM takes the first current folder for all. */
export function projectOf(options: ProjectOptions = {}): Promise<TestProject> {
  return makeProject({ ...options, config: `baseDir: import.meta.dirname, ${options.config ?? ''}` });
}

/** An engine on the project at `root`, closed by whoever opened it. */
export function engineOn(root: string, options: Partial<EngineOptions> = {}): Promise<EngineApi> {
  return openEngine({ root, ...options }, () => {});
}
