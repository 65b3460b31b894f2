import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeProject, type Project, type ProjectOptions, repository } from '../support/project.ts';

/** A project with its own node_modules, in which packages can be missing or different. */
export async function makeInstalled(options: ProjectOptions = {}): Promise<Project> {
  const project = await makeProject(options);
  await rm(project.path('node_modules'));
  for (const name of ['cli', 'core', 'migrations', 'postgresql', 'sql']) {
    await copyPackage(`@mikro-orm/${name}`, project.path(`node_modules/@mikro-orm/${name}`));
  }
  for (const name of await others()) await link(source(name), project.path(`node_modules/${name}`));
  return project;
}

/**
 * The same with pnpm's layout: every package only with its dependencies, the project with its direct ones.
 */
export async function makeApart(options: ProjectOptions = {}): Promise<Project> {
  const project = await makeProject(options);
  await rm(project.path('node_modules'));
  const store = (name: string, as = name): string =>
    project.path(`node_modules/.pnpm/${name.replace('/', '+')}/node_modules/${as}`);
  const needs: Readonly<Record<string, readonly string[]>> = {
    '@mikro-orm/core': [],
    '@mikro-orm/sql': ['@mikro-orm/core', 'kysely'],
    '@mikro-orm/postgresql': ['@mikro-orm/core', '@mikro-orm/sql', ...(await others())],
    '@mikro-orm/migrations': ['@mikro-orm/core', '@mikro-orm/sql', 'kysely'],
    '@mikro-orm/cli': ['@mikro-orm/core', 'yargs'],
  };
  for (const [name, needed] of Object.entries(needs)) {
    await copyPackage(name, store(name));
    for (const other of needed) await link(other in needs ? store(other) : source(other), store(name, other));
  }
  for (const name of ['@mikro-orm/postgresql', '@mikro-orm/migrations', '@mikro-orm/cli']) {
    await link(store(name), project.path(`node_modules/${name}`));
  }
  await link(source('tsx'), project.path('node_modules/tsx'));
  return project;
}

/** Every package other than MikroORM's, by the name or the scope of its folder. */
async function others(): Promise<string[]> {
  const all = await readdir(join(repository, 'node_modules'));
  return all.filter(name => !name.startsWith('.') && name !== '@mikro-orm');
}

const source = (name: string): string => join(repository, 'node_modules', name);

async function copyPackage(name: string, to: string): Promise<void> {
  await cp(source(name), to, { recursive: true });
}

async function link(to: string, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  await symlink(to, at);
}
