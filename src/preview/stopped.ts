import type { MigrationSource } from '../project/files/migration-source.ts';
import type { Limits } from './process.ts';
import { SandboxEnded } from './sandbox-ended.ts';

const usual: Limits = { timeoutMs: 5_000, outputBytes: 2 ** 20 };
const short: Limits = { ...usual, timeoutMs: 1_000 };
/** When stopped previews have taken this long together, the next ones are stopped sooner, ms. */
const shortenAfterMs = 20_000;
/** When they have taken this long, no others are started, ms. */
const giveUpAfterMs = 45_000;
/** How long a stopped preview is remembered, ms: a command asks for the same one several times. */
const rememberedMs = 300_000;

interface Stopped {
  /** Of the file: an edited one is tried again. */
  readonly source: string | null;
  readonly until: number;
  readonly tookMs: number;
  readonly error: SandboxEnded;
}

/**
 * The previews whose process had to be ended. They are not repeated, and together they take a limited time, so that
 * a project with many endless revisions is read in reasonable time.
 */
export class StoppedPreviews {
  /** By direction and migration. */
  readonly #stopped = new Map<string, Stopped>();

  /**
   * Runs a preview, with the limits that are left.
   * @throws SandboxEnded, without running it if it was stopped before or others took too long
   */
  async preview<T>(
    { id, source }: MigrationSource,
    direction: 'up' | 'down',
    run: (limits: Limits) => Promise<T>,
  ): Promise<T> {
    const key = `${direction} ${id}`;
    const known = this.#stopped.get(key);
    if (known && known.source === source && known.until > Date.now()) throw known.error;
    const taken = this.#takenMs();
    if (taken >= giveUpAfterMs) throw new SandboxEnded('too many other previews had to be stopped');
    const started = Date.now();
    try {
      return await run(taken < shortenAfterMs ? usual : short);
    } catch (error) {
      if (error instanceof SandboxEnded) {
        const now = Date.now();
        this.#stopped.set(key, { source, until: now + rememberedMs, tookMs: now - started, error });
      }
      throw error;
    }
  }

  #takenMs(): number {
    const now = Date.now();
    let sum = 0;
    for (const { until, tookMs } of this.#stopped.values()) if (until > now) sum += tookMs;
    return sum;
  }
}
