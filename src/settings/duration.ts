const units = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 } as const;

/** The format of a duration, for messages. */
export const durationHelp = 'a duration such as "500ms", "5s", "2min", "1h", or milliseconds';

/** Milliseconds of `500ms`, `5s`, `2min`, `1h` or a bare number of milliseconds; null for any other text. */
export function parseDuration(text: string | number): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h)?$/.exec(String(text).trim());
  if (!match) return null;
  const ms = Number(match[1]) * units[(match[2] ?? 'ms') as keyof typeof units];
  return Number.isSafeInteger(Math.round(ms)) && ms <= 2_147_483_647 ? Math.round(ms) : null;
}
