import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage earlier, for the rest of this process: with 100,000 revisions, the engine's process needs
 * 190 to 250 MB instead of 350. With few objects it would only be slower, by 5 to 10 %.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--heap-growing-percent=30');
}
