import type { FleetEntry, WaveSetting, WrittenSource } from './fleet-schema.ts';

export type { WaveSetting };

/** A target as a module or a function gives it. */
export interface GivenTarget {
  readonly name?: string | undefined;
  readonly schema?: string | undefined;
  /** A name, or a URL. */
  readonly database?: string | undefined;
  readonly context?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Gives targets, at once or one after the other. */
export type TargetFunction = () =>
  | Iterable<GivenTarget | string>
  | AsyncIterable<GivenTarget | string>
  | Promise<Iterable<GivenTarget | string> | AsyncIterable<GivenTarget | string>>;

/** Where targets come from. */
export type TargetSource = WrittenSource | TargetFunction;

/** The setting `fleet`, with its defaults. */
export interface FleetSettings {
  readonly targets: readonly TargetSource[];
  readonly waves: readonly WaveSetting[];
  readonly parallel: number | undefined;
  readonly onError: 'stop' | 'continue' | 'pause';
  readonly pauseAfter: readonly string[];
  readonly maxFailures: number | undefined;
}

/** The setting as it counts: nothing said is no targets. */
export function fleetSettings(setting: FleetEntry | undefined): FleetSettings {
  const { targets = [] } = setting ?? {};
  return {
    targets: [targets].flat() as readonly TargetSource[],
    waves: setting?.waves ?? [],
    parallel: setting?.parallel,
    onError: setting?.onError ?? 'stop',
    pauseAfter: setting?.pauseAfter ?? [],
    maxFailures: setting?.maxFailures,
  };
}
