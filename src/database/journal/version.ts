import { readFileSync } from 'node:fs';

let known: string | undefined;

/** The version of migtui, as its package.json has it; the built program stands one folder below it, the sources deeper. */
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
      // not there
    }
  }
  return 'unknown';
}
