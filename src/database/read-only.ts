import { Failure } from '../foundation/failure.ts';

/** The failure of whoever would write to a server that takes no writes. */
export function takesNoWrites(): Failure {
  return new Failure({
    code: 'database-read-only',
    message: 'This server takes no writes: it is a standby, or default_transaction_read_only is on.',
    next: 'Connect to the primary, or as a role that may write.',
  });
}
