/**
 * Replaces the options of a table or a column.
 * @param alter the start of the statement, `alter table "a"`
 * @param from as in `reloptions`, joined: `fillfactor=70, autovacuum_enabled=off`
 */
export function alterOptions(alter: string, from = '', to = ''): string[] {
  const keys = from
    .split(', ')
    .filter(Boolean)
    .map(option => option.split('=')[0]);
  return [
    ...(keys.length > 0 ? [`${alter} reset (${keys.join(', ')});`] : []),
    ...(to ? [`${alter} set (${to});`] : []),
  ];
}
