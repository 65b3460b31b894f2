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
  const entries = Object.entries(value);
  let same = true;
  for (const entry of entries) {
    const changed = mapStrings(entry[1], change);
    if (changed !== entry[1]) {
      entry[1] = changed;
      same = false;
    }
  }
  return same ? value : (Object.fromEntries(entries) as T);
}
