import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { makeFolder, repository } from './support/project.ts';

const bin = join(repository, 'bin/migtui.js');

/** Runs bin/migtui.js in a Node that reports a different version. */
function runAs(version: string, file = bin) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
    process.argv[2] = '--version';
    require(${JSON.stringify(file)});`;
  return promisify(execFile)(process.execPath, ['-e', pretend]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({
      code: code as number,
      stdout: stdout as string,
      stderr: stderr as string,
    }),
  );
}

describe('bin/migtui.js', () => {
  test.each(['0.10.48', '12.22.12', '20.20.2', '22.16.0'])(
    'says on Node %s which Node is required',
    async version => {
      const { code, stdout, stderr } = await runAs(version);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toContain(`needs Node 22.17 or newer`);
      expect(stderr).toContain(`this is Node ${version}`);
    },
  );

  test.each(['22.17.0', '24.0.0', '26.1.0'])('starts the program on Node %s', async version => {
    const folder = await makeFolder();
    await cp(join(repository, 'bin'), join(folder, 'bin'), { recursive: true });
    const { code, stderr } = await runAs(version, join(folder, 'bin/migtui.js'));
    // This copy is not built, which is the first thing that the rest of the program checks.
    expect(stderr).toContain('npm run build');
    expect(code).toBe(1);
  });

  test('code is optimized only in commands that may run long', async () => {
    const folder = await makeFolder();
    await cp(join(repository, 'bin'), join(folder, 'bin'), { recursive: true });
    await mkdir(join(folder, 'dist'));
    const hot = 'let sum = 0; for (let at = 0; at < 1e8; at++) sum = (sum + at) | 0; console.log(sum);';
    await writeFile(join(folder, 'dist/main.js'), `import 'node:fs'; (() => { ${hot} })();`);
    const optimizes = async (...args: string[]) => {
      const file = join(folder, 'bin/migtui.js');
      const { stdout } = await promisify(execFile)(process.execPath, ['--trace-opt', file, ...args]);
      return /completed optimizing.*TURBOFAN/.test(stdout);
    };
    expect(await optimizes('upgrade', 'heads')).toBe(true);
    expect(await optimizes('--quiet', 'heads')).toBe(false);
  });

  test('uses syntax that the oldest Node can parse', async () => {
    await expect(transform(await readFile(bin, 'utf8'), { target: 'es5' })).resolves.toMatchObject({
      warnings: [],
    });
    await expect(transform('const a = 1', { target: 'es5' })).rejects.toThrow();
  });
});
