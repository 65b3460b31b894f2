/** The command line has an unknown or invalid combination of arguments: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
