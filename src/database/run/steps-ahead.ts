import type { Preview } from '../../values/run.ts';
import type { LoadedStep } from './context.ts';

/** Steps that are sent together at most. */
const most = 32;
/** If they take longer, the next one is sent alone, ms. */
const quick = 100;
/** The length of all statements that are sent together, characters. */
const length = 250_000;

/**
 * How many steps are sent before the first one is done. A run that shall stop after a step ends with the last step that
 * was sent, so they are few if they are slow.
 */
export class StepsAhead {
  readonly #preview: Preview;
  readonly #roundTrip: number;
  #size = 1;

  /** @param roundTrip to the server and back, ms */
  constructor(preview: Preview, roundTrip: number) {
    this.#preview = preview;
    this.#roundTrip = roundTrip;
  }

  /**
   * The steps to send now; at least one.
   * @param mayBeSent whether a step may be sent with others
   */
  next(
    steps: readonly LoadedStep[],
    from: number,
    mayBeSent: (step: LoadedStep) => boolean,
  ): readonly LoadedStep[] {
    let to = from;
    for (let left = length; to < steps.length && to - from < this.#size; to++) {
      const step = steps[to] as LoadedStep;
      left -= step.statements?.reduce((sum, sql) => sum + sql.length, 0) ?? 0;
      if (left < 0 || this.#isSlow(step) || !mayBeSent(step)) break;
    }
    return steps.slice(from, Math.max(to, from + 1));
  }

  /** @param ms of steps that were sent together; the first one includes the round trip */
  ended(ms: readonly number[]): void {
    const sum = ms.reduce((sum, one) => sum + one, -this.#roundTrip);
    this.#size = sum < quick ? Math.min(most, ms.length * 2) : 1;
  }

  /** The plan says that it locks or rewrites a table with rows. */
  #isSlow({ index }: LoadedStep): boolean {
    return this.#preview.steps[index]?.findings.some(({ severity }) => severity === 'danger') === true;
  }
}
