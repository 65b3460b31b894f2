import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for migtui's state: `$XDG_STATE_HOME/migtui`, `~/.local/state/migtui`, or on Windows
 * `%LOCALAPPDATA%\migtui`.
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env.XDG_STATE_HOME || env.LOCALAPPDATA || join(env.HOME || homedir(), '.local', 'state');
  return join(base, 'migtui');
}
