/** What an inventory leaves out. */
export interface InventoryScope {
  /** Names in this schema are not qualified. */
  readonly defaultSchema: string;
  readonly ignoredSchemas: readonly string[];
  /** The migrations table. Its owner is the role that runs migrations: only other owners are properties. */
  readonly ledger: { readonly schema: string; readonly name: string };
}
