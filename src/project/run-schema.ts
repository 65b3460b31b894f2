import { Failure } from '../foundation/failure.ts';

/** PostgreSQL silently truncates longer names. Bytes. */
const longest = 63;

/**
 * The name of a schema for migrations, as typed.
 * @throws Failure `bad-schema` for a name that PostgreSQL would truncate, or that MikroORM would split in two
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
    next: 'Use another one with --schema.',
  });
}
