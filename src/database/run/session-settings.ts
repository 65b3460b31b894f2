import type { Query } from '../journal/table.ts';

/** The run sets these for each transaction. */
const own = [
  'application_name',
  'client_connection_check_interval',
  'client_encoding',
  'lock_timeout',
  'search_path',
  'statement_timeout',
];

/**
 * Remembers the settings of a session that several targets of a fleet use, so that a revision's `set` does not affect the
 * next target.
 * @returns restores them; also inside a transaction, for the time after it
 */
export async function keepSettings(query: Query): Promise<() => Promise<void>> {
  const before = await settingsOf(query);
  return async () => {
    const after = await settingsOf(query);
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(name) === after.get(name)) continue;
      // Null resets it.
      await query('select set_config($1, $2, false)', [name, before.get(name) ?? null]);
    }
  };
}

/** The settings of the session that differ from those it began with, by name. */
async function settingsOf(query: Query): Promise<ReadonlyMap<string, string>> {
  const rows = await query<{ name: string; setting: string }>(
    // The role is restored first: the other one may not be allowed to restore the rest.
    `select 'role' as name, current_setting('role') as setting
     union all select name, setting from pg_settings
      where source = 'session' and context in ('user', 'superuser') and name <> all($1::text[]) and name !~ '^migtui[.]'`,
    [own],
  );
  return new Map(rows.map(({ name, setting }) => [name, setting]));
}
