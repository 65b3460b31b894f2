import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import { parseSync } from '../../project/files/oxc.ts';

const endings = ['', '.ts', '.js', '.mjs', '.mts', '.cjs', '/index.ts', '/index.js'];

/**
 * Identifies a revision by content: its file and the project's files that it imports, or the code of its
 * class.
 */
export class ContentKeys {
  readonly #files = new Map<string, string>();

  of({ path, source, checksum, listed }: MigrationSource): string {
    if (path === null || source === null) return hash(String(listed));
    const seen = new Map<string, string>();
    this.#collect(path, source, seen);
    return hash([checksum, ...[...seen.values()].slice(1)].join());
  }

  #collect(path: string, source: string, seen: Map<string, string>): void {
    if (seen.has(path)) return;
    seen.set(path, hash(source));
    for (const specifier of relativeImports(path, source)) {
      const base = resolve(dirname(path), specifier);
      // In TypeScript, `./x.js` refers to the file x.ts.
      const bases = [base, ...(/\.[cm]?js$/.test(base) ? [base.replace(/js$/, 'ts')] : [])];
      for (const file of bases.flatMap(one => endings.map(ending => one + ending))) {
        const content = this.#read(file);
        if (content === '') continue;
        this.#collect(file, content, seen);
        break;
      }
    }
  }

  #read(file: string): string {
    let content = this.#files.get(file);
    if (content === undefined) {
      try {
        content = readFileSync(file, 'utf8');
      } catch {
        content = '';
      }
      this.#files.set(file, content);
    }
    return content;
  }
}

/** Extensions that `create extension … cascade` creates with another one. */
const requirements: Readonly<Record<string, readonly string[]>> = {
  earthdistance: ['cube'],
  postgis_topology: ['postgis'],
};

/**
 * Extensions that the sources create, by name, with those that they require.
 * @param more additional SQL that may create some
 */
export function extensionsIn(sources: readonly MigrationSource[], more = ''): string[] {
  const names = new Set<string>();
  for (const text of [more, ...sources.map(({ source, listed }) => source ?? String(listed ?? ''))]) {
    for (const [, name] of text.matchAll(
      /create\s+extension\s+(?:if\s+not\s+exists\s+)?\\?["'`]?([\w-]+)/gi,
    )) {
      names.add((name as string).toLowerCase());
    }
  }
  for (const name of [...names]) for (const other of requirements[name] ?? []) names.add(other);
  return [...names].sort();
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function relativeImports(path: string, source: string): string[] {
  if (!/\.\.?\//.test(source)) return [];
  const { module } = parseSync(path, source);
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
    source.slice(start + 1, end - 1),
  );
  const required = [...source.matchAll(/\brequire\(\s*['"](\.[^'"]+)['"]\s*\)/g)].map(
    match => match[1] as string,
  );
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(entry => entry.moduleRequest?.value ?? []),
    ),
    ...dynamic,
    ...required,
  ].filter(specifier => specifier.startsWith('.'));
}
