import { existsSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import { findRoot, readPackage } from './root.ts';
import { isConfigured, type Member, membersOf, workspaceAround } from './workspace.ts';

/** A workspace has several MikroORM projects, and none was selected. */
export class WhichProject extends Failure {
  readonly members: readonly Member[];

  constructor(members: readonly Member[]) {
    super({
      code: 'which-project',
      message: `This workspace has ${members.length} MikroORM projects: ${members.map(described).join(', ')}.`,
      next: `Specify one: migtui --project ${members[0]?.name}`,
      candidates: members.map(({ name }) => name),
    });
    this.members = members;
  }
}

/**
 * The project root for a folder, according to `findRoot`; at the root of a workspace without its own config,
 * the only MikroORM project in it.
 * @param asked.project a folder, or a package of the workspace around `from`
 * @param asked.elsewhere the config is given explicitly (`--config`): nothing is selected
 * @throws Failure `no-project` | `package-broken` | `which-project` (`WhichProject`) | `unknown-project` |
 *   `ambiguous-project`
 */
export function chooseRoot(
  from: string,
  asked: { readonly project?: string | undefined; readonly elsewhere?: boolean } = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (asked.project !== undefined) return named(from, asked.project);
  const root = findRoot(from);
  const configuredByEnv = ['CLI_CONFIG', 'TYPE', 'DB_NAME', 'CLIENT_URL', 'HOST'].some(
    name => env[`MIKRO_ORM_${name}`],
  );
  if (asked.elsewhere || configuredByEnv || isConfigured(root) || readPackage(root)?.['mikro-orm'])
    return root;
  const members = membersOf(root);
  if (members.length > 1) throw new WhichProject(members);
  return members[0]?.folder ?? root;
}

function named(from: string, project: string): string {
  const members = workspaceAround(from)?.members ?? [];
  const folder = resolve(from, project);
  const matches = [
    (member: Member) => member.folder === folder,
    (member: Member) => member.name === project,
    (member: Member) => member.path === relative(from, folder),
    // The package's name without its scope, or the last part of its path.
    (member: Member) => [member.name, member.path].some(one => one.split('/').at(-1) === project),
  ];
  for (const match of matches) {
    const found = members.filter(match);
    if (found.length === 1) return (found[0] as Member).folder;
    if (found.length > 1) {
      throw new Failure({
        code: 'ambiguous-project',
        message: `"${project}" could be ${found.map(described).join(' or ')}.`,
        next: 'Use the folder, or the full name of the package.',
        candidates: found.map(({ path }) => path),
      });
    }
  }
  if (existsSync(folder) && statSync(folder).isDirectory()) {
    const root = findRoot(folder);
    // A folder without a project must not silently select the one around it.
    if (root === folder || isConfigured(root)) return root;
  }
  throw new Failure({
    code: 'unknown-project',
    message: `There is no MikroORM project "${project}" here.`,
    next:
      members.length > 0
        ? 'Choose one of these with --project.'
        : `Use the folder of a MikroORM project, relative to ${relative(process.cwd(), from) || 'this folder'}.`,
    candidates: members.map(({ name }) => name),
  });
}

const described = ({ name, path }: Member): string => (name === path ? path : `${name} (${path})`);
