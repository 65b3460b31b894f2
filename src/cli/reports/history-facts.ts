import type { Arrival, Overview, RevisionRow } from '../../engine/api.ts';
import type { HistoryFacts } from '../answers.ts';
import type { Call } from '../shell/call.ts';

/**
 * Gets this information for every revision.
 * @param contexts connect to the databases of the other contexts, too
 */
export async function historyFacts(
  call: Call,
  overview: Overview,
  contexts: boolean,
): Promise<(row: RevisionRow) => HistoryFacts> {
  const engine = await call.engine();
  const authors = await engine.authors();
  const sizes = await engine.sizes();
  const entries = overview.journal.state === 'on' ? await engine.journal() : [];
  const durations = new Map(
    entries.flatMap(({ revision, action, ms }) => (action === 'up' && ms !== null ? [[revision, ms]] : [])),
  );
  const arrivals = contexts ? await engine.arrivals() : null;
  if (arrivals) warn(call, arrivals);
  const there = arrivals?.map(({ context, applied }) => ({ context, applied: new Set(applied) }));
  return ({ id, state }) => ({
    author: authors[id] ?? null,
    ms: (state === 'applied' ? durations.get(id) : null) ?? null,
    statements: sizes[id] ?? null,
    contexts: there?.filter(({ applied }) => applied.has(id)).map(({ context }) => context) ?? null,
  });
}

/** A context that cannot be read is named; otherwise its absence would mean that nothing is applied there. */
function warn({ output }: Call, arrivals: readonly Arrival[]): void {
  for (const { context, failure } of arrivals) {
    if (!failure) continue;
    output.note(
      { context, failure },
      ({ context, failure }, paint) => `${paint.warn('warning:')} context ${context}: ${failure.message}`,
    );
  }
}
