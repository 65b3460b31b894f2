import type { FailureInfo } from '../foundation/failure.ts';

/*
 * A fleet: the schemas, databases and contexts that share one project's revisions. Plain serializable values:
 * they cross the engine's process boundary and are printed by `--json`.
 */

/** A selection of targets. */
export interface FleetChoice {
  /** Name patterns such as `tenant_1*`; a target must match one of them. */
  readonly only?: readonly string[] | undefined;
  /** Tags; a target must have one of them. */
  readonly tags?: readonly string[] | undefined;
  /** Maximum number of targets, in the order of the fleet. */
  readonly limit?: number | undefined;
  /** One share of several, by a hash of the name: `index` counts from 1. */
  readonly shard?: { readonly index: number; readonly of: number } | undefined;
}

/** One schema, database or context. */
export interface FleetTarget {
  readonly name: string;
  readonly tags: readonly string[];
  /** A context of the MikroORM config. */
  readonly context: string;
  /** The address, without a password: `user@host/name`. */
  readonly database: string;
  /** The schema in which its migrations run; null: the default. */
  readonly schema: string | null;
}

/** The states of targets, most severe first. */
export const fleetStates = [
  'unreachable',
  'gone',
  'half-way',
  'ahead',
  'edited',
  'drifted',
  'behind',
  'head',
] as const;

/**
 * The state of a target. `ahead`: it has applied revisions without a file here; `half-way` (interrupted): a revision
 * without a transaction was interrupted; `edited`: the file of an applied revision was changed; `drifted`:
 * its schema differs from the other targets at the same revision; `gone`: its schema does not exist.
 */
export type FleetState = (typeof fleetStates)[number];

/** A target with its status from the database. */
export interface FleetRow extends FleetTarget {
  readonly state: FleetState;
  /** Applied revisions that no other applied revision revises. */
  readonly current: readonly string[];
  readonly applied: number;
  /** Pending revisions on disk. */
  readonly pending: number;
  /** Applied, without a file. */
  readonly missing: readonly string[];
  readonly edited: readonly string[];
  /** Interrupted revisions. */
  readonly halfWay: readonly string[];
  /**
   * If it was compared and differs: the number of targets at the same revisions that form the majority; null:
   * it does not differ.
   */
  readonly differsFrom: number | null;
  /** A run currently holds its lock. */
  readonly running: boolean;
  /** Why its state is unknown. */
  readonly failure: FailureInfo | null;
}

/** Every state that fits a target whose revisions are known, except `head`; most severe first. */
export function problemsOf({
  halfWay,
  missing,
  edited,
  differsFrom,
  pending,
}: Pick<FleetRow, 'halfWay' | 'missing' | 'edited' | 'differsFrom' | 'pending'>): readonly FleetState[] {
  const found: FleetState[] = [];
  if (halfWay.length > 0) found.push('half-way');
  if (missing.length > 0) found.push('ahead');
  if (edited.length > 0) found.push('edited');
  if (differsFrom !== null) found.push('drifted');
  if (pending > 0) found.push('behind');
  return found;
}

/** The number of targets at the same revisions. */
export interface FleetCount {
  readonly current: readonly string[];
  readonly targets: number;
}

/** The status of every target in a fleet. */
export interface FleetStatus {
  /** Targets with problems first. */
  readonly targets: readonly FleetRow[];
  /** Newest revisions first. Targets with unknown revisions are in none of the groups. */
  readonly counts: readonly FleetCount[];
  readonly states: Readonly<Record<FleetState, number>>;
  /** Heads in the files, by context. */
  readonly heads: Readonly<Record<string, readonly string[]>>;
  /** Number of schemas that were compared with others at the same revisions. */
  readonly compared: number;
  /** ISO 8601. */
  readonly at: string;
}

/** The number of targets at the same revisions, in the order of the rows. Unknown revisions do not count. */
export function countRevisions(rows: readonly FleetRow[]): readonly FleetCount[] {
  const counts = new Map<string, { current: readonly string[]; targets: number }>();
  for (const { current, state } of rows) {
    if (state === 'unreachable' || state === 'gone') continue;
    const key = JSON.stringify(current);
    const count = counts.get(key) ?? { current, targets: 0 };
    count.targets++;
    counts.set(key, count);
  }
  return [...counts.values()];
}

/** The number of targets in each state. */
export function countStates(rows: readonly FleetRow[]): Readonly<Record<FleetState, number>> {
  const counts = Object.fromEntries(fleetStates.map(state => [state, 0])) as Record<FleetState, number>;
  for (const { state } of rows) counts[state]++;
  return counts;
}

/** Options of a status request. */
export interface FleetStatusRequest extends FleetChoice {
  /** Also compare the schemas of targets at the same revision. */
  readonly drift?: boolean | undefined;
}

/** The contexts of the config side by side: which revision is applied where, and since when. */
export interface FleetStages {
  readonly contexts: readonly {
    readonly name: string;
    readonly database: string;
    readonly failure: FailureInfo | null;
  }[];
  /** Newest first. `at` has one entry for each context; `applied` is null if unknown. */
  readonly revisions: readonly {
    readonly revision: string;
    readonly at: readonly { readonly applied: boolean | null; readonly at: string | null }[];
  }[];
}
