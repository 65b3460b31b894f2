import type { Address } from '../database/connect/address.ts';
import { fingerprintOf } from '../database/fingerprint.ts';
import { ledgerTable, readLedger } from '../database/ledger.ts';
import { cutBatches } from '../database/run/batches.ts';
import type { LoadedStep } from '../database/run/context.ts';
import { planChanged } from '../database/run/ledger-rows.ts';
import { loadSteps } from '../database/run/load.ts';
import { startRun } from '../database/run/run.ts';
import type { Running } from '../database/run/running.ts';
import { type BlockingWatch, watchBlocking } from '../foundation/blocking/watch.ts';
import { projectInSchema } from '../project/other-database.ts';
import type { Project } from '../project/project.ts';
import type { Preview, PreviewStep, RunEvent, RunOptions } from '../values/run.ts';
import type { PlannedGroup, PlannedTarget, Planner } from './planned.ts';
import type { SharedDatabase } from './shared-database.ts';
import { commandsForTarget } from './target.ts';

/** Loads the steps of a group, once for all its targets. */
export async function loadGroup(
  { files, preview, targets }: PlannedGroup,
  planner: Planner,
): Promise<readonly LoadedStep[]> {
  for (const { revision, action } of preview.plan.steps) {
    const source = action === 'up' || action === 'down' ? files.byId.get(revision) : undefined;
    if (source) planner.importing(source);
  }
  const { project } = files;
  let watch: BlockingWatch | undefined;
  const watchCode = (): Promise<never> => {
    watch ??= watchBlocking();
    return watch.stopped;
  };
  const inSchema = projectInSchema(project, targets[0]?.schema ?? null);
  return loadSteps(inSchema, project.sources(), preview, watchCode).finally(() => watch?.end());
}

/**
 * Runs the plan of its group on one target like any run: lock, log table, journal. If another process has changed the
 * target, only the remaining steps of the shown plan run.
 */
export function startTarget(
  { site, monitor, reconcile }: SharedDatabase,
  target: PlannedTarget,
  steps: readonly LoadedStep[],
  planner: Planner,
  options: RunOptions,
  emit: (event: RunEvent) => void,
): Running {
  const { group, applied, schema } = target;
  const graph = group.files.graph.on(applied);
  const project = projectInSchema(site.project, schema);
  const table = ledgerTable(project);
  const { address } = site.connection;
  return startRun({
    project,
    connection: site.connection,
    table,
    preview: previewFor(project, address, group, group.preview, applied),
    options,
    emit,
    tipsOf: ids => graph.current(ids),
    shared: { monitor, steps, applied, reconcile },
    commands: commandsForTarget(target, project.context),
    async replan() {
      const now = [...(await readLedger(site.connection, table, false)).applied.keys()];
      return previewFor(project, address, group, leftOf(group, now, planner), now);
    },
  });
}

/** The shared plan, for one target. */
function previewFor(
  project: Project,
  address: Address,
  { files }: PlannedGroup,
  preview: Preview,
  applied: readonly string[],
): Preview {
  const { name, label } = address;
  const { schema } = project;
  const place = { batches: preview.batches, databaseName: name, schema };
  return {
    ...preview,
    databaseName: name,
    databaseLabel: label,
    schema,
    fingerprint: fingerprintOf(applied, preview.plan, files.checksums, place),
  };
}

const keyOf = ({ action, revision }: Pick<PreviewStep, 'action' | 'revision'>): string =>
  `${action} ${revision}`;

/** @throws Failure `plan-changed` if it needs a step that was not shown */
function leftOf({ preview, files }: PlannedGroup, applied: readonly string[], planner: Planner): Preview {
  const plan = planner.plan(files, applied, preview.request);
  const shown = new Map(preview.steps.map(step => [keyOf(step), step]));
  const steps = plan.steps.map(step => shown.get(keyOf(step)));
  if (steps.some(step => step === undefined)) {
    throw planChanged(
      'Another run changed this target, so it now needs other steps than those that were shown.',
    );
  }
  const { transactional = true, allOrNothing = true } = files.project.options;
  const known = steps as PreviewStep[];
  const batches = cutBatches(
    known.map(step => ({ action: step.action, transactional: step.preview.transactional })),
    { transactional, allOrNothing, override: preview.request.transaction },
  );
  return {
    ...preview,
    plan,
    batches,
    steps: known.map((step, at) => ({
      ...step,
      batch: batches.findIndex(batch => batch.steps.includes(at)),
    })),
  };
}
