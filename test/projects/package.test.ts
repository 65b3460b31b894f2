import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, repository } from '../support/project.ts';

/* The published package. */

const bin = (name: string): string => join(repository, 'node_modules/.bin', name);
const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('the package', () => {
  let tarball: string;
  let files: string[];
  beforeAll(async () => {
    const folder = await makeFolder('pack');
    const answer = run('npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
    const found: unknown = JSON.parse(answer);
    // npm 11 prints a list, later versions an object by name.
    const [packed] = Object.values(found as object) as [{ filename: string; files: { path: string }[] }];
    tarball = join(folder, packed.filename);
    files = packed.files.map(({ path }) => path);
  });

  test('contains the program, its declarations, its licences and the docs, and nothing else', () => {
    const allowed =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|bin\/[\w.]+|dist\/[\w./-]+\.(js|d\.ts)|dist\/(THIRD-PARTY-NOTICES\.txt|sbom\.cdx\.json)|docs\/(schemas\/)?[\w.-]+\.(md|json))$/;
    expect(files.filter(path => !allowed.test(path))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        'bin/migtui.js',
        'dist/main.js',
        'dist/index.d.ts',
        'dist/config.d.ts',
        'dist/THIRD-PARTY-NOTICES.txt',
        'dist/sbom.cdx.json',
        'docs/settings.schema.json',
        'docs/schemas/status.json',
      ]),
    );
  });

  test('passes publint', () => {
    expect(run(bin('publint'), 'run', tarball, '--strict')).toContain('All good!');
  });

  test('has types that resolve, for ES modules and for CommonJS', () => {
    // The JSON exports have no types; resolution without "exports" is not supported.
    const entries = ['.', 'config'];
    run(bin('attw'), tarball, '--profile', 'esm-only', '--entrypoints', ...entries);
  });
});
