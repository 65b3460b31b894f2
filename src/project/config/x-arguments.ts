/** Where the project's code finds them, which may run in another process; JSON. */
const variable = 'MIGTUI_X';

/**
 * The arguments `-x key=value` of the command line, for configs and migrations (Alembic's `get_x_argument`);
 * empty if there are none, and if migtui is not running.
 */
export function xArguments(): Readonly<Record<string, string>> {
  try {
    return JSON.parse(process.env[variable] ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

/** Makes them available to the project's code, in this process and its child processes. */
export function provideXArguments(x: Readonly<Record<string, string>>): void {
  process.env[variable] = JSON.stringify(x);
}
