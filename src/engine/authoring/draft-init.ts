import { relative, sep } from 'node:path';
import { isRefusal } from '../../database/connect/connection.ts';
import { readLedger } from '../../database/ledger.ts';
import { readInventory } from '../../database/shadow/inventory.ts';
import { Failure } from '../../foundation/failure.ts';
import { foldersWithMigrations } from '../../project/files/folders-with-migrations.ts';
import { setUp } from '../../project/writing/init.ts';
import { writeChanges } from '../../project/writing/write-files.ts';
import type { Draft, EngineApi, EngineOptions } from '../api.ts';
import type { Workspace } from './workspace.ts';

/**
 * Sets up a project: wraps its config and creates its migrations folder. For a database that has tables but
 * no revisions, it explains how to begin.
 * @throws Failure `config-not-wrapped`
 */
export async function draftInit(workspace: Workspace): Promise<Draft> {
  const { project, session } = workspace;
  const { files, notes } = setUp(project.root, project.configFile ?? session.options.config, project.folder);
  return {
    kind: 'init',
    files,
    revision: null,
    notes: [...notes, ...(await conversion(workspace))],
    warnings: elsewhere(workspace),
    existing: project.sources().migrations.length,
    ...(session.dialect.unavailable.length > 0 && { unavailable: session.dialect.unavailable }),
  };
}

/**
 * What still works if the project cannot be opened: writing its config. All other calls report the reason.
 * Null if writing a config would not help.
 */
export function onlySetUp(options: EngineOptions, why: unknown): EngineApi | null {
  const helps = ['no-config', 'mikro-orm-missing', 'no-ts-loader'];
  if (!(why instanceof Failure) || !helps.includes(why.code) || options.config !== undefined) return null;
  const refuse = async (): Promise<never> => {
    throw why;
  };
  return {
    overview: refuse,
    revision: refuse,
    show: refuse,
    resolve: refuse,
    preview: refuse,
    lint: refuse,
    run: refuse,
    doctor: refuse,
    cancel: refuse,
    journal: refuse,
    resolveRevision: refuse,
    ensureTable: refuse,
    endSession: refuse,
    emptying: refuse,
    empty: refuse,
    script: refuse,
    authors: refuse,
    sizes: refuse,
    arrivals: refuse,
    fleetStatus: refuse,
    fleetStages: refuse,
    fleetRehearse: refuse,
    fleetPlan: refuse,
    fleetRun: refuse,
    fleetContinue: refuse,
    fleetCancel: refuse,
    effect: refuse,
    compare: refuse,
    check: refuse,
    draftRevision: refuse,
    draftSplit: refuse,
    draftFix: refuse,
    draftMerge: refuse,
    draftRebase: refuse,
    draftAdopt: refuse,
    draftSquash: refuse,
    diff: refuse,
    rehearse: refuse,
    rehearsePlan: refuse,
    bake: refuse,
    test: refuse,
    async draftInit() {
      const { files, notes } = setUp(options.root);
      return { kind: 'init', files, revision: null, notes, warnings: [] };
    },
    write: draft => writeChanges(options.root, draft.files),
    close: async () => {},
  };
}

/**
 * The config reads a folder without migrations, and the project has some in another one; or it names none, and
 * MikroORM then reads the root folder if the project has the folders `src` and `migrations`.
 */
function elsewhere({ project }: Workspace): string[] {
  const { folder, root } = project;
  if (folder === null) return [];
  const named = (path: string): string => relative(root, path).split(sep).join('/') || '.';
  const found = foldersWithMigrations(root);
  const read = [folder, ...project.folders()].map(named);
  const isRoot = named(folder) === '.';
  if (found.some(one => read.includes(one)) || (found.length === 0 && !isRoot)) return [];
  const place = isRoot ? 'the root folder of the project' : named(folder);
  const others = found.length > 0 ? `, but they are in ${found.join(', ')}` : '';
  return [
    `The config reads migrations from ${place}${others}. Set migrations.path and migrations.pathTs in the config.`,
  ];
}

/** The steps for converting an existing database, if there is one. */
async function conversion(workspace: Workspace): Promise<string[]> {
  const { session } = workspace;
  if (session.dialect.unavailable.length > 0) return [];
  const database = await session.connection();
  if (isRefusal(database) || workspace.project.sources().migrations.length > 0) return [];
  const ledger = await readLedger(database, session.table);
  if (ledger.table === 'forbidden' || ledger.applied.size > 0) return [];
  const { scope } = await workspace.shadow(new Map());
  const tables = (await readInventory(database.orm, scope)).filter(({ kind }) => kind === 'table').length;
  if (tables === 0) return [];
  return [
    `${database.address.label} has ${tables === 1 ? 'a table' : `${tables} tables`} and no revisions. To start from the existing schema:`,
    '1. Back it up: pg_dump.',
    '2. The first revision, from the entities: migtui revision --autogenerate -m "initial schema"',
    '3. Compare it with the live schema and mark it as applied without running it: migtui stamp head',
  ];
}
