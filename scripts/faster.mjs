import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/drawing/faster/', import.meta.url));

/** What the screen's bundle replaces by something quicker of the same meaning, for Ink as well: by the text of the import. */
const replaced = [
  [/^string-width$/, 'string-width.ts'],
  [/^@alcalzone\/ansi-tokenize$/, 'ansi-tokenize.ts'],
  [/\/sanitize-ansi\.js$/, 'sanitize-ansi.ts'],
];

const segmenter = 'new Intl.Segmenter(';

/** An esbuild plugin. The replacements themselves import the packages that they stand in for. */
export const fasterScreen = {
  name: 'faster-screen',
  setup({ onResolve, onLoad }) {
    for (const [filter, file] of replaced) {
      const path = join(folder, file);
      onResolve({ filter }, ({ importer }) => (importer === path ? null : { path }));
    }
    // Yoga would fetch its own data: URL, for which Node loads its whole HTTP client; it has a way without
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: `const fetch = undefined;\n${await readFile(path, 'utf8')}`,
    }));
    onLoad(
      { filter: /node_modules.*\/(ink|[a-z]+-ansi|cli-truncate|ansi-tokenize|string-width)\/.*\.js$/ },
      async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes(segmenter)) return null;
        const lazy = `import { LazySegmenter } from ${JSON.stringify(join(folder, 'segmenter.ts'))};`;
        return { contents: `${lazy}\n${text.replaceAll(segmenter, 'new LazySegmenter(')}` };
      },
    );
  },
};
