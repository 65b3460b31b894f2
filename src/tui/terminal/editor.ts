import { spawn } from 'node:child_process';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's editor, which may include options. */
export const editorCommand = (configured: string | null, env: Environment): string =>
  configured || env.VISUAL || env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');

/** Opens a file in the editor and waits until it exits. Returns an error message, or null. */
export function openEditor(command: string, root: string, file: string): Promise<string | null> {
  const path = join(root, file);
  const quoted = process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
  return new Promise(resolve => {
    // Uses a shell, because the command may have options.
    const child = spawn(`${command} ${quoted}`, { cwd: root, shell: true, stdio: 'inherit' });
    child.once('error', error => resolve(`the editor did not start: ${error.message}`));
    child.once('exit', code => {
      if (code === 0) return resolve(null);
      // The shell's exit code for a command that it does not find.
      if (code === 127) return resolve(`the editor ${command} was not found: set $VISUAL or $EDITOR`);
      resolve(`the editor (${command}) ended with ${code ?? 'a signal'}`);
    });
  });
}
