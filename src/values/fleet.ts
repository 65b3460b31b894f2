import type { FailureInfo } from '../foundation/failure.ts';

/*
 * A fleet: many schemas, databases and contexts that one project's revisions are for.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 */

/** Which of the targets are meant. */
export interface FleetChoice {
  /** Patterns of names such as `tenant_1*`; a target has to match one. */
  readonly only?: readonly string[] | undefined;
  /** A target has to have one of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** So many of them at most, in the order of the fleet. */
  readonly limit?: number | undefined;
  /** One share of several, by a hash of the name: `index` counts from 1. */
  readonly shard?: { readonly index: number; readonly of: number } | undefined;
}

/** One schema, database or context. */
export interface FleetTarget {
  readonly name: string;
  readonly tags: readonly string[];
  /** Of the MikroORM config. */
  readonly context: string;
  /** Where it is, never with a password: `user@host/name`. */
  readonly database: string;
  /** The schema that its migrations run in; null: none in particular. */
  readonly schema: string | null;
}

/**
 * How a target stands. `ahead`: it has applied revisions without a file here; `half-way`: a revision without a
 * transaction began and never ended; `edited`: the file of an applied revision was changed; `drifted`: its schema is not
 * that of the other targets at the same revision; `gone`: its schema is not there.
 */
export type FleetState =
  | 'unreachable'
  | 'gone'
  | 'half-way'
  | 'ahead'
  | 'edited'
  | 'drifted'
  | 'behind'
  | 'head';

/** A target with what its database says. */
export interface FleetRow extends FleetTarget {
  readonly state: FleetState;
  /** Applied revisions that no applied one follows. */
  readonly current: readonly string[];
  readonly applied: number;
  /** Not applied, of the revisions on disk. */
  readonly pending: number;
  /** Applied, without a file. */
  readonly missing: readonly string[];
  readonly edited: readonly string[];
  /** Revisions that stopped half-way. */
  readonly halfWay: readonly string[];
  /** A run has its lock at this moment. */
  readonly running: boolean;
  /** Why it is not known how it stands. */
  readonly failure: FailureInfo | null;
}

/** How many targets stand at the same revisions. */
export interface FleetCount {
  readonly current: readonly string[];
  readonly targets: number;
}

/** Where every target of a fleet stands. */
export interface FleetStatus {
  /** The odd ones first. */
  readonly targets: readonly FleetRow[];
  /** The newest revisions first; targets whose revisions are not known are in none. */
  readonly counts: readonly FleetCount[];
  readonly states: Readonly<Record<FleetState, number>>;
  /** Heads of the files, by context. */
  readonly heads: Readonly<Record<string, readonly string[]>>;
  /** ISO 8601. */
  readonly at: string;
}

/** What is asked of a status. */
export interface FleetStatusRequest extends FleetChoice {
  /** Compare the schemas of targets at the same revision, too. */
  readonly drift?: boolean | undefined;
}

/** What is asked of a fleet; `EngineApi` has these methods. */
export interface FleetApi {
  /** Where every target stands. @throws Failure `no-targets` where there is none */
  fleetStatus(request: FleetStatusRequest): Promise<FleetStatus>;
}
