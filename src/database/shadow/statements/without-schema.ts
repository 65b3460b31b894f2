const nameAt = /"[^"]*(?:""[^"]*)*"|[a-z_][\w$]*/iy;

/**
 * A statement without the name of a schema before the names in it, so that search_path finds them. Quoted text is
 * unchanged.
 * @param schema a word; the statement is unchanged for any other
 * @param isRemoved whether the schema is removed before this name; default: before every name
 */
export function withoutSchema(
  sql: string,
  schema: string,
  isRemoved: (name: string) => boolean = () => true,
): string {
  if (!/^\w+$/.test(schema) || !sql.includes(schema)) return sql;
  // The beginnings of quoted text, and of names in the schema.
  const marks = new RegExp(`'|\\$(?:[A-Za-z_]\\w{0,62})?\\$|(?<![\\w$."])(?:${schema}|"${schema}")\\.`, 'g');
  let written = '';
  let from = 0;
  for (let found = marks.exec(sql); found; found = marks.exec(sql)) {
    const [mark] = found;
    const end = found.index + mark.length;
    if (!mark.endsWith('.')) {
      // A doubled quote is the end of one literal and the beginning of another.
      const close = sql.indexOf(mark, end);
      if (close < 0) break;
      marks.lastIndex = close + mark.length;
      continue;
    }
    nameAt.lastIndex = end;
    const name = nameAt.exec(sql)?.[0] ?? '';
    if (!isRemoved(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)) continue;
    written += sql.slice(from, found.index);
    from = end;
  }
  return written + sql.slice(from);
}
