import { createHash } from 'node:crypto';

/** The SHA-256 of a plain value as JSON, hexadecimal: equal for equal values with their fields in the same order. */
export const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');
