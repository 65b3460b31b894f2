/** Answers remembered; when there are more, those not asked for since the last time are forgotten. */
const kept = 1_000;

/** A function of a text that remembers its answers. */
export function remembered<T extends {}>(make: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return text => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const made = old.get(text) ?? make(text);
    if (young.size >= kept) {
      old = young;
      young = new Map();
    }
    young.set(text, made);
    return made;
  };
}
