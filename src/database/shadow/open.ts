import { Previewer } from '../../preview/previewer.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import { isEmbedded, type Project } from '../../project/project.ts';
import { ShadowCache } from './cache.ts';
import { extensionsIn } from './content.ts';
import { embeddedScratch } from './embedded.ts';
import { loadPGlite } from './packages.ts';
import { Shadow, type ShadowOptions } from './replay.ts';
import { serverScratch } from './server.ts';

export interface OpenShadowOptions extends Pick<ShadowOptions, 'progress' | 'baseline'> {
  /** Runs the revisions' code; default: a new one that ends with the shadow. */
  readonly previewer?: Previewer | undefined;
  /** Server for scratch databases; default: PGlite in memory. */
  readonly url?: string | undefined;
  /** The schema in which the revisions run; default: the project's. */
  readonly schema?: string | null | undefined;
  /** Every revision of the project: the extensions that they create are loaded. */
  readonly sources: readonly MigrationSource[];
  /** Default: `node_modules/.cache/migtui/shadow`. */
  readonly cache?: ShadowCache | undefined;
}

/**
 * The shadow of a project. Nothing is started before the first replay.
 * @throws Failure `shadow-missing` | `shadow-unreachable` | `shadow-needs-server-driver`
 */
export async function openShadow(project: Project, options: OpenShadowOptions): Promise<Shadow> {
  const cache = options.cache ?? ShadowCache.of(project.root);
  const { url } = options;
  const { progress, baseline, schema = null } = options;
  const previewer = options.previewer ?? new Previewer(project);
  const shared = {
    cache,
    schema,
    baseline,
    previewer,
    ownsPreviewer: options.previewer === undefined,
    ...(progress && { progress }),
  };
  if (url !== undefined) {
    const scratch = await serverScratch(project, url);
    return new Shadow(project, { ...shared, identity: scratch.identity, scratch: async () => scratch });
  }
  const { version } = await loadPGlite(project);
  const extensions = extensionsIn(options.sources, baseline?.text);
  return new Shadow(project, {
    ...shared,
    identity: `pglite ${version}${isEmbedded(project.orm) ? ' strict' : ''}`,
    scratch: () => embeddedScratch(project, cache, extensions),
  });
}
