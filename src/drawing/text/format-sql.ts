/*
 * Formats statements over several lines. The formatter takes one or two milliseconds per statement and is
 * loaded on first use, so statements are formatted between frames: until then, `formatted` returns null.
 */

/** Longer statements are only wrapped: the formatter would block the app. A table with 200 columns is formatted. */
const longest = 16_000;
/** How long formatting continues before the screen is redrawn, ms. */
const slice = 12;
/** Maximum number of cached statements; the oldest are removed. */
const kept = 2_000;

/**
 * The statements that the formatter handles well. It breaks `grant select` and `create policy … for select`
 * at the wrong words.
 */
const suitable =
  /^\s*(?:create\s+(?:table|index|unique|view|materialized|or\s+replace\s+view|temp)|alter\s+table|insert|update|delete|select|with)\b/i;

const known = new Map<string, string>();
const queue = new Set<string>();
const listeners = new Set<() => void>();
let working = false;
let generation = 0;

/** Incremented whenever `formatted` may return something new. */
export const formattedSoFar = (): number => generation;

/** Calls `listener` when more statements were formatted. Returns a function that stops it. */
export function onFormatted(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The formatted statement; null: not yet. Unsuitable statements are returned unchanged. */
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
