import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { repository } from './support/project.ts';

const dist = join(repository, 'dist');
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

/** The files that loading `entry` loads: itself and its static imports, transitively. */
function loadedWith(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [entry];
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    const { module } = parseSync(file, readFileSync(join(dist, file), 'utf8'));
    const requests = [
      ...module.staticImports.map(found => found.moduleRequest.value),
      ...module.staticExports.flatMap(found =>
        found.entries.flatMap(entry => entry.moduleRequest?.value ?? []),
      ),
    ];
    for (const request of requests) {
      if (request.startsWith('./')) queue.push(request.slice(2));
      else if (!isBuiltin(request)) packages.add(request);
    }
  }
  return { files: [...files], packages: [...packages].sort() };
}

/** Packages whose code is in a built file: esbuild names each source. */
function bundledIn(files: readonly string[]): string[] {
  const names = files.flatMap(file =>
    [
      ...readFileSync(join(dist, file), 'utf8').matchAll(/^\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm),
    ].map(match => match[1]!),
  );
  return [...new Set(names)].sort();
}

const built = readdirSync(dist).filter(file => file.endsWith('.js'));

describe('the built program', () => {
  test('bundles neither MikroORM nor installed dependencies', () => {
    const installed = {
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    };
    const bundled = bundledIn(built);
    expect(bundled).toContain('react');
    expect(bundled.filter(name => name in installed || name.startsWith('@mikro-orm/'))).toEqual([]);
  });

  test('imports only installed dependencies', () => {
    const installed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    for (const file of built) {
      const { packages } = loadedWith(file);
      const unknown = packages.filter(
        request => !installed.some(name => request === name || request.startsWith(`${name}/`)),
      );
      expect(unknown, file).toEqual([]);
    }
  });

  test('starts without React, which only the app loads', () => {
    expect(bundledIn(loadedWith('tui.js').files)).toContain('react');
    expect(bundledIn(loadedWith('main.js').files)).not.toContain('react');
    expect(bundledIn(loadedWith('engine.js').files)).not.toContain('react');
  });

  test('opens the app without the parser of commands and without libraries that its first frame does not need', () => {
    const opening = built.filter(file =>
      readFileSync(join(dist, file), 'utf8').includes('function runProgram('),
    );
    expect(opening).toHaveLength(1);
    expect(loadedWith(opening[0]!).packages).toEqual(['lilconfig']);
    expect(loadedWith('tui.js').packages).toEqual([]);
  });

  test("does not import Node's modules, which would load all their parts", () => {
    const importing = built.filter(file =>
      parseSync(file, readFileSync(join(dist, file), 'utf8')).module.staticImports.some(found =>
        isBuiltin(found.moduleRequest.value),
      ),
    );
    expect(importing.filter(file => !loadedWith('sandbox.js').files.includes(file))).toEqual([]);
  });

  test("uses React's production build", () => {
    const code = built.map(file => readFileSync(join(dist, file), 'utf8')).join('\n');
    expect(code.includes('react.production.js')).toBe(true);
    expect(code.includes('react.development.js')).toBe(false);
  });

  test('includes the licences of bundled packages', () => {
    const notices = readFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const missing = bundledIn(built).filter(name => !notices.includes(`\n${name} `));
    expect(missing).toEqual([]);
    expect(notices).toContain('Permission is hereby granted');
  });

  test('includes a bill of materials of bundled packages', () => {
    const bill = JSON.parse(readFileSync(join(dist, 'sbom.cdx.json'), 'utf8'));
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    const purls: string[] = bill.components.map((one: { purl: string }) => decodeURIComponent(one.purl));
    const missing = bundledIn(built).filter(name => !purls.some(purl => purl.startsWith(`pkg:npm/${name}@`)));
    expect(missing).toEqual([]);
    for (const name of ['ink', 'react']) {
      expect(purls).toContain(`pkg:npm/${name}@${manifest.devDependencies[name]}`);
    }
    for (const { licenses } of bill.components) expect(licenses[0].expression).toMatch(/^[\w(). -]+$/);
  });
});
