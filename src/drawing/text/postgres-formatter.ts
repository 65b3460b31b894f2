import { formatDialect, postgresql } from 'sql-formatter';

/*
 * The formatter itself, in a separate file because it is large and loaded late.
 */

const options: Parameters<typeof formatDialect>[1] = {
  dialect: postgresql,
  keywordCase: 'preserve',
  expressionWidth: 60,
  linesBetweenQueries: 0,
};

/** The formatted statement; unchanged if the formatter cannot parse it. */
export function format(sql: string): string {
  try {
    const text = formatDialect(sql, options);
    return withoutSpace(text) === withoutSpace(sql) ? text : sql;
  } catch {
    return sql;
  }
}

/** The formatter may only change white space. */
const withoutSpace = (sql: string): string => sql.replace(/\s+/g, '');
