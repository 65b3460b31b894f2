/** `password: "…"`, `"password":"…"`, `PGPASSWORD=…`, `pwd=…`; a quoted one may hold anything. */
const named = /((?:password|passwd|pwd)["']?\s*[=:]\s*)(?:(["'`])(?:\\.|(?!\2).)*\2|[^\s'"`&,;)}\]]+)/gi;

/** The userinfo of any URL, up to the last `@` of its word: people forget to encode theirs. */
const inUrl = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):\S*@/gi;

/**
 * Takes passwords out of a text: the userinfo of any URL, and the given secrets wherever they stand.
 * @param secrets exact strings; empty ones are ignored
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length > 0) clean = clean.replaceAll(secret, '***');
  }
  return clean
    .replace(inUrl, '$1:***@')
    .replace(named, (_, before: string, quote = '') => `${before}${quote}***${quote}`);
}
