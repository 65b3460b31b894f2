import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asking, projectOf, running } from '../../authoring/support.ts';
import { migrationSource, type Project, repository } from '../../support/project.ts';
import { createDatabase, type Database } from '../../support/server.ts';

/** A project in which the commands of a section can be run. */
export interface State {
  readonly project: Project;
  readonly database: Database;
  /** The server stays in this state until then. */
  readonly close?: () => Promise<unknown>;
}

export interface ChatState {
  /** What is applied; default: nothing. */
  readonly applied?: string;
  /** A merge revision joins the two heads of the demo. */
  readonly merged?: boolean;
  /** More files, and others than those of the demo. */
  readonly files?: Readonly<Record<string, string>>;
  /** Properties of the entity Chat, as source. */
  readonly chat?: string;
}

const merge = 'Migration20261122090000_merge_heads';

const config = (url: string): string => `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { withMigtui } from '${join(repository, 'dist/config.js')}';
import { Chat } from './demo/entities/chat.ts';
import { Message } from './demo/entities/message.ts';
import { Reaction } from './demo/entities/reaction.ts';

export default withMigtui(defineConfig({
  clientUrl: ${JSON.stringify(url)},
  baseDir: import.meta.dirname,
  entities: [Chat, Message, Reaction],
  extensions: [Migrator],
  migrations: { path: 'migrations', pathTs: 'migrations', snapshotName: '.snapshot-chat' },
}));
`;

/** The demo of this repository on a database of its own: the docs use its names. */
export async function chat({ applied, merged, files = {}, chat }: ChatState = {}): Promise<State> {
  const database = await createDatabase();
  const copied: Record<string, string> = {};
  for (const folder of ['demo/entities', 'migrations'])
    for (const name of await readdir(join(repository, folder)))
      copied[`${folder}/${name}`] = await readFile(join(repository, folder, name), 'utf8');
  if (chat) {
    const path = 'demo/entities/chat.ts';
    copied[path] = (copied[path] as string).replace('title: p.string(),', `title: p.string(),\n    ${chat}`);
  }
  if (merged) {
    const revises = Object.keys(copied)
      .flatMap(path => /Migration\w+(?:add_reactions|add_last_read_at)/.exec(path) ?? [])
      .map(String);
    copied[`migrations/${merge}.ts`] = migrationSource(merge, { up: [], down: [], revises });
  }
  const project = await projectOf({
    packageJson: { name: 'chat' },
    files: { ...copied, 'mikro-orm.config.ts': config(database.url), ...files },
  });
  if (applied) await asking(project.root, engine => running(engine, 'upgrade', applied));
  return { project, database };
}
