import { quoteLiteral } from '../quote.ts';

/** SQLSTATE for a text that cannot be cast. */
export const notBoolean = '22P02';

/**
 * An SQL expression that is true, or fails with `notBoolean`, so that the server does not run the rest of the pipeline.
 * @param condition SQL
 * @param otherwise what the server's error quotes; not a word for true or false
 */
export function requireSql(condition: string, otherwise: string): string {
  return `(case when ${condition} then 'true' else ${quoteLiteral(otherwise)} end)::boolean`;
}
