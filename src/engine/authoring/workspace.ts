import { readBaseline } from '../../database/shadow/baseline.ts';
import { extensionsIn } from '../../database/shadow/content.ts';
import type { Change } from '../../database/shadow/effects.ts';
import { openShadow } from '../../database/shadow/open.ts';
import type { Outcome, Replayed, ReplayOptions, Shadow, TrialOptions } from '../../database/shadow/replay.ts';
import type { ReplayStep } from '../../database/shadow/revision-run.ts';
import type { RoundTrip } from '../../database/shadow/round-trip.ts';
import type { Trial } from '../../database/shadow/trial.ts';
import { Failure, type FailureInfo } from '../../foundation/failure.ts';
import { discoverEntities, type Entities, editedSince } from '../../project/entities.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import { type Project, revisionsOf } from '../../project/project.ts';
import { brokenRevisions } from '../../revisions/broken-revisions.ts';
import { RevisionGraph } from '../../revisions/graph.ts';
import { requireAvailable } from '../available.ts';
import type { Session } from '../session.ts';

/** The valid revisions on disk at one moment. */
export interface OnDisk {
  readonly graph: RevisionGraph;
  readonly byId: ReadonlyMap<string, MigrationSource>;
}

/** The absolute path of the first of these revisions that has a file. */
export function fileOf({ byId }: OnDisk, ids: readonly string[] = []): string | null {
  return ids.map(id => byId.get(id)?.path ?? null).find(path => path !== null) ?? null;
}

/** The scratch database is closed after this time without a replay, ms: PGlite uses hundreds of megabytes. */
const idle = 30_000;

/**
 * Shared by the authoring calls: the revisions on disk, the shadow and the entities. Nothing here uses the
 * user's database.
 */
export class Workspace {
  readonly session: Session;
  /** `needs`: what it was created for; different needs require another shadow. */
  #shadow: { readonly made: Promise<Shadow>; readonly needs: string } | null = null;
  #entities: Promise<Entities> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(session: Session) {
    this.session = session;
    session.onClose(() => this.close());
  }

  get project(): Project {
    return this.session.project;
  }

  /**
   * Reads the revisions on disk.
   * @throws Failure `broken-revisions`
   */
  onDisk(): OnDisk {
    const sources = this.project.sources();
    const { graph, problems } = RevisionGraph.inspect(revisionsOf(sources));
    const all = [...sources.problems, ...problems];
    if (all.length > 0) throw brokenRevisions('The migration files have problems, so nothing was done.', all);
    return { graph, byId: new Map(sources.migrations.map(one => [one.id, one])) };
  }

  /**
   * The schema after `steps` on an empty database.
   * @param options `common`: how many of the first steps other replays share; `schema` in which they run
   * @throws ReplayFailure; Failure `shadow-missing` | `shadow-lacks` | `shadow-unreachable`
   */
  async replay(
    disk: OnDisk,
    steps: readonly ReplayStep[],
    { schema = null, ...options }: ReplayOptions & { schema?: string | null } = {},
  ): Promise<Outcome> {
    return this.#using(disk, shadow => shadow.outcome(steps, disk.byId, options), schema);
  }

  /**
   * The schema of revisions that run in this order, in MikroORM's form.
   * @param schema in which they run; null: the default, for which files are written
   */
  async schemaAfter(disk: OnDisk, order: readonly string[], schema: string | null = null): Promise<Replayed> {
    return this.#using(disk, shadow => shadow.after(ups(order), disk.byId), schema);
  }

  /** Runs each of `steps` after `base`, undoes it and runs it again. */
  async roundTrips(
    disk: OnDisk,
    base: readonly ReplayStep[],
    steps: readonly ReplayStep[],
  ): Promise<readonly RoundTrip[]> {
    return this.#using(disk, shadow => shadow.roundTrips(base, steps, disk.byId));
  }

  /** The effects of the last of these revisions on top of the others. */
  async lastEffect(disk: OnDisk, order: readonly string[]): Promise<readonly Change[]> {
    return this.#using(disk, shadow => shadow.lastEffect(ups(order), disk.byId));
  }

  /**
   * Whether statements run on top of these revisions: null, or PostgreSQL's error.
   * @param before statements that are committed first
   */
  async tryOut(
    disk: OnDisk,
    order: readonly string[],
    sql: readonly string[],
    before: readonly string[] = [],
  ): Promise<FailureInfo | null> {
    return this.trial(disk, order, trial => trial.run(sql), { before });
  }

  /**
   * Runs work on a scratch database with these revisions, and then discards its changes.
   * @param options `schema` in which they run, and those of a trial
   */
  async trial<T>(
    disk: OnDisk,
    order: readonly string[],
    work: (trial: Trial) => Promise<T>,
    { schema = null, ...options }: TrialOptions & { schema?: string | null } = {},
  ): Promise<T> {
    return this.#using(disk, shadow => shadow.trial(ups(order), disk.byId, work, options), schema);
  }

  async #using<T>(
    { byId }: OnDisk,
    work: (shadow: Shadow) => Promise<T>,
    schema: string | null = null,
  ): Promise<T> {
    const shadow = await this.shadow(byId, schema);
    try {
      return await work(shadow);
    } finally {
      this.#rest();
    }
  }

  /** The shadow on which revisions run in `schema`. */
  async shadow(byId: ReadonlyMap<string, MigrationSource>, schema: string | null = null): Promise<Shadow> {
    requireAvailable(this.session, 'shadow');
    const sources = [...byId.values()];
    const { baseline: path } = this.session.options;
    const baseline = path === undefined ? undefined : readBaseline(path);
    const needs = [extensionsIn(sources, baseline?.text).join(), schema, baseline?.key].join('\n');
    if (this.#shadow && this.#shadow.needs !== needs) await this.#closeShadow();
    if (!this.#shadow) {
      const made = openShadow(this.project, {
        url: this.session.options.shadow,
        sources,
        schema,
        baseline,
        previewer: this.session.previewer,
        progress: (revision, done, total) =>
          this.session.emit({ type: 'task', text: `Replaying ${revision}`, done, total }),
      });
      made.catch(() => {
        this.#shadow = null;
      });
      this.#shadow = { made, needs };
    }
    return this.#shadow.made;
  }

  /**
   * @throws Failure `entities-broken` | `restart-needed` if a source was edited after the project was opened
   */
  async entities(): Promise<Entities> {
    const edited = editedSince(this.project, this.session.opened);
    if (edited !== null) {
      throw new Failure({
        code: 'restart-needed',
        message: `${edited} was edited after it was loaded.`,
        next: 'Restart the engine.',
      });
    }
    this.#entities ??= discoverEntities(this.project);
    this.#entities.catch(() => {
      this.#entities = null;
    });
    return this.#entities;
  }

  async close(): Promise<void> {
    await this.#closeShadow();
  }

  #rest(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#closeShadow(), idle);
    this.#timer.unref();
  }

  async #closeShadow(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    const shadow = this.#shadow;
    this.#shadow = null;
    await shadow?.made.then(one => one.close()).catch(() => {});
  }
}

export function ups(revisions: readonly string[]): ReplayStep[] {
  return revisions.map(revision => ({ revision, action: 'up' }));
}

/** The downgrade, newest first. */
export function downs(revisions: readonly string[]): ReplayStep[] {
  return revisions.toReversed().map(revision => ({ revision, action: 'down' }));
}
