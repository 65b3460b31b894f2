/** Where they are on their way to the project's code, which may run in another process; JSON. */
const variable = 'MIGTUI_X';

/**
 * The arguments `-x key=value` of the command line, for configs and migrations (Alembic's `get_x_argument`); empty where
 * there are none, and when migtui does not run.
 */
export function xArguments(): Readonly<Record<string, string>> {
  try {
    return JSON.parse(process.env[variable] ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

/** Makes them known to the project's code, in this process and in those that it starts. */
export function provideXArguments(x: Readonly<Record<string, string>>): void {
  process.env[variable] = JSON.stringify(x);
}
