import { relative, resolve } from 'node:path';
import { isCut, longestSlug } from '../../project/writing/write-revision.ts';
import type { RevisionGraph } from '../../revisions/graph.ts';
import type { OnDisk, Workspace } from './workspace.ts';

/** If TypeScript is compiled first, new revisions are written to the sources. */
export function folderNote({ project }: Workspace, path: string | undefined): string[] {
  if (path === undefined || project.folder === null) return [];
  if (!relative(resolve(project.folder), path).startsWith('..')) return [];
  const from = relative(project.root, project.folder);
  return [`It appears once it is compiled: revisions are read from ${from}.`];
}

/**
 * A warning if the stock CLI, which runs files by their paths regardless of declarations, would run it
 * earlier.
 */
export function orderWarning({ byId }: OnDisk, id: string, path: string | undefined, root: string): string[] {
  if (path === undefined) return [];
  const placeOf = (file: string): string => relative(root, resolve(root, file));
  const later = [...byId.values()].find(one => one.path !== null && placeOf(one.path) > placeOf(path));
  if (!later) return [];
  return [
    `The stock CLI runs migrations by the paths of their files, and ${id} comes before ${later.id} there: it runs earlier.`,
  ];
}

/** Mentions heads other than those that the new revision revises. */
export function parentNote(graph: RevisionGraph, revises: readonly string[]): string[] {
  const others = graph.heads.filter(head => !revises.includes(head));
  if (others.length === 0 || graph.heads.length === 0) return [];
  return [`There are other heads: ${others.join(', ')}. Merge them with "migtui merge".`];
}

/** A warning if the new revision merges heads: only `merge` rehearses that. */
export function mergeWarning(revises: readonly string[]): string[] {
  if (revises.length < 2) return [];
  return [
    `This merges ${revises.join(', ')} without a rehearsal, so conflicts are not ruled out. To rehearse it, delete the file and run "migtui merge ${revises.join(' ')}".`,
  ];
}

/** A warning if the files of applied revisions are missing and the new revision would be the first one. */
export async function missingFilesWarning({ session }: Workspace, { graph }: OnDisk): Promise<string[]> {
  if (graph.ids.length > 0) return [];
  const { applied } = await session.state();
  if (applied.size === 0) return [];
  const [what, it] =
    applied.size === 1
      ? ['an applied revision', 'its file']
      : [`${applied.size} applied revisions`, 'their files'];
  return [
    `The database has ${what} without a file here, and this revision starts a new history. Restore ${it} from version control first.`,
  ];
}

/** Mentions that the message is too long for the name. */
export function cutNote(message: string): string[] {
  return isCut(message) ? [`The name has only the first ${longestSlug} characters of the message.`] : [];
}
