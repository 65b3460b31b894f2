import type { SandboxResult } from './sandbox/protocol.ts';

/** The longest text of an error that is kept, characters. */
const longestText = 4_000;

/** A result whose error texts have a limited length: what the code throws may have any. */
export function withShortTexts(result: SandboxResult): SandboxResult {
  const { note, broken } = result;
  const error = broken?.error;
  return {
    ...result,
    note: note === null ? null : shortened(note),
    broken: broken && {
      ...broken,
      error: error
        ? { ...error, message: shortened(String(error.message)), stack: shortened(String(error.stack)) }
        : null,
    },
  };
}

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

/** Why a process ended that was not stopped from outside. */
export function howItEnded(code: number | null, signal: string | null): string {
  if (signal === 'SIGABRT' || code === 134) return 'it used too much memory';
  return code === 0 || code === null ? 'it ended the process' : `it ended the process (exit code ${code})`;
}

/** Whether a message that claims to be a result has its shape. */
export function isResult({
  queries,
  executed,
  transactional,
  irreversible,
  note,
  broken,
  clean,
}: SandboxResult): boolean {
  return (
    Array.isArray(queries) &&
    queries.every(
      query => typeof query?.sql === 'string' && (query.params === null || typeof query.params === 'string'),
    ) &&
    typeof executed === 'number' &&
    typeof clean === 'boolean' &&
    typeof transactional === 'boolean' &&
    typeof irreversible === 'boolean' &&
    (note === null || typeof note === 'string') &&
    (broken === null || typeof broken?.code === 'string')
  );
}
