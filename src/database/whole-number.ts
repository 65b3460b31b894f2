/**
 * SQL that returns a number as text, without decimals. Floating point numbers are rounded by the server's
 * `extra_float_digits` on their way: with -15, 1,500 arrives as 2,000.
 */
export const wholeNumber = (expression: string): string => `round((${expression})::numeric)::text`;
