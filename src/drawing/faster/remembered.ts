/**
 * Maximum size of the cache; when it is exceeded, entries that were not used since the last time are removed.
 */
const kept = 1_000;

/** Memoizes a function of a string. */
export function remembered<T extends {}>(make: (text: string) => T): (text: string) => T {
  let recent = new Map<string, T>();
  let old = new Map<string, T>();
  return text => {
    const known = recent.get(text);
    if (known !== undefined) return known;
    const made = old.get(text) ?? make(text);
    if (recent.size >= kept) {
      old = recent;
      recent = new Map();
    }
    recent.set(text, made);
    return made;
  };
}
