import { Failure } from '../../foundation/failure.ts';
import { readPlain } from '../../preview/plain.ts';
import { isPostgres } from '../../project/config/kind.ts';
import { instantiate, loadClass } from '../../project/files/classes.ts';
import type { MigrationSource, Sources } from '../../project/files/migration-source.ts';
import type { Project } from '../../project/project.ts';
import type { Preview } from '../../values/run.ts';
import type { LoadedStep } from './context.ts';
import { planChanged } from './ledger-rows.ts';
import { searchPath } from './search-path.ts';

/**
 * Imports the classes of a plan's steps, so that missing or broken files are found before anything runs. A
 * migration that only queues statements is parsed, not imported.
 * @param watchCode called before the first import; rejects if the code was stopped (`watchBlocking`)
 * @throws Failure `missing-revision` | `no-down` | `plan-changed` | `cancelled` | errors of importing
 */
export function loadSteps(
  project: Project,
  sources: Sources,
  preview: Preview,
  watchCode: () => Promise<never>,
): Promise<readonly LoadedStep[]> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  return Promise.race([load(project, sources, preview, () => void watchCode().catch(reject)), stopped]);
}

async function load(
  project: Project,
  sources: Sources,
  preview: Preview,
  beforeCode: () => void,
): Promise<readonly LoadedStep[]> {
  const byId = new Map(sources.migrations.map(source => [source.id, source]));
  const { Migration } = project.modules.migrations;
  const steps: LoadedStep[] = [];
  for (const [index, { revision, action, with: others }] of preview.plan.steps.entries()) {
    const source = byId.get(revision);
    const step = {
      index,
      revision,
      action,
      ...(others && { with: others }),
      checksum: source?.checksum ?? null,
    };
    if (action === 'log' || action === 'unlog') {
      steps.push({ ...step, Class: null });
      continue;
    }
    if (!source) {
      throw new Failure({
        code: 'missing-revision',
        message: `Can't locate revision ${revision}: its file is missing.`,
        next: 'Restore the file from version control, or stamp the database to a revision that exists.',
      });
    }
    const batch = preview.batches[preview.steps[index]?.batch ?? -1];
    const statements = batch?.transactional && mayBeRead(project) ? statementsOf(source, action) : null;
    if (statements) {
      steps.push({ ...step, Class: null, statements });
      continue;
    }
    beforeCode();
    const Class = await loadClass(project.modules, project.root, source);
    const { migration, transactional } = instantiate(project, Class, source);
    if (action === 'down' && migration.down === Migration.prototype.down) {
      throw new Failure({
        code: 'no-down',
        message: `${revision} has no down(), so it cannot be undone. Nothing was run.`,
        next: 'Write its down(), or choose a target above it.',
      });
    }
    if (batch?.transactional && !transactional) {
      throw planChanged(`${revision} no longer runs in a transaction, but the plan has one.`);
    }
    steps.push({
      index,
      revision,
      action,
      ...(others && { with: others }),
      Class,
      checksum: source.checksum,
    });
  }
  return steps;
}

/**
 * MikroORM's runner does more than send the statements if foreign keys are off or logging is on. Databases
 * other than PostgreSQL always use MikroORM's runner.
 */
function mayBeRead(project: Project): boolean {
  const { options, orm, kind } = project;
  return (
    isPostgres(kind) &&
    searchPath(project) !== null &&
    options.disableForeignKeys !== true &&
    !orm.config.getLogger().isEnabled('query')
  );
}

/** The statements of a transactional migration that only queues them; otherwise null. */
function statementsOf(source: MigrationSource, action: 'up' | 'down'): readonly string[] | null {
  const plain = readPlain(source);
  const statements = plain?.transactional ? plain[action] : null;
  return statements === 'none' ? null : statements;
}
