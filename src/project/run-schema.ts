import { Failure } from '../foundation/failure.ts';

/** PostgreSQL cuts longer names off, without a word. Bytes. */
const longest = 63;

/**
 * The name of a schema to run migrations in, as it was typed.
 * @throws Failure `bad-schema` for one that PostgreSQL would cut off, or that MikroORM would take for two
 */
export function runSchema(name: string): string {
  const bytes = Buffer.byteLength(name);
  const why =
    name.trim() === ''
      ? 'it is empty'
      : name.includes('\0')
        ? 'it contains a NUL'
        : name.includes('.')
          ? 'MikroORM reads the dot in it as a separator'
          : name.includes('?')
            ? 'MikroORM reads the question mark in it as a parameter'
            : bytes > longest
              ? `it has ${bytes} bytes, and PostgreSQL cuts names off at ${longest}`
              : null;
  if (why === null) return name;
  throw new Failure({
    code: 'bad-schema',
    message: `"${name}" cannot be the schema that migrations run in: ${why}.`,
    next: 'Name another one with --schema.',
  });
}
