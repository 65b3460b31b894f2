import type { Arrival, Author, Look, RevisionRow } from '../engine/api.ts';
import type { Call } from './shell/call.ts';

/** What `history -v` says of a revision beside its row: the columns of the app's History pane. */
export interface HistoryFacts {
  /** Who added it, by git; null where git does not know. */
  readonly author: Author | null;
  /** How long its last upgrade took, by the journal, ms; null where that does not say. */
  readonly ms: number | null;
  /** How many SQL statements its upgrade has; null where code has to run to know. */
  readonly statements: number | null;
  /** In which other contexts of the config it is applied; null: not asked for. */
  readonly contexts: readonly string[] | null;
}

/**
 * Asks for the facts of every revision.
 * @param contexts connect to the databases of the other contexts, too
 */
export async function historyFacts(
  call: Call,
  look: Look,
  contexts: boolean,
): Promise<(row: RevisionRow) => HistoryFacts> {
  const engine = await call.engine();
  const authors = await engine.authors();
  const sizes = await engine.sizes();
  const entries = look.journal.state === 'on' ? await engine.journal() : [];
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

/** A context that cannot be read is named: the absence of its name would say that nothing is applied there. */
function warn({ output }: Call, arrivals: readonly Arrival[]): void {
  for (const { context, failure } of arrivals) {
    if (!failure) continue;
    output.say(
      { context, failure },
      ({ context, failure }, paint) => `${paint.warn('warning:')} context ${context}: ${failure.message}`,
    );
  }
}
