import type { Curve } from './growth.ts';
import type { Row } from './table.ts';

/** What the benches measured last, each on its own. */
export interface Results {
  /** Cores and versions. */
  machine: string;
  /** The commit that was measured. */
  commit: string;
  readonly parts: Record<string, Part>;
  curves: readonly Curve[];
}

/** One bench. */
export interface Part {
  readonly title: string;
  readonly at: string;
  /** Load of the machine when it began: wall times mean little above 1. */
  readonly load: number;
  readonly seconds: number;
  readonly rows: readonly Row[];
}
