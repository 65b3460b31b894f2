import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { hasConfig, readPackage } from './root.ts';

/** A MikroORM project of a workspace. */
export interface Member {
  /** `name` in its package.json, else its name in nest-cli.json, else the folder name. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Relative to the workspace's root, with slashes. */
  readonly path: string;
}

/**
 * The MikroORM projects of the workspace rooted at `root`: packages of package.json `workspaces` (npm, yarn,
 * bun) or pnpm-workspace.yaml, and projects of nest-cli.json, each with its own MikroORM config. Sorted by
 * path; empty if `root` is not the root of a workspace.
 */
export function membersOf(root: string): Member[] {
  const names = new Map<string, string | undefined>();
  for (const folder of packageFolders(root)) names.set(folder, undefined);
  for (const [name, folder] of nestProjects(root)) if (!names.has(folder)) names.set(folder, name);
  return [...names]
    .filter(([folder]) => folder !== root && isConfigured(folder))
    .map(([folder, name]) => ({
      name: readPackage(folder)?.name ?? name ?? basename(folder),
      folder,
      path: relative(root, folder).replaceAll('\\', '/'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The nearest parent folder that is the root of a workspace, and its projects. */
export function workspaceAround(from: string): { root: string; members: Member[] } | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (beginsWorkspace(folder)) return { root: folder, members: membersOf(folder) };
    if (dirname(folder) === folder) return null;
  }
}

/** Whether the stock CLI would find a config here by itself. */
export function isConfigured(folder: string): boolean {
  return hasConfig(folder) || readPackage(folder)?.['mikro-orm']?.configPaths !== undefined;
}

function beginsWorkspace(folder: string): boolean {
  if (readPackage(folder)?.workspaces !== undefined) return true;
  return ['pnpm-workspace.yaml', 'nest-cli.json'].some(file => existsSync(join(folder, file)));
}

function packageFolders(root: string): string[] {
  const { workspaces = [] } = readPackage(root) ?? {};
  const patterns = [
    ...('packages' in workspaces ? (workspaces.packages ?? []) : (workspaces as readonly string[])),
    ...pnpm(root),
  ];
  const found = new Set<string>();
  for (const pattern of patterns.filter(one => typeof one === 'string')) {
    const excluded = pattern.startsWith('!');
    const paths = globSync(withoutSlash(pattern.replace(/^!/, '')), {
      cwd: root,
      exclude: name => basename(name) === 'node_modules',
    });
    for (const path of paths) {
      if (excluded) found.delete(resolve(root, path));
      else if (existsSync(join(root, path, 'package.json'))) found.add(resolve(root, path));
    }
  }
  return [...found];
}

/** `packages` of pnpm-workspace.yaml: a list of strings, one per line or in brackets. */
function pnpm(root: string): string[] {
  const text = readText(join(root, 'pnpm-workspace.yaml'));
  const list = /^packages:[ \t]*(\[[^\]]*\]|(?:[ \t]*(?:#.*)?\r?\n(?:[ \t]*-.*)?)*)/m.exec(text)?.[1] ?? '';
  const items = list.startsWith('[')
    ? list.slice(1, -1).split(',')
    : list.split('\n').map(line => /^[ \t]*-(.*)/.exec(line)?.[1] ?? '');
  return items
    .map(item => /^\s*(?:'([^']*)'|"([^"]*)"|([^\s#]+))/.exec(item))
    .map(match => match?.[1] ?? match?.[2] ?? match?.[3] ?? '')
    .filter(item => item !== '');
}

function nestProjects(root: string): [name: string, folder: string][] {
  try {
    const { projects = {} } = JSON.parse(readText(join(root, 'nest-cli.json'))) as {
      projects?: Readonly<Record<string, { root?: string }>>;
    };
    return Object.entries(projects).flatMap(([name, project]) =>
      typeof project?.root === 'string' ? [[name, resolve(root, project.root)]] : [],
    );
  } catch {
    return [];
  }
}

function readText(file: string): string {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

/** A pattern without trailing slashes. */
function withoutSlash(pattern: string): string {
  let end = pattern.length;
  while (pattern[end - 1] === '/') end--;
  return pattern.slice(0, end);
}
