import type { DatabaseKind } from '../values/database-kind.ts';

/** Where the database is, in words that may be shown: never with a password. */
export interface Address {
  readonly kind: DatabaseKind;
  readonly name: string;
  /** As the config has it, `local` for a socket, `embedded`; null: the config brings its own client, which alone knows. */
  readonly host: string | null;
  /** `user@host:port/name`, or the embedded folder or file. */
  readonly label: string;
  /** Absolute folder of an embedded database on disk; null on a server or in memory. */
  readonly folder: string | null;
}
