import type { FleetEntry, WaveSetting, WrittenSource } from './fleet-schema.ts';

export type { WaveSetting };

/** A target as returned by a module or a function. */
export interface GivenTarget {
  readonly name?: string | undefined;
  readonly schema?: string | undefined;
  /** A name, or a URL. */
  readonly database?: string | undefined;
  readonly context?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Returns or yields targets. */
export type TargetFunction = () =>
  | Iterable<GivenTarget | string>
  | AsyncIterable<GivenTarget | string>
  | Promise<Iterable<GivenTarget | string> | AsyncIterable<GivenTarget | string>>;

/** The sources of targets. */
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

/** The effective setting; without it there are no targets. */
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
