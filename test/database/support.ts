import { afterEach } from 'vitest';
import { type Connection, connect, isRefusal } from '../../src/database/connect/connection.ts';
import { fingerprintOf } from '../../src/database/fingerprint.ts';
import { ledgerTable, readLedger } from '../../src/database/ledger.ts';
import { cutBatches } from '../../src/database/run/batches.ts';
import type { RunContext } from '../../src/database/run/context.ts';
import { startRun } from '../../src/database/run/run.ts';
import type { Running } from '../../src/database/run/running.ts';
import type { PlanRequest, Preview, RunEvent, RunOptions, RunResult } from '../../src/engine/api.ts';
import { commandsFor } from '../../src/foundation/suggested-commands.ts';
import { loadClass } from '../../src/project/files/classes.ts';
import { openProject, type Project } from '../../src/project/project.ts';
import type { Action, Step } from '../../src/revisions/plans/plan.ts';
import type { NetworkOptions } from '../../src/values/network.ts';

/** A project on its database, as a run sees it: plans are given step by step, without the graph. */
export interface Opened {
  readonly project: Project;
  readonly connection: Connection;
  /** `plan('up a', 'up b')`: computed from the current state. */
  plan(...steps: string[]): Promise<Preview>;
  planOf(request: Partial<PlanRequest>, ...steps: string[]): Promise<Preview>;
  start(preview: Preview, options?: RunOptions, onEvent?: (event: RunEvent) => void): Running;
  /** Plans and runs. */
  run(...steps: string[]): Promise<RunResult>;
  applied(): Promise<string[]>;
  readonly events: RunEvent[];
  /** Resolves with the next event (from now on) that matches. */
  hears(fits: (event: RunEvent) => boolean): Promise<RunEvent>;
  close(): Promise<void>;
}

/** Opens the project of a folder and connects it. */
export async function open(root: string, network?: NetworkOptions): Promise<Opened> {
  const project = await openProject(root, { ...(network && { network }) });
  const connection = await connect(project, { create: true });
  if (isRefusal(connection)) throw new Error(connection.failure.message);
  const table = ledgerTable(project);
  const events: RunEvent[] = [];
  const listeners = new Set<(event: RunEvent) => void>();
  const opened: Opened = {
    project,
    connection,
    events,
    plan: (...steps) => opened.planOf({}, ...steps),
    async planOf(request, ...texts) {
      const steps = texts.map((text): Step => {
        const [action, revision] = text.split(' ') as [Action, string];
        return { action, revision };
      });
      const sources = project.sources();
      const ledger = await readLedger(connection, table);
      const previews = await Promise.all(
        steps.map(async ({ revision, action }) => {
          const source = sources.migrations.find(one => one.id === revision);
          const rowOnly = !source || action === 'log' || action === 'unlog';
          const Class = rowOnly ? null : await loadClass(project.modules, project.root, source);
          const migration = Class && new Class(project.orm.driver as never, project.orm.config as never);
          return { sql: [], complete: true, note: null, transactional: migration?.isTransactional() ?? true };
        }),
      );
      const { transactional = true, allOrNothing = true } = project.options;
      const batches = cutBatches(
        steps.map((step, index) => ({ ...step, transactional: previews[index]!.transactional })),
        { transactional, allOrNothing, override: request.transaction },
      );
      const plan = { steps, tips: [] };
      return {
        request: { command: 'upgrade', targets: [], ...request },
        plan,
        steps: steps.map((step, index) => ({
          ...step,
          preview: previews[index]!,
          batch: batches.findIndex(batch => batch.steps.includes(index)),
          losses: [],
          findings: [],
        })),
        batches,
        warnings: [],
        destructive: false,
        protected: false,
        policy: [],
        measured: null,
        databaseName: connection.address.name,
        databaseLabel: connection.address.label,
        schema: project.schema,
        fingerprint: fingerprintOf(
          ledger.applied.keys(),
          plan,
          new Map(sources.migrations.map(({ id, checksum }) => [id, checksum])),
          { batches, databaseName: connection.address.name, schema: project.schema },
        ),
      };
    },
    start(preview, options = {}, onEvent = () => {}) {
      const context: RunContext = {
        project,
        connection,
        table,
        preview,
        options,
        commands: commandsFor({ context: 'default', schema: null }),
        tipsOf: applied => applied.slice(-1),
        emit(event) {
          events.push(event);
          onEvent(event);
          for (const listener of listeners) listener(event);
        },
      };
      return startRun(context);
    },
    hears: fits =>
      new Promise(resolve => {
        const listener = (event: RunEvent): void => {
          if (!fits(event)) return;
          listeners.delete(listener);
          resolve(event);
        };
        listeners.add(listener);
      }),
    run: async (...steps) => opened.start(await opened.plan(...steps)).result,
    applied: async () => [...(await readLedger(connection, table)).applied.keys()],
    async close() {
      await connection.close();
      await project.close();
    },
  };
  return opened;
}

/** Work that runs after each test of the file, the last one first. */
export function afterEachTest(): (() => Promise<void>)[] {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return closing;
}
