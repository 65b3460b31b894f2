import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { AppRequest, Host } from '../../src/cli/shell/host.ts';
import { runProgram } from '../../src/cli/shell/program.ts';
import type {
  Draft,
  EngineApi,
  EngineEvent,
  EngineOptions,
  Overview,
  Preview,
  Rehearsal,
  RevisionRow,
  RunResult,
  SqlPreview,
} from '../../src/engine/api.ts';
import { remediesOf } from '../../src/engine/authoring/remedies.ts';
import type { Failure } from '../../src/foundation/failure.ts';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import { shortId, slug } from '../../src/revisions/names.ts';
import { checkAnswer } from '../support/answers.ts';
import { makeFolder } from '../support/project.ts';

/** The current time in these tests. */
export const now = Date.parse('2026-11-22T14:00:00Z');

const day = 24 * 3_600_000;

/*
 *   merge_heads        (head)
 *   |        \
 *   add_last  |
 *   |     add_reactions    (chat)
 *   |        /
 *   add_user_id        (current)
 *   |
 *   initial_schema
 */
export const ids = {
  initial: 'Migration20261101093000_initial_schema',
  user: 'Migration20261110141500_add_user_id',
  reactions: 'Migration20261119161000_add_reactions',
  last: 'Migration20261120101500_add_last_read_at',
  merge: 'Migration20261122090000_merge_heads',
} as const;

export const chat = [
  { id: ids.initial, revises: [] },
  { id: ids.user, revises: [ids.initial] },
  { id: ids.reactions, revises: [ids.user], labels: ['chat'] },
  { id: ids.last, revises: [ids.user] },
  { id: ids.merge, revises: [ids.last, ids.reactions] },
];

export const unmerged = chat.slice(0, -1);

export interface Outside {
  readonly revisions?: readonly { id: string; revises: readonly string[]; labels?: readonly string[] }[];
  readonly applied?: readonly string[];
  /** Overrides fields of the status. */
  readonly overview?: Partial<Overview>;
  /** Overrides methods of the engine that a test uses. */
  readonly engine?: Partial<EngineApi>;
  /** Simulates a user at the terminal; the typed input, line by line. */
  readonly types?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly colours?: boolean;
  /** Emitted by the engine during a run. */
  readonly events?: readonly EngineEvent[];
}

export interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The engine's methods that were called, with their arguments. */
  readonly calls: readonly (readonly unknown[])[];
  readonly opened: EngineOptions | null;
  readonly app: AppRequest | null;
  readonly spawned: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into any answer
  json(): any;
}

const sql = (id: string, text: string): SqlPreview => ({
  sql: [`${text} "${slug(id)}"`],
  complete: true,
  note: null,
  transactional: true,
});

/** Runs migtui on a fake engine. */
export async function migtui(args: string, world: Outside = {}): Promise<Told> {
  const { revisions = chat, applied = [ids.initial, ids.user] } = world;
  const graph = RevisionGraph.from(revisions);
  const calls: unknown[][] = [];
  const spawned: string[] = [];
  let opened: EngineOptions | null = null;
  let app: AppRequest | null = null;
  let emit: (event: EngineEvent) => void = () => {};
  const engine = { ...fakeEngine(graph, applied, world, event => emit(event)), ...world.engine } as EngineApi;
  const recorded = Object.fromEntries(
    Object.entries(engine).map(([name, method]) => [
      name,
      (...given: unknown[]) => {
        calls.push([name, ...given]);
        return (method as (...given: unknown[]) => unknown)(...given);
      },
    ]),
  ) as unknown as EngineApi;
  const root = await makeFolder('fake');
  const { writeFile } = await import('node:fs/promises');
  await writeFile(`${root}/package.json`, '{ "name": "chat" }');
  const said = { stdout: '', stderr: '' };
  const isTTY = world.types !== undefined;
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const typed = [...(world.types ?? [])];
  const host: Host = {
    stdout: {
      write: text => {
        said.stdout += text;
      },
      isTTY: world.colours === true,
      columns: 100,
    },
    stderr: {
      write: text => {
        said.stderr += text;
        if (/[:?\]] $/.test(text)) stdin.write(`${typed.shift() ?? ''}\n`);
      },
      isTTY,
      columns: 100,
    },
    stdin,
    env: {
      LANG: 'C.UTF-8',
      XDG_CONFIG_HOME: root,
      ...(world.colours ? {} : { NO_COLOR: '1' }),
      ...world.env,
    },
    cwd: root,
    platform: 'linux',
    now: () => now,
    async openEngine(options, listener) {
      opened = options;
      emit = listener;
      return recorded;
    },
    chooseProject: async () => null,
    async openApp(request) {
      app = request;
      return 0;
    },
    capturePrints: () => {},
    committed: () => {},
    writesLines: () => () => {},
    onInterrupt: () => () => {},
    async spawn(editor, path) {
      spawned.push(`${editor} ${path}`);
      return 0;
    },
    exit: code => {
      throw new Error(`exit ${code}`);
    },
  };
  const argv = args.match(/"[^"]*"|\S+/g)?.map(arg => arg.replace(/^"|"$/g, '')) ?? [];
  const code = await runProgram(argv, host, '1.2.3');
  const { stdout, stderr } = said;
  checkAnswer(argv, stdout);
  const clean = world.colours ? (text: string) => text : stripVTControlCharacters;
  return {
    code,
    stdout: clean(stdout).replaceAll(root, '/chat'),
    stderr: clean(stderr).replaceAll(root, '/chat'),
    calls,
    opened,
    app,
    spawned,
    json: () => JSON.parse(stdout),
  };
}

function fakeEngine(
  graph: RevisionGraph,
  applied: readonly string[],
  world: Outside,
  emit: (event: EngineEvent) => void,
): Partial<EngineApi> {
  const marks = graph.marks(applied);
  const missing = graph.missing(applied);
  const isApplied = new Set(applied);
  const gaps = new Set(graph.gaps(applied));
  const row = (id: string): RevisionRow => ({
    id,
    shortId: shortId(id),
    slug: slug(id),
    revises: graph.get(id)?.revises ?? [],
    dependsOn: graph.get(id)?.dependsOn ?? [],
    labels: graph.labelsOf(id),
    replaces: graph.replaces(id),
    state: missing.includes(id) ? 'missing' : isApplied.has(id) ? 'applied' : 'pending',
    appliedAt: isApplied.has(id) ? new Date(now - 10 * day).toISOString() : null,
    inferred: false,
    marks: marks.get(id) ?? [],
    edited: false,
    outOfOrder: gaps.has(id),
    file: missing.includes(id) ? null : `migrations/${id}.ts`,
  });
  const overview: Overview = {
    project: {
      name: 'chat',
      root: '/chat',
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
    },
    database: {
      kind: 'postgresql',
      name: 'chat',
      label: 'ana@db.staging/chat',
      state: 'connected',
      version: '18.4',
      table: 'present',
      readOnly: false,
      schemas: ['public'],
      otherTables: 0,
      failure: null,
    },
    revisions: graph.history(missing).map(({ id }) => row(id)),
    heads: graph.heads,
    bases: graph.bases,
    current: graph.current(applied),
    pending: graph.pending(applied),
    missing,
    edited: [],
    applied: applied.length,
    problems: [],
    unsettled: [],
    journal: { state: 'off', hint: null },
    notes: [],
    at: new Date(now).toISOString(),
    ...world.overview,
  };
  const detail = (id: string) => ({
    row: row(id),
    source: `export class ${id} extends Migration {}\n`,
    up: sql(id, 'create table'),
    down: sql(id, 'drop table'),
    author: null,
  });
  return {
    overview: async () => overview,
    resolve: async target =>
      target.includes(':') ? graph.range(target, applied).revisions : graph.resolve(target, applied),
    revision: async id => detail(id),
    async show(target) {
      const { project, database, problems } = overview;
      const shown = { project, database, problems, details: [], findings: [], failure: null };
      if (problems.length > 0) return shown;
      try {
        const details = graph.resolve(target, applied).map(detail);
        return { ...shown, details };
      } catch (error) {
        return { ...shown, failure: (error as Failure).info };
      }
    },
    async preview(request) {
      const plan =
        request.past !== undefined
          ? graph.downgrade('-1', applied)
          : request.command === 'upgrade'
            ? graph.upgrade(request.targets, applied)
            : request.command === 'downgrade'
              ? graph.downgrade(request.targets[0] as string, applied)
              : graph.stamp(request.targets, applied, { purge: request.purge === true });
      const down = request.command === 'downgrade';
      return {
        request,
        plan,
        steps: plan.steps.map(step => ({
          ...step,
          preview: sql(step.revision, down ? 'drop table' : 'create table'),
          batch: 0,
          losses: down ? [`drops table ${slug(step.revision)}: 12 rows`] : [],
          findings: [],
        })),
        batches: plan.steps.length > 0 ? [{ transactional: true, steps: plan.steps.map((_, at) => at) }] : [],
        warnings: [],
        destructive: down,
        protected: overview.project.protected,
        policy: overview.project.policy.map(rule => ({
          ...rule,
          state: 'asked' as const,
          message: '',
          next: '',
        })),
        measured: null,
        databaseName: 'chat',
        databaseLabel: 'ana@db.staging/chat',
        schema: overview.project.schema,
        fingerprint: 'f',
      } satisfies Preview;
    },
    async run({ plan }) {
      for (const event of world.events ?? []) emit(event);
      return {
        run: 'r1',
        steps: plan.steps.map(step => ({ ...step, outcome: 'done', ms: 7 })),
        tips: plan.tips,
        failure: null,
        cancelled: false,
        unsettled: [],
      } satisfies RunResult;
    },
    journal: async () => [],
    resolveRevision: async () => {},
    ensureTable: async () => true,
    endSession: async () => {},
    emptying: async () => ({
      losses: ['drops table chats: 12 rows'],
      sql: ['drop table chats'],
      fingerprint: 'f',
    }),
    empty: async () => {},
    script: async ({ targets }) => `-- ${targets.join(' ')}\nbegin;\ncommit;\n`,
    doctor: async () => ({
      checks: [
        { id: 'journal', status: 'warning', message: 'Runs are not recorded.', next: 'Wrap the config.' },
      ],
      ok: true,
    }),
    authors: async () => ({ [ids.user]: { name: 'Ana', at: '2026-11-10T14:15:00.000Z' } }),
    sizes: async () => ({ [ids.user]: 1 }),
    arrivals: async () => [
      { context: 'staging', applied: [ids.user], failure: null },
      { context: 'live', applied: [], failure: { code: 'database-refused', message: 'no such role' } },
    ],
    compare: async () => ({ same: true, effects: [], sql: [] }),
    check: async () => ({ findings: [], agreed: ['heads', 'entities', 'drift'], skipped: [], clean: true }),
    draftRevision: async ({ message }) => draftOf('revision', `Migration20261122140000_${message}`),
    lint: async ({ range = 'head' }) => ({ findings: [], judged: [range], level: 'danger' }),
    draftSplit: async target => draftOf('revision', target),
    draftMerge: async ({ message = 'merge' }) => draftOf('merge', `Migration20261122140000_${message}`),
    draftRebase: async ({ branch }) => ({
      ...draftOf('rebase', null),
      files: [
        {
          path: `migrations/${branch}.ts`,
          before: 'old',
          after: 'new',
          diff: '@@ -1 +1 @@\n-old\n+new\n',
        },
      ],
    }),
    diff: async ref => ({
      ref,
      added: [],
      changed: [],
      removed: [],
      heads: { here: graph.heads, there: graph.heads, merged: graph.heads },
      secondHead: false,
      problems: [],
      findings: [],
    }),
    draftSquash: async () => draftOf('squash', null),
    draftAdopt: async () => draftOf('adopt', null),
    draftInit: async () => draftOf('init', null),
    rehearse: async heads => rehearsal(heads),
    write: async () => {},
    close: async () => {},
  };
}

function draftOf(kind: Draft['kind'], revision: string | null): Draft {
  const path = revision ? `migrations/${revision}.ts` : 'mikro-orm.config.ts';
  return {
    kind,
    revision,
    files: [{ path, before: null, after: 'new', diff: '@@ -0,0 +1 @@\n+new\n' }],
    notes: [],
    warnings: [],
  };
}

/** Two branches that fit together. */
export function rehearsal(heads: readonly string[], over: Partial<Rehearsal> = {}): Rehearsal {
  return {
    heads,
    ancestors: [ids.user],
    branches: heads.map(head => ({
      head,
      revisions: [head],
      effects: [{ sign: '+', object: 'x', words: `${slug(head)}.x integer` }],
      failure: null,
    })),
    orders: [heads, heads.toReversed()].map(order => ({ heads: order, ok: true, failed: null })),
    everyOrder: true,
    remedies: remediesOf(
      heads,
      [heads, heads.toReversed()].map(order => ({ heads: order, failed: null })),
      over.verdict ?? 'fits',
    ),
    verdict: 'fits',
    differences: [],
    shared: [],
    downAndUp: { ok: true, words: [] },
    reconcile: [],
    caveats: [],
    ...over,
  };
}
