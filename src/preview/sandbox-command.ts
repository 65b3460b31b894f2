import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Places } from './sandbox/orm.ts';

/** Memory limit of the isolated process, MB: a migration that exceeds it ends only its own preview. */
const memoryMb = 512;

/** CPU time limit of the isolated process, s. */
const processorSeconds = 300;

/**
 * Additional memory of the isolated process outside the JavaScript heap (`memoryMb`), such as buffers, MB.
 */
const dataMb = 2_048;

/**
 * The command that starts the isolated process, the program first.
 * @param readable the folders and files that it may read
 */
export function sandboxCommand(
  program: string,
  readable: readonly string[],
  places: Places,
): [string, ...string[]] {
  return limited([
    process.execPath,
    '--permission',
    ...readable.map(folder => `--allow-fs-read=${folder}`),
    `--max-old-space-size=${memoryMb}`,
    '--enable-source-maps',
    '--no-warnings',
    '--no-concurrent-sparkplug',
    program,
    JSON.stringify(places),
  ]);
}

/**
 * Limits the CPU time of a command, if there is a shell to do so: if this process is killed while the other
 * one is in an endless loop, the other one still ends.
 */
function limited(command: [string, ...string[]]): [string, ...string[]] {
  if (process.platform === 'win32' || !existsSync('/bin/sh')) return command;
  return [
    '/bin/sh',
    '-c',
    `ulimit -t ${processorSeconds} -f 0 -c 0 -d ${(memoryMb + dataMb) * 1024} 2>/dev/null || ulimit -t ${processorSeconds}; exec "$0" "$@"`,
    ...command,
  ];
}

/**
 * Why code cannot be isolated here; null if it can. The isolation uses Node's permission model for files on
 * disk.
 */
export function whyNoSandbox(): string | null {
  const { versions } = process;
  if (versions.pnp !== undefined) {
    return "Yarn Plug'n'Play keeps packages in archives, which the process that previews code cannot read; set nodeLinker: node-modules in .yarnrc.yml";
  }
  const other = versions.deno ? 'Deno' : versions.bun ? 'Bun' : null;
  return other && `the code of migrations is previewed by Node, and this is ${other}`;
}

/**
 * What the process may read: the project (in a monorepo all of it), its packages at their real locations, and
 * migtui itself.
 */
export function readableFolders(root: string, program: string): string[] {
  const workspace = workspaceOf(root);
  const folders = new Set([workspace, realpathSync(workspace), packageOf(dirname(program))]);
  for (let at = root; ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (existsSync(modules)) {
      folders.add(modules);
      folders.add(realpathSync(modules));
      for (const linked of linksIn(modules)) folders.add(linked);
    }
    if (existsSync(join(at, 'package.json'))) folders.add(join(at, 'package.json'));
    if (dirname(at) === at) break;
  }
  return [...folders];
}

/** Packages that are links to other folders, created by package managers with a store and by `npm link`. */
function linksIn(modules: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(modules, { withFileTypes: true })) {
    const path = join(modules, entry.name);
    if (entry.isSymbolicLink()) found.push(packageOf(realpathSync(path)));
    else if (entry.isDirectory() && entry.name.startsWith('@')) found.push(...linksIn(path));
  }
  return found;
}

/** The outermost node_modules that contains a path, or the path itself. */
function packageOf(path: string): string {
  const at = path.indexOf('/node_modules/');
  return at < 0 ? path : path.slice(0, at + '/node_modules'.length);
}

/** The root of the repository, or of the workspaces, that contains the project. */
function workspaceOf(root: string): string {
  for (let at = root; ; at = dirname(at)) {
    if (
      ['.git', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', 'yarn.lock'].some(name => existsSync(join(at, name)))
    )
      return at;
    if (dirname(at) === at) return root;
  }
}
