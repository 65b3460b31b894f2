import { resolve } from 'node:path';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { draftRevision } from './revision.ts';
import { writeDraft } from './write-draft.ts';

interface CreateOptions {
  readonly name?: string;
  readonly blank?: boolean;
  readonly path?: string;
}

/** `migtui create`: `revision` with the options of MikroORM's own CLI (`migration:create`). */
export const create: Definition = (program, act) =>
  program
    .command('create')
    .description('write a new migration from the entities, as "mikro-orm migration:create" does')
    .option('-n, --name <name>', 'description; becomes part of the name')
    .option('-b, --blank', 'create an empty migration')
    .option('-p, --path <folder>', 'folder for the file (default: the folder of its parent)')
    .addHelpText(
      'after',
      examples({
        'migtui create -n add_last_read_at': 'migtui revision --autogenerate -m add_last_read_at',
        'migtui create --blank': 'an empty migration; its name is only the time',
      }),
    )
    .action(act(createRevision));

async function createRevision(call: Call, { name = '', blank, path }: CreateOptions): Promise<undefined> {
  const draft = await draftRevision(call, {
    message: name,
    autogenerate: blank !== true,
    path: path === undefined ? undefined : resolve(call.host.cwd, path),
  });
  await writeDraft(call, draft, { what: 'The revision', question: null });
}
