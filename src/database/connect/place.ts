import type { DatabaseKind } from '../../values/database-kind.ts';

/** The address of the database for display, without a password. */
export interface Address {
  readonly kind: DatabaseKind;
  readonly name: string;
  /**
   * From the config: `local` for a socket, `embedded`; null: the config has its own client, and only that
   * knows.
   */
  readonly host: string | null;
  /** `user@host:port/name`, or the embedded folder or file. */
  readonly label: string;
  /** Absolute folder of an embedded database on disk; null on a server or in memory. */
  readonly folder: string | null;
}
