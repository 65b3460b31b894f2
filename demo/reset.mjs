import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * Begins the demo again: an empty embedded database, and the migrations and entities as they are in the repository.
 * What was made in these folders while trying the demo is deleted.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['migrations', 'demo/entities'];

rmSync(new URL('./chat', import.meta.url), { recursive: true, force: true });
try {
  execFileSync('git', ['checkout', '--quiet', 'HEAD', '--', ...folders], { cwd: root, stdio: 'pipe' });
  execFileSync('git', ['clean', '--quiet', '-fd', '--', ...folders], { cwd: root, stdio: 'pipe' });
} catch {
  console.error(
    `The database is empty again. ${folders.join(' and ')} stay as they are: this is no git checkout.`,
  );
}
