import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/drawing/faster/', import.meta.url));

/** Packages that the screen's bundle replaces by quicker ones of the same name and meaning, for Ink as well. */
const replaced = { 'string-width': 'string-width.ts', '@alcalzone/ansi-tokenize': 'ansi-tokenize.ts' };

/** An esbuild plugin. The replacements themselves import the packages that they stand in for. */
export const fasterScreen = {
  name: 'faster-screen',
  setup({ onResolve }) {
    for (const [name, file] of Object.entries(replaced)) {
      const path = join(folder, file);
      onResolve({ filter: new RegExp(`^${name}$`) }, ({ importer }) => (importer === path ? null : { path }));
    }
  },
};
