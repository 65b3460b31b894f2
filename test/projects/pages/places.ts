import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asking, later, running } from '../../authoring/support.ts';
import { migrationSource } from '../../support/project.ts';
import { chat, type State } from './states.ts';
import { interrupted, troubles, twoEnumRevisions } from './troubles.ts';

/** How the commands of a section are run. */
export interface Place {
  readonly state: () => Promise<State>;
  /** Each command of a block in a state of its own: they are alternatives. */
  readonly each?: true;
  /** Exit codes other than 0, by command. */
  readonly codes?: Readonly<Record<string, number>>;
}

const merged = (applied?: string) => (): Promise<State> =>
  chat({ merged: true, ...(applied && { applied }) });

/** Of a git repository whose branch adds a revision to origin/main. */
async function branch(): Promise<State> {
  const state = await chat({ merged: true });
  const { root } = state.project;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: root });
  git('init', '-q', '-b', 'main');
  git('add', 'migrations');
  git('commit', '-qm', 'main');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  git('checkout', '-qb', 'topic');
  const id = 'Migration20261123090000_add_topic';
  await state.project.write(
    `migrations/${id}.ts`,
    migrationSource(id, {
      up: 'alter table chats add topic text',
      down: 'alter table chats drop topic',
      revises: ['Migration20261122090000_merge_heads'],
    }),
  );
  git('add', 'migrations');
  git('commit', '-qm', 'topic');
  return state;
}

/** A pending revision called add_index. */
const withIndex = (): Promise<State> => {
  const id = 'Migration20261123090000_add_index';
  return chat({
    merged: true,
    applied: 'Migration20261122090000_merge_heads',
    files: {
      [`migrations/${id}.ts`]: migrationSource(id, {
        up: 'create index chats_title on chats (title)',
        down: 'drop index chats_title',
        revises: ['Migration20261122090000_merge_heads'],
      }),
    },
  });
};

/** The same, applied, and its file then edited. */
async function edited(): Promise<State> {
  const { project, database } = await withIndex();
  await asking(project.root, engine => running(engine, 'upgrade', 'head'));
  const file = 'migrations/Migration20261123090000_add_index.ts';
  const source = await project.read(file);
  return {
    database,
    project: await later(project, { files: { [file]: source.replace('(title)', '(title, id)') } }),
  };
}

const commands: Readonly<Record<string, Place>> = {
  'migtui-status': { state: () => chat({ applied: 'fill_text_length' }) },
  'migtui-history-range': { state: merged('fill_text_length') },
  'migtui-wait': { state: merged('head') },
  'migtui-upgrade-target': { state: () => chat({ merged: true, applied: 'add_reactions' }), each: true },
  'migtui-downgrade-target': { state: merged('head'), each: true },
  'migtui-stamp-target': { state: merged('head') },
  'migtui-resolve-revision': { state: interrupted, each: true },
  'migtui-revision': {
    state: () => chat({ merged: true, chat: 'topic: p.string().nullable(),' }),
  },
  'migtui-merge-heads': { state: () => chat({ applied: 'fill_text_length' }), each: true },
  'migtui-squash-range': { state: merged('head'), each: true },
  'migtui-lint-range': { state: withIndex },
  'migtui-check': { state: merged('head') },
  'migtui-diff': { state: branch },
  'migtui-rehearse-target': {
    state: merged('fill_text_length'),
    each: true,
  },
  'migtui-test': { state: merged(), codes: { 'migtui test': 3 } },
  'migtui-bake-file': { state: merged() },
  'migtui-doctor': { state: merged('head') },
  'migtui-completion-shell': { state: merged() },
};

/** The demo, applied, before it declared anything. */
async function undeclared(): Promise<State> {
  const { project, database } = await chat({ applied: 'heads' });
  const files: Record<string, string> = {};
  for (const path of await migrationsOf(project))
    files[path] = (await project.read(path)).replaceAll(/^ +static .*\n/gm, '');
  await database.query('drop schema migtui cascade');
  return { database, project: await later(project, { files }) };
}

/** Its tables, which no revision made. */
async function tablesOnly(): Promise<State> {
  const { project, database } = await chat({ applied: 'heads' });
  await database.query('drop table mikro_orm_migrations; drop schema migtui cascade');
  const files = Object.fromEntries((await migrationsOf(project)).map(path => [path, null]));
  return { database, project: await later(project, { files }) };
}

const migrationsOf = async ({ root }: State['project']): Promise<string[]> =>
  (await readdir(join(root, 'migrations')))
    .filter(name => name.endsWith('.ts'))
    .map(name => `migrations/${name}`);

/** Sections of docs/existing-project.md. */
const existing: Readonly<Record<string, Place>> = {
  'a-project-with-migrations': { state: undeclared },
  'a-database-with-tables-but-no-migrations': { state: tablesOnly },
};

/** Sections of docs/revisions.md. */
const graph: Readonly<Record<string, Place>> = {
  branches: { state: () => chat() },
  'merge-or-rebase': { state: () => chat({ applied: 'fill_text_length' }), each: true },
};

const under = (page: string, places: Readonly<Record<string, Place>>): [string, Place][] =>
  Object.entries(places).map(([section, place]) => [`${page}#${section}`, place]);

/** Sections whose commands are run here. */
export const places: Readonly<Record<string, Place>> = Object.fromEntries([
  ...under('docs/commands.md', commands),
  ...under('docs/existing-project.md', existing),
  ...under('docs/revisions.md', graph),
  ...under(
    'docs/troubleshooting.md',
    Object.fromEntries(Object.entries(troubles).map(([section, state]) => [section, { state, each: true }])),
  ),
  [
    'README.md#use-it-in-your-project',
    {
      state: () => chat({ merged: true, chat: 'topic: p.string().nullable(),' }),
      // The downgrade before it leaves a revision pending.
      codes: { 'npx migtui check': 3 },
    },
  ],
]);

/** A command in a state of its own, although the rest of its section is in another. */
export const exceptions: Readonly<Record<string, Place>> = {
  'migtui resolve add_index --accept-edit': { state: edited },
  'migtui upgrade head --transaction each': { state: twoEnumRevisions },
};

/** Exit codes of commands in the sections of docs/troubleshooting.md, whose outputs show no error. */
export const failing: Readonly<Record<string, number>> = {
  'docs/troubleshooting.md#the-database-is-out-of-sync: migtui check': 3,
  'docs/troubleshooting.md#the-database-is-out-of-sync: migtui check --only drift': 3,
  'docs/troubleshooting.md#login-rejected-server-unreachable: migtui status': 1,
  'docs/troubleshooting.md#login-rejected-server-unreachable: migtui doctor': 1,
};

/** Blocks that are not run here: the test that runs them, or the reason why none does. */
export const elsewhere: Readonly<Record<string, string>> = {
  'README.md#try-it': 'test/projects/demo.test.ts',
  'CONTRIBUTING.md#contributing': 'commands of this repository, which .ci/run runs',
  'docs/architecture.md#modules': 'test/architecture.test.ts',
  'docs/ci.md#github-actions': 'test/projects/docs-ci.test.ts',
  'docs/ci.md#gitlab': 'test/projects/docs-ci.test.ts',
  'docs/ci.md#one-head': 'test/projects/docs-ci.test.ts',
  'docs/commands.md#migtui-fleet': 'test/faults/fleet-recipe.test.ts runs such commands on a fleet',
  'docs/deploy.md#deploying': 'test/projects/docs-ci.test.ts',
  'docs/deploy.md#docker': 'test/projects/runtime.test.ts installs and removes the same packages',
  'docs/deploy.md#kubernetes': 'test/projects/docs-ci.test.ts',
  'docs/existing-project.md#a-baseline': 'test/schemas/baseline.test.ts',
  'docs/existing-project.md#leaving-migtui': 'one statement of SQL',
  'docs/fleet.md#status': 'test/faults/fleet-recipe.test.ts',
  'docs/fleet.md#checks': 'test/faults/fleet-recipe.test.ts',
  'docs/fleet.md#compare-stages': 'test/faults/fleet-recipe.test.ts',
  'docs/fleet.md#migrate': 'test/faults/fleet-recipe.test.ts',
  'docs/fleet.md#targets': 'test/faults/fleet-recipe.test.ts',
  'docs/fleet.md#several-workers': 'test/docs-blocks.test.ts',
  'docs/projects.md#nestjs': 'test/projects/nest.test.ts',
  'docs/requirements.md#privileges': 'test/projects/privileges.test.ts',
  'docs/revisions.md#revisions': 'test/revisions/page.test.ts',
  'docs/running.md#arguments': 'test/projects/configs.test.ts',
  'docs/running.md#several-folders': 'test/authoring/folders.test.ts',
  'docs/safety.md#accepting-a-finding': 'test/lint/rules.test.ts',
};

/** Pages whose blocks another test reads from top to bottom. */
export const wholePages: Readonly<Record<string, string>> = {
  'docs/application.md': 'test/projects/pages.test.ts',
  'docs/json.md': 'test/cli/docs.test.ts',
  'docs/settings.md': 'test/settings/settings.test.ts',
  'docs/tutorial.md': 'test/projects/tutorial.test.ts',
};
