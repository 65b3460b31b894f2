/*
 * Statements over several lines. The formatter takes a millisecond or two per statement and is loaded when the first
 * one needs it, so statements are formatted between frames: until then `formatted` has no answer.
 */

/** Statements longer than this stay as they are: the formatter would block the screen. */
const longest = 10_000;
/** How long formatting goes on before the screen is drawn again, ms. */
const slice = 12;
/** Formatted statements that are kept; the oldest go. */
const kept = 2_000;

/** What the formatter does well. It breaks `grant select` and `create policy … for select` at the wrong words. */
const suitable =
  /^\s*(?:create\s+(?:table|index|unique|view|materialized|or\s+replace\s+view|temp)|alter\s+table|insert|update|delete|select|with)\b/i;

const known = new Map<string, string>();
const queue = new Set<string>();
const listeners = new Set<() => void>();
let working = false;
let generation = 0;

/** Grows whenever `formatted` may answer differently than before. */
export const formattedSoFar = (): number => generation;

/** Calls `listener` when more has been formatted. Returns the way to stop. */
export function onFormatted(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The statement over several lines; null: not yet. One that is not suitable is given back as it is. */
export function formatted(sql: string): string | null {
  if (sql.length > longest || !suitable.test(sql)) return sql;
  const done = known.get(sql);
  if (done !== undefined) return done;
  queue.add(sql);
  if (!working) {
    working = true;
    void work();
  }
  return null;
}

async function work(): Promise<void> {
  const { format } = await import('./postgres-formatter.ts');
  while (queue.size > 0) {
    const until = performance.now() + slice;
    for (const sql of queue) {
      queue.delete(sql);
      known.set(sql, format(sql));
      if (known.size > kept) known.delete(known.keys().next().value as string);
      if (performance.now() > until) break;
    }
    generation++;
    for (const listener of listeners) listener();
    await new Promise(resolve => setImmediate(resolve));
  }
  working = false;
}
