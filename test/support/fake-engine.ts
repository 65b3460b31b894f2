import type {
  Arrival,
  Backup,
  CancelMode,
  CheckReport,
  Comparison,
  DatabaseInfo,
  Draft,
  Effect,
  EngineApi,
  EngineEvent,
  Finding,
  FleetEvent,
  FleetPlan,
  FleetResult,
  FleetRunOptions,
  FleetStages,
  FleetStatus,
  InterruptedRevision,
  JournalEntry,
  Overview,
  PlanRehearsal,
  PlanRequest,
  PolicyCheck,
  Preview,
  ProjectInfo,
  Rehearsal,
  RevisionDetail,
  RevisionRow,
  RunEvent,
  RunOptions,
  RunResult,
  Session,
  SessionEnding,
  SquashRequest,
  StepResult,
  Warning,
} from '../../src/engine/api.ts';
import { remediesOf } from '../../src/engine/authoring/remedies.ts';
import type { EngineChange, EngineConnection, EngineExit } from '../../src/engine/process/connection.ts';
import { Failure, type FailureInfo } from '../../src/foundation/failure.ts';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import { shortId, slug } from '../../src/revisions/names.ts';

export interface FakeRevision {
  readonly id: string;
  readonly revises: readonly string[];
  readonly up?: readonly string[];
  readonly down?: readonly string[];
  readonly labels?: readonly string[];
  readonly dependsOn?: readonly string[];
  readonly inferred?: boolean;
  readonly transactional?: boolean;
  readonly edited?: boolean;
  /** Descriptions of the data loss of its downgrade. */
  readonly losses?: readonly string[];
}

/** The behaviour of the next run. */
export interface Trouble {
  /** The revision that fails, and how. */
  readonly fail?: { readonly revision: string; readonly failure: FailureInfo; readonly unsettled?: boolean };
  /** Runs stop at this revision until `release()`. */
  readonly hold?: string;
  readonly blockers?: readonly Session[];
  readonly progress?: {
    readonly command: string;
    readonly phase: string;
    readonly done: number;
    readonly total: number;
  };
  /** A blocker whose statement is cancelled still blocks. */
  readonly stubborn?: boolean;
  /** Only the beginning of a plan, with this many steps in total, is known until `release()`. */
  readonly holdPlan?: number;
  /** The database is not open until `release()`. */
  readonly holdOpening?: boolean;
  /** The backup is not done until `release()`. */
  readonly holdBackup?: boolean;
  /** A cancel arrives when there is nothing left to cancel. */
  readonly ignoreCancel?: boolean;
  /** A loaded file was edited: calls fail until the engine is restarted. */
  readonly edited?: boolean;
  /** Another run has the lock until `release()`. */
  readonly waitFor?: Session;
  readonly retry?: { readonly attempt: number; readonly of: number; readonly reason: string };
}

export interface FakeOptions {
  readonly revisions?: readonly FakeRevision[];
  readonly applied?: readonly string[];
  readonly project?: Partial<ProjectInfo>;
  readonly arrivals?: readonly Arrival[];
  readonly database?: Partial<DatabaseInfo>;
  readonly overview?: Partial<Overview>;
  /** The current time of all dates. */
  readonly now?: number;
  /** Delay of results, ms. */
  readonly delay?: number;
  /** The failure of the first status request. */
  readonly failure?: FailureInfo;
  readonly rehearsal?: Partial<Rehearsal>;
  readonly planRehearsal?: Partial<PlanRehearsal>;
  /** The rules of every plan, depending on what was requested before. */
  readonly policy?: (calls: readonly string[]) => readonly PolicyCheck[];
  /** Of every plan. */
  readonly warnings?: readonly Warning[];
  readonly check?: CheckReport;
  readonly comparison?: Comparison;
  /** Possible renames when a revision is drafted from the entities: `contact.fax:email`. */
  readonly renames?: readonly string[];
  readonly journal?: readonly JournalEntry[];
  /** The findings of lint and of the plans that run these statements. */
  readonly findings?: readonly Finding[];
}

/** A simulated engine without a project and without a database, which behaves like a small real one. */
export class FakeEngine {
  readonly api: EngineApi;
  readonly connection: EngineConnection;
  readonly calls: string[] = [];
  readonly resolvedWith: (readonly [revision: string, as: string, confirm: string | undefined])[] = [];
  readonly written: Draft[] = [];
  readonly ranWith: RunOptions[] = [];
  readonly ended: [pid: number, how: SessionEnding][] = [];
  trouble: Trouble = {};
  revisions: FakeRevision[];
  applied: Set<string>;
  database: DatabaseInfo;
  project: ProjectInfo;
  failure: FailureInfo | null;
  unsettled: InterruptedRevision[] = [];
  fleet: FleetStatus = {
    targets: [],
    counts: [],
    states: { unreachable: 0, gone: 0, 'half-way': 0, ahead: 0, edited: 0, drifted: 0, behind: 0, head: 0 },
    heads: {},
    compared: 0,
    at: '2026-11-22T14:00:00.000Z',
  };
  /** Calls that will be answered without further action: held ones are excluded. */
  working = 0;
  readonly #options: FakeOptions;
  readonly #now: number;
  readonly #listeners = new Set<(events: readonly EngineEvent[]) => void>();
  readonly #exits = new Set<(exit: EngineExit) => void>();
  #journal: JournalEntry[] = [];
  #release: (() => void) | null = null;
  #cancelled: CancelMode | null = null;
  #dead = false;
  readonly #logs = new Map<string | null, Set<string>>();

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#now = options.now ?? Date.now();
    this.revisions = [...(options.revisions ?? demoRevisions)];
    this.applied = new Set(options.applied ?? demoApplied);
    this.failure = options.failure ?? null;
    this.#journal = [...(options.journal ?? [])];
    this.project = {
      name: 'chat',
      root: '/home/ana/chat',
      configFile: 'mikro-orm.config.ts',
      context: 'default',
      contexts: ['default'],
      folder: 'migrations',
      table: 'public.mikro_orm_migrations',
      schema: null,
      defaultSchema: 'public',
      readOnly: false,
      protected: false,
      policy: [],
      ...options.project,
    };
    this.database = {
      kind: 'postgresql',
      name: 'chat',
      label: 'postgres@localhost/chat',
      state: 'connected',
      version: '18.4',
      table: 'present',
      readOnly: false,
      schemas: ['public'],
      otherTables: 0,
      failure: null,
      ...options.database,
    };
    this.api = this.#makeApi();
    this.connection = {
      api: this.api,
      events: listener => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      onExit: listener => {
        this.#exits.add(listener);
        return () => this.#exits.delete(listener);
      },
      restart: async change => this.#restart(change),
      stop: async () => {},
      kill: () => this.die(),
    };
  }

  get graph(): RevisionGraph {
    return RevisionGraph.inspect(
      this.revisions.map(one => ({
        id: one.id,
        revises: one.revises,
        dependsOn: one.dependsOn ?? [],
        labels: one.labels ?? [],
        inferred: one.inferred ?? false,
      })),
    ).graph;
  }

  emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener([event]);
  }

  /** Releases what is held. */
  release(): void {
    this.#release?.();
  }

  /** The process exits unexpectedly. */
  die(exit: Partial<EngineExit> = {}): void {
    this.#dead = true;
    for (const listener of this.#exits)
      listener({ code: null, signal: 'SIGKILL', lastOutput: 'last words', ...exit });
  }

  fleetPlan: FleetPlan | null = null;
  fleetResult: FleetResult | null = null;
  /** Of the last run. */
  fleetRunOptions: FleetRunOptions | null = null;
  stages: FleetStages = { contexts: [], revisions: [] };
  /** Emitted while the fleet runs, before it is held. */
  fleetEvents: FleetEvent[] = [];

  async #fleetPlan(): Promise<FleetPlan> {
    if (!this.fleetPlan) throw new Failure({ code: 'no-targets', message: 'There are no targets.' });
    return this.fleetPlan;
  }

  async #fleetRun(options: FleetRunOptions): Promise<FleetResult> {
    this.fleetRunOptions = options;
    for (const event of this.fleetEvents) this.emit({ type: 'fleet', event });
    if (this.trouble.hold) {
      await new Promise<void>(resolve => {
        this.#release = resolve;
      });
    }
    const result = this.fleetResult as FleetResult;
    this.emit({ type: 'fleet', event: { kind: 'finished', result } });
    return result;
  }

  #restart(change: EngineChange | undefined): void {
    this.calls.push('restart');
    if (this.trouble.edited) this.trouble = {};
    this.#dead = false;
    this.failure = null;
    if (change?.context) this.project = { ...this.project, context: change.context };
    if (change && 'schema' in change) this.#reopen(change.schema);
    const target = this.fleet?.targets.find(({ name }) => name === change?.target);
    if (!target) return;
    this.project = { ...this.project, context: target.context };
    this.database = { ...this.database, label: target.database };
    this.#reopen(target.schema ?? undefined);
  }

  /** Each schema has its own log; an unknown one has none. */
  #reopen(schema: string | undefined): void {
    this.#logs.set(this.project.schema, this.applied);
    this.project = { ...this.project, schema: schema ?? null };
    this.applied = this.#logs.get(this.project.schema) ?? new Set();
    if (schema?.includes('.'))
      this.failure = { code: 'bad-schema', message: `"${schema}" cannot be the schema` };
  }

  #makeApi(): EngineApi {
    const real: EngineApi = {
      overview: async () => this.#overview(),
      revision: async id => this.#detail(id),
      show: async () => {
        throw new Error('The app does not show revisions this way.');
      },
      resolve: async target => this.graph.resolve(target, this.applied),
      lint: async ({ range, withRows }) => ({
        findings: (this.#options.findings ?? [])
          .filter(one => range === undefined || one.revision === range)
          .map(({ inTheWay, ...one }) => (withRows === undefined || !inTheWay ? one : { ...one, inTheWay })),
        judged: [],
        level: 'danger',
      }),
      preview: async request => {
        const preview = this.#preview(request);
        const { holdPlan } = this.trouble;
        if (holdPlan !== undefined) {
          const { databaseName, steps } = preview;
          this.emit({
            type: 'plan-start',
            start: { request, databaseName, count: holdPlan, first: steps },
          });
          await this.#held();
        }
        return preview;
      },
      rehearsePlan: async request => ({
        ...{ request, steps: [], untried: [], ok: true, measured: null, caveats: [] },
        ...this.#options.planRehearsal,
      }),
      bake: async () => ({ format: 1, revisions: [] }),
      test: async () => ({ tests: [], ok: true }),
      doctor: async () => ({ checks: [], ok: true }),
      run: async (preview, options) => {
        this.ranWith.push(options);
        return this.#run(preview, options);
      },
      cancel: async mode => {
        if (this.trouble.ignoreCancel) return;
        this.#cancelled = mode;
        if (mode === 'rollback') this.release();
      },
      journal: async () => this.#journal,
      resolveRevision: async (revision, as, confirm) => {
        this.resolvedWith.push([revision, as, confirm]);
        this.unsettled = this.unsettled.filter(one => one.revision !== revision);
        if (as === 'applied') this.applied.add(revision);
        if (as === 'accept-edit') {
          this.revisions = this.revisions.map(one => (one.id === revision ? { ...one, edited: false } : one));
        }
      },
      fleetStatus: async () => this.fleet,
      fleetStages: async () => this.stages,
      fleetRehearse: async () => [],
      fleetPlan: async () => this.#fleetPlan(),
      fleetRun: async (_id, options) => this.#fleetRun(options),
      fleetContinue: async go => void this.calls.push(`fleetContinue ${go}`),
      fleetCancel: async mode => {
        this.calls.push(`fleetCancel ${mode}`);
        this.release();
      },
      script: async () => '-- script',
      authors: async () =>
        Object.fromEntries(
          this.revisions.map(({ id }) => [
            id,
            { name: 'Ana', at: new Date(this.#now - 2 * 86_400_000).toISOString() },
          ]),
        ),
      sizes: async () => Object.fromEntries(this.revisions.map(({ id, up = [] }) => [id, up.length])),
      arrivals: async () => this.#options.arrivals ?? [],
      effect: async id => effectsOf(this.revisions.find(one => one.id === id)?.up ?? []),
      compare: async () => this.#options.comparison ?? { same: true, effects: [], sql: [] },
      check: async () =>
        this.#options.check ?? {
          findings: [],
          agreed: ['heads', 'entities', 'drift'],
          skipped: [],
          clean: true,
        },
      draftRevision: async request => {
        const decided = [...(request.renames ?? []), ...(request.notRenames ?? [])];
        const open = (this.#options.renames ?? []).filter(one => !decided.includes(one));
        if (open.length > 0) {
          throw new Failure({ code: 'rename-or-not', message: 'Only you know.', candidates: open });
        }
        const draft = this.#draftRevision(request.message, request.head ?? 'head', request.autogenerate);
        const findings = (this.#options.findings ?? []).filter(one => one.revision === draft.revision);
        return { ...draft, findings };
      },
      endSession: async (pid, how) => {
        this.ended.push([pid, how]);
        const blocks = (this.trouble.blockers ?? []).some(one => one.pid === pid);
        if (!blocks)
          throw new Failure({
            code: 'not-blocking',
            message: `pid ${pid} does not block this run any more.`,
          });
        if (how === 'cancel' && this.trouble.stubborn) return;
        this.trouble = {};
        this.release();
      },
      ensureTable: async () => true,
      emptying: async () => ({ losses: [], sql: [], fingerprint: '' }),
      empty: async () => {},
      draftSplit: async target => this.#draftOnTop(target, 'with_new_values'),
      draftFix: async target => this.#draftOnTop(target, 'indexes'),
      draftMerge: async request => this.#draftMerge(request.heads),
      draftRebase: async request => this.#draftRebase(request.branch, request.onto),
      diff: async () => {
        throw new Error('the app asks no diff');
      },
      draftSquash: async request => this.#draftSquash(request),
      draftAdopt: async () => this.#draftAdopt(),
      draftInit: async () => ({
        kind: 'init',
        files: [],
        revision: null,
        notes: ['Everything is there already.'],
        warnings: [],
      }),
      rehearse: async heads => this.#rehearse(heads),
      write: async draft => this.#write(draft),
      close: async () => {},
    };
    const wrapped = Object.fromEntries(
      Object.entries(real).map(([name, method]) => [
        name,
        async (...args: never[]) => {
          this.calls.push(name);
          this.working++;
          try {
            if (this.#options.delay) await new Promise(resolve => setTimeout(resolve, this.#options.delay));
            if (this.trouble.edited && name !== 'overview')
              throw new Failure({ code: 'restart-needed', message: 'entities/chat.ts was edited.' });
            if (this.#dead) throw new Failure({ code: 'engine-died', message: 'The engine ended.' });
            return structuredClone(await (method as (...all: never[]) => Promise<unknown>)(...args));
          } finally {
            this.working--;
          }
        },
      ]),
    );
    return wrapped as unknown as EngineApi;
  }

  #overview(): Overview {
    if (this.failure) throw new Failure(this.failure);
    const { graph, database } = this;
    const { state, table } = database;
    const known = state === 'missing' || (state === 'connected' && table !== 'forbidden');
    const marks = graph.marks(this.applied);
    const gaps = new Set(graph.gaps(this.applied));
    const byId = new Map(this.revisions.map(one => [one.id, one]));
    const missing = graph.missing(this.applied);
    const revisions = graph.history(missing).map((row): RevisionRow => {
      const own = byId.get(row.id);
      const position = [...this.applied].indexOf(row.id);
      return {
        id: row.id,
        shortId: shortId(row.id),
        slug: slug(row.id),
        revises: row.revises,
        dependsOn: row.dependsOn,
        labels: graph.labelsOf(row.id),
        replaces: graph.replaces(row.id),
        state:
          own === undefined
            ? 'missing'
            : !known
              ? 'unknown'
              : this.applied.has(row.id)
                ? 'applied'
                : 'pending',
        appliedAt:
          position < 0
            ? null
            : new Date(this.#now - (this.applied.size - position) * 7_200_000).toISOString(),
        inferred: own?.inferred ?? false,
        marks: marks.get(row.id) ?? [],
        edited: (own?.edited ?? false) && this.applied.has(row.id),
        outOfOrder: gaps.has(row.id),
        file: own === undefined ? null : `migrations/${row.id}.ts`,
      };
    });
    return {
      project: this.project,
      database: this.database,
      revisions,
      heads: graph.heads,
      bases: graph.bases,
      current: graph.current(this.applied),
      pending: known ? graph.pending(this.applied) : [],
      missing,
      edited: revisions.filter(row => row.edited).map(row => row.id),
      applied: this.applied.size,
      problems: [],
      unsettled: this.unsettled,
      journal: { state: 'on', hint: null },
      notes: [],
      at: new Date(this.#now).toISOString(),
      ...this.#options.overview,
    };
  }

  #own(id: string): FakeRevision {
    return this.revisions.find(one => one.id === id) ?? { id, revises: [] };
  }

  #detail(id: string): RevisionDetail {
    const row = this.#overview().revisions.find(one => one.id === id);
    const own = this.#own(id);
    if (!row) throw new Failure({ code: 'unknown-target', message: `There is no revision ${id}.` });
    const transactional = own.transactional ?? true;
    return {
      row,
      source: row.state === 'missing' ? null : sourceOf(own),
      up: { sql: own.up ?? [], complete: true, note: null, transactional },
      down: {
        sql: own.down ?? [],
        complete: true,
        note: own.down ? null : 'it has no down()',
        transactional,
      },
      author: { name: 'Ana', at: new Date(this.#now - 2 * 86_400_000).toISOString() },
    };
  }

  /** The last run reversed, or repeated: the fake keeps one. */
  #past({ past }: PlanRequest): PlanRequest {
    const ups = this.#journal.filter(
      ({ run, action, outcome }) => run === 'run-1' && action === 'up' && outcome === 'done',
    );
    const [first] = ups;
    if (!first || !past) throw new Failure({ code: 'nothing-to-undo', message: 'There is no run to undo.' });
    const before = this.revisions.find(({ id }) => id === first.revision)?.revises ?? [];
    const known = { ...past, run: 'run-1' };
    return past.kind === 'undo'
      ? { command: 'downgrade', targets: before, past: known }
      : { command: 'upgrade', targets: [ups.at(-1)?.revision ?? 'head'], past: known };
  }

  #preview(asked: PlanRequest): Preview {
    const { graph } = this;
    const request = asked.past ? this.#past(asked) : asked;
    const [left] = request.halfWay ? request.targets : [];
    const plan = left
      ? { steps: [{ revision: left, action: 'down' as const }], tips: graph.current(this.applied) }
      : request.command === 'upgrade'
        ? graph.upgrade(request.targets, this.applied)
        : request.command === 'downgrade'
          ? graph.downgrade(request.targets[0] ?? 'base', this.applied)
          : graph.stamp(request.targets, this.applied, { purge: request.purge ?? false });
    const batches: { transactional: boolean; steps: number[] }[] = [];
    const steps = plan.steps.map((step, index) => {
      const own = this.#own(step.revision);
      const transactional = own.transactional ?? true;
      if (!transactional || batches.at(-1)?.transactional !== true)
        batches.push({ transactional, steps: [] });
      batches.at(-1)?.steps.push(index);
      const sql =
        step.action === 'up'
          ? (own.up ?? [])
          : step.action === 'down'
            ? (own.down ?? [])
            : [`-- ${step.action} ${step.revision}`];
      return {
        revision: step.revision,
        action: step.action,
        preview: { sql, complete: true, note: null, transactional },
        batch: batches.length - 1,
        losses: step.action === 'down' ? (own.losses ?? []) : [],
        findings: (this.#options.findings ?? [])
          .filter(one => one.revision === step.revision && one.action === step.action)
          .map(({ inTheWay: _, ...one }) => one),
      };
    });
    return {
      request,
      plan,
      steps,
      batches,
      warnings: this.#options.warnings ?? [],
      destructive: steps.some(step => step.losses.length > 0),
      protected: this.project.protected,
      policy: this.#options.policy?.(this.calls) ?? [],
      measured: null,
      databaseName: this.database.name,
      databaseLabel: this.database.label,
      schema: this.project.schema,
      fingerprint: [...this.applied].join(),
    };
  }

  #held(): Promise<void> {
    this.working--;
    return new Promise(resolve => {
      this.#release = () => {
        this.#release = null;
        this.working++;
        resolve();
      };
    });
  }

  async #run(preview: Preview, { backup }: RunOptions): Promise<RunResult> {
    if (preview.fingerprint !== [...this.applied].join()) {
      throw new Failure({
        code: 'plan-changed',
        message: 'The database is not as it was when the plan was made.',
        next: 'Create the plan again.',
      });
    }
    const tell = (event: RunEvent): void => this.emit({ type: 'run', event });
    const { trouble } = this;
    this.#cancelled = null;
    const results: StepResult[] = preview.steps.map(({ revision, action }) => ({
      revision,
      action,
      outcome: 'not run',
      ms: 0,
    }));
    const before = new Set(this.applied);
    let failure: FailureInfo | null = null;
    if (trouble.holdOpening) await this.#held();
    if (trouble.waitFor) {
      tell({ kind: 'waiting', holder: trouble.waitFor, waitedMs: 1_200 });
      await this.#held();
    }
    tell({ kind: 'started', run: 'run-1', steps: preview.steps.length, batches: preview.batches.length });
    if (backup) {
      tell({ kind: 'backup', bytes: 4_718_592, of: 125_829_120 });
      if (trouble.holdBackup) await this.#held();
      tell({ kind: 'backup-done', backup: fakeBackup(backup.folder) });
    }
    for (const [index, step] of preview.steps.entries()) {
      if (this.#cancelled) break;
      if (index === 0 || preview.steps[index - 1]?.batch !== step.batch) {
        if (trouble.retry) tell({ kind: 'retry', batch: step.batch, afterMs: 400, ...trouble.retry });
        tell({ kind: 'batch', batch: step.batch, attempt: trouble.retry?.attempt ?? 1 });
      }
      tell({ kind: 'step', step: index });
      for (const sql of step.preview.sql) {
        tell({ kind: 'statement', step: index, sql });
        if (this.trouble.hold === step.revision) {
          if (trouble.blockers || trouble.progress) {
            tell({
              kind: 'watch',
              statement: sql,
              elapsedMs: 2_000,
              blockers: trouble.blockers ?? [],
              progress: trouble.progress ?? null,
            });
          }
          await this.#held();
        }
        if (this.#cancelled === 'rollback') break;
        this.emit({ type: 'sql', at: new Date(this.#now).toISOString(), sql, ms: 3, error: null });
        tell({ kind: 'statement-done', step: index, ms: 3, rows: null });
        await new Promise(resolve => setImmediate(resolve));
      }
      if (this.#cancelled === 'rollback' || trouble.fail?.revision === step.revision) {
        failure =
          trouble.fail?.revision === step.revision
            ? trouble.fail.failure
            : { code: 'cancelled', message: 'The run was cancelled.' };
        tell({ kind: 'step-failed', step: index, failure });
        results[index] = { ...(results[index] as StepResult), outcome: 'failed', ms: 5, rolledBack: true };
        if (trouble.fail?.unsettled) {
          this.unsettled = [
            {
              revision: step.revision,
              action: step.action,
              since: new Date(this.#now).toISOString(),
              who: 'ana@laptop',
              error: failure.message,
              invalidIndexes: ['public.messages_text_index'],
            },
          ];
        } else {
          this.applied = before;
          for (let at = 0; at < index; at++) {
            if (preview.steps[at]?.batch === step.batch)
              results[at] = { ...(results[at] as StepResult), rolledBack: true };
          }
          tell({ kind: 'rolled-back', batch: step.batch });
        }
        break;
      }
      if (step.action === 'up' || step.action === 'log') this.applied.add(step.revision);
      else this.applied.delete(step.revision);
      this.unsettled = this.unsettled.filter(one => one.revision !== step.revision);
      results[index] = { ...(results[index] as StepResult), outcome: 'done', ms: 12 + index };
      tell({ kind: 'step-done', step: index, ms: 12 + index });
      if (preview.steps[index + 1]?.batch !== step.batch) tell({ kind: 'batch-done', batch: step.batch });
    }
    const result: RunResult = {
      run: 'run-1',
      steps: results,
      tips: this.graph.current(this.applied),
      failure,
      cancelled: this.#cancelled !== null,
      unsettled: this.unsettled,
    };
    this.trouble = {};
    this.#journalled(result);
    tell({ kind: 'finished', result });
    return result;
  }

  #journalled(result: RunResult): void {
    for (const step of result.steps) {
      if (step.outcome === 'not run') continue;
      this.#journal.push({
        run: result.run,
        revision: step.revision,
        action: step.action,
        outcome: step.outcome === 'done' ? 'done' : 'failed',
        started: new Date(this.#now).toISOString(),
        finished: new Date(this.#now).toISOString(),
        ms: step.ms,
        who: { databaseUser: 'postgres', osUser: 'ana', host: 'laptop', version: '0.1.0' },
        plan: { steps: [], tips: [] },
        checksum: null,
        error: step.outcome === 'failed' ? (result.failure?.message ?? null) : null,
      });
    }
  }

  #draftRevision(message: string, head: string, autogenerate: boolean): Draft {
    const parents = head === 'head' ? this.graph.heads : this.graph.resolve(head, this.applied);
    const id = `Migration20261201120000_${message.toLowerCase().replace(/\W+/g, '_')}`;
    const made: FakeRevision = {
      id,
      revises: parents,
      up: autogenerate ? ['alter table "chats" add column "title" text null'] : [],
    };
    return {
      kind: 'revision',
      files: [newFile(made)],
      revision: id,
      notes: autogenerate ? ['1 change of the entities'] : [],
      warnings: [],
    };
  }

  #draftOnTop(target: string, what: string): Draft {
    const made: FakeRevision = { id: `Migration20261201120000_${what}`, revises: [target] };
    const note = `1 of 2 statements of ${target} moves to ${made.id}.`;
    return { kind: 'revision', files: [newFile(made)], revision: made.id, notes: [note], warnings: [] };
  }

  #draftMerge(heads: readonly string[]): Draft {
    const made: FakeRevision = { id: 'Migration20261201120000_merge_heads', revises: heads };
    return { kind: 'merge', files: [newFile(made)], revision: made.id, notes: [], warnings: [] };
  }

  #draftRebase(branch: string, onto: string): Draft {
    const path = `migrations/${branch}.ts`;
    const parents = this.#own(branch).revises;
    return {
      kind: 'rebase',
      files: [
        {
          path,
          before: 'old',
          after: 'new',
          diff: `@@ -1,3 +1,3 @@\n export class ${branch} {\n-  static readonly revises = ${JSON.stringify(parents)};\n+  static readonly revises = ${JSON.stringify([onto])};`,
        },
      ],
      revision: branch,
      notes: [],
      warnings: ['Other databases may have applied it already.'],
    };
  }

  /** One revision for everything up to the end of the range; one alone is refused. */
  #draftSquash({ range, message = 'squash' }: SquashRequest): Draft {
    const [from = '', to = ''] = range.split(':');
    const end = this.revisions.findIndex(one => one.id.includes(to) || to === 'head');
    const start = from === '' ? 0 : this.revisions.findIndex(one => one.id.includes(from));
    const line = this.revisions.slice(start, end + 1);
    if (line.length < 2) {
      throw new Failure({
        code: 'nothing-to-squash',
        message: `"${range}" is ${line[0]?.id} alone: a squash combines several revisions into one.`,
        next: 'Name the first and the last of a line.',
      });
    }
    const made: FakeRevision = { id: `Migration20261201120000_${message}`, revises: line[0]?.revises ?? [] };
    const replaces = line.map(one => one.id);
    return {
      kind: 'squash',
      files: [newFile(made)],
      revision: made.id,
      notes: [
        `Replaces ${line.length} revisions with 3 statements: generated from the final schema.`,
        'Verified on the shadow: it makes the same schema as the range, 12 objects.',
      ],
      warnings: [],
      squash: { replaces, from: 'catalog', statements: 3, objects: 12, reversible: true, data: [] },
    };
  }

  #draftAdopt(): Draft {
    const files = this.revisions
      .filter(one => one.inferred)
      .map(one => ({
        path: `migrations/${one.id}.ts`,
        before: 'old',
        after: 'new',
        diff: `@@ -1,1 +1,2 @@\n export class ${one.id} extends Migration {\n+  static readonly revises = ${JSON.stringify(one.revises)};`,
      }));
    return { kind: 'adopt', files, revision: null, notes: [], warnings: [] };
  }

  #write(draft: Draft): void {
    this.written.push(draft);
    if ((draft.kind === 'merge' || draft.kind === 'revision') && draft.revision) {
      const revises = /revises = (\[[^\]]*\])/.exec(draft.files[0]?.after ?? '')?.[1] ?? '[]';
      this.revisions.push({ id: draft.revision, revises: JSON.parse(revises), up: [] });
    }
    if (draft.kind === 'rebase' && draft.revision) {
      const onto =
        /\+ {2}static readonly revises = (\[[^\]]*\])/.exec(draft.files[0]?.diff ?? '')?.[1] ?? '[]';
      this.revisions = this.revisions.map(one =>
        one.id === draft.revision ? { ...one, revises: JSON.parse(onto) } : one,
      );
    }
    if (draft.kind === 'adopt') this.revisions = this.revisions.map(one => ({ ...one, inferred: false }));
  }

  #rehearse(heads: readonly string[]): Rehearsal {
    const fork = this.graph.fork(heads);
    const told = this.#options.rehearsal;
    const both = [heads, [...heads].reverse()].map(order => ({ heads: order, ok: true, failed: null }));
    return {
      heads,
      ancestors: fork.ancestors,
      branches: heads.map(head => ({
        head,
        revisions: [head],
        effects: effectsOf(this.#own(head).up ?? []),
        failure: null,
      })),
      orders: both,
      everyOrder: heads.length <= 2,
      remedies: remediesOf(heads, told?.orders ?? both, told?.verdict ?? 'fits'),
      verdict: 'fits',
      differences: [],
      shared: [],
      downAndUp: { ok: true, words: [] },
      reconcile: [],
      caveats: [],
      ...told,
    };
  }
}

const fakeBackup = (folder: string): Backup => ({
  path: `/home/ana/chat/${folder}/chat.dump`,
  bytes: 4_718_592,
  format: 'custom',
  restore: `pg_restore --clean --dbname chat ${folder}/chat.dump`,
  ms: 900,
  deleted: [],
});

function newFile(made: FakeRevision): Draft['files'][number] {
  const after = sourceOf(made);
  return {
    path: `migrations/${made.id}.ts`,
    before: null,
    after,
    diff: after
      .split('\n')
      .map(text => `+${text}`)
      .join('\n'),
  };
}

function sourceOf({ id, revises, up = [], down = [] }: FakeRevision): string {
  const body = (sql: readonly string[]): string => sql.map(one => `    this.addSql(\`${one}\`);`).join('\n');
  return [
    "import { Migration } from '@mikro-orm/migrations';",
    '',
    `export class ${id} extends Migration {`,
    `  static readonly revises = ${JSON.stringify(revises)};`,
    '',
    '  override up(): void {',
    body(up),
    '  }',
    '',
    '  override down(): void {',
    body(down),
    '  }',
    '}',
    '',
  ].join('\n');
}

function effectsOf(sql: readonly string[]): Effect[] {
  return sql.flatMap((one): Effect[] => {
    const column = /alter table "(\w+)" add column "(\w+)" ([\w ]+)/.exec(one);
    if (column) {
      const object = `${column[1]}.${column[2]}`;
      return [{ sign: '+', object, words: `${object} ${(column[3] as string).trim()}` }];
    }
    const table = /create table "(\w+)"/.exec(one);
    return table ? [{ sign: '+', object: `table ${table[1]}`, words: `table ${table[1]}` }] : [];
  });
}

/** The chat application of the demo. */
export const demoRevisions: readonly FakeRevision[] = [
  {
    id: 'Migration20261101090000_initial_schema',
    revises: [],
    up: [
      'create table "chats" (\n  "id" serial primary key,\n  "name" varchar(255) not null,\n  "created_at" timestamptz not null default now()\n)',
      'create table "messages" (\n  "id" serial primary key,\n  "chat_id" int not null references "chats" ("id") on delete cascade,\n  "text" text not null -- what was said\n)',
      'create index "messages_chat_id_index" on "messages" ("chat_id")',
    ],
    down: ['drop table "messages"', 'drop table "chats"'],
    losses: ['drops table messages: 1,204,331 rows', 'drops table chats: 312 rows'],
  },
  {
    id: 'Migration20261110120000_add_user_id_to_chats',
    revises: ['Migration20261101090000_initial_schema'],
    up: ['alter table "chats" add column "user_id" int null'],
    down: ['alter table "chats" drop column "user_id"'],
    losses: ['drops column chats.user_id: 312 rows have a value'],
  },
  {
    id: 'Migration20261113100000_fill_text_length',
    revises: ['Migration20261110120000_add_user_id_to_chats'],
    up: [
      'alter table "messages" add column "text_length" int null',
      'update "messages" set "text_length" = length("text") where "text_length" is null',
    ],
    down: ['alter table "messages" drop column "text_length"'],
  },
  {
    id: 'Migration20261119150000_add_reactions',
    revises: ['Migration20261113100000_fill_text_length'],
    up: [
      'create table "reactions" (\n  "id" serial primary key,\n  "message_id" int not null references "messages" ("id"),\n  "emoji" varchar(32) not null\n)',
    ],
    down: ['drop table "reactions"'],
  },
  {
    id: 'Migration20261120101500_add_last_read_at',
    revises: ['Migration20261113100000_fill_text_length'],
    up: [
      'alter table "chats" add column "last_read_at" timestamptz null',
      'create index "chats_last_read_at_index" on "chats" ("last_read_at")',
    ],
    down: ['alter table "chats" drop column "last_read_at"'],
  },
];

export const demoApplied: readonly string[] = [
  'Migration20261101090000_initial_schema',
  'Migration20261110120000_add_user_id_to_chats',
];

/** A long history with branches and merges. */
export function longHistory(count: number): FakeRevision[] {
  const idOf = (index: number): string => `Migration${20200101000000 + index * 100}_change_number_${index}`;
  return Array.from({ length: count }, (_, index) => {
    const id = idOf(index);
    const revises =
      index === 0
        ? []
        : index % 9 === 4
          ? [idOf(index - 3)]
          : index % 9 === 7
            ? [idOf(index - 1), idOf(index - 4)]
            : index % 9 === 5
              ? [idOf(index - 2)]
              : [idOf(index - 1)];
    return {
      id,
      revises,
      up: [
        `alter table "table_${index % 40}" add column "column_${index}" varchar(255) not null default 'x${index}'`,
        `create index "index_${index}" on "table_${index % 40}" ("column_${index}")`,
      ],
      down: [`alter table "table_${index % 40}" drop column "column_${index}"`],
    };
  });
}
