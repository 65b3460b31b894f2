import { formatDialect, postgresql } from 'sql-formatter';

/*
 * The formatter itself, a file of its own because it is large and loaded late.
 */

const options: Parameters<typeof formatDialect>[1] = {
  dialect: postgresql,
  keywordCase: 'preserve',
  expressionWidth: 60,
  linesBetweenQueries: 0,
};

/** The statement over several lines; as it is when the formatter does not understand it. */
export function format(sql: string): string {
  try {
    const text = formatDialect(sql, options);
    return withoutSpace(text) === withoutSpace(sql) ? text : sql;
  } catch {
    return sql;
  }
}

/** A formatter may move white space, and nothing else. */
const withoutSpace = (sql: string): string => sql.replace(/\s+/g, '');
