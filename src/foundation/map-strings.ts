/**
 * Changes every string in a plain value (arrays and plain objects are searched, other objects are kept). Returns the
 * same value, not a copy, where nothing changes.
 */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | null = null;
    for (let at = 0; at < value.length; at++) {
      const changed = mapStrings(value[at], change);
      if (changed !== value[at]) {
        copy ??= value.slice();
        copy[at] = changed;
      }
    }
    return (copy ?? value) as T;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(value)) {
    const before = (value as Record<string, unknown>)[key];
    const changed = mapStrings(before, change);
    if (changed === before) continue;
    copy ??= { ...(value as Record<string, unknown>) };
    copy[key] = changed;
  }
  return (copy ?? value) as T;
}
