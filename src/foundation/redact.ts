/**
 * Takes passwords out of a text: the userinfo of any URL, and the given secrets wherever they stand.
 * @param secrets exact strings; empty ones are ignored
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let clean = text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]*@/gi, '$1:***@');
  clean = clean.replace(/\b(password|pwd)(\s*[=:]\s*)(['"]?)[^\s'"&,;]+\3/gi, '$1$2***');
  for (const secret of secrets) {
    if (secret.length > 0) clean = clean.replaceAll(secret, '***');
  }
  return clean;
}
