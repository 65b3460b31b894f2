/**
 * Twelve hexadecimal digits that distinguish texts. Not cryptographic: that would be loaded before the app's first
 * frame. (cyrb53, https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js)
 */
export function shortHash(text: string): string {
  let first = 0xdeadbeef;
  let second = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    first = Math.imul(first ^ code, 2654435761);
    second = Math.imul(second ^ code, 1597334677);
  }
  first = Math.imul(first ^ (first >>> 16), 2246822507) ^ Math.imul(second ^ (second >>> 13), 3266489909);
  second = Math.imul(second ^ (second >>> 16), 2246822507) ^ Math.imul(first ^ (first >>> 13), 3266489909);
  const digits = (part: number): string => (part >>> 0).toString(16).padStart(8, '0');
  return `${digits(second)}${digits(first)}`.slice(-12);
}
