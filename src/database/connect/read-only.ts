import { Failure } from '../../foundation/failure.ts';

/** The failure of a write to a read-only server. */
export function takesNoWrites(): Failure {
  return new Failure({
    code: 'database-read-only',
    message: 'This server is read-only: it is a standby, or default_transaction_read_only is on.',
    next: 'Connect to the primary, or as a role that may write.',
  });
}
