import { readFileSync } from 'node:fs';

let known: string | undefined;

/**
 * The version of migtui, from its package.json, which is one folder above the built program and further up
 * from the sources.
 */
export function version(): string {
  known ??= read();
  return known;
}

function read(): string {
  for (const up of ['../', '../../', '../../../']) {
    try {
      const { name, version: found } = JSON.parse(
        readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8'),
      ) as { name?: string; version?: string };
      if (name === 'migtui' && found) return found;
    } catch {
      // Not there.
    }
  }
  return 'unknown';
}
