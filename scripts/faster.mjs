import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/drawing/faster/', import.meta.url));

/**
 * Replacements in the app's bundle with faster equivalents, also for Ink: by the import specifier and the
 * importing file.
 */
const replaced = [
  [/^string-width$/, 'string-width.ts'],
  [/\/sanitize-ansi\.js$/, 'sanitize-ansi.ts'],
  [/\/line-update\.js$/, 'line-update.ts'],
  [/^\.\/output\.js$/, 'output.ts', /[\\/]ink[\\/]build[\\/]renderer\.js$/],
];

const packages = /node_modules.*[\\/](ink|[a-z]+-ansi|cli-truncate|ansi-tokenize|string-width)[\\/].*\.js$/;
const segmenter = 'new Intl.Segmenter(';
const emoji = 'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;';
const lazyEmoji =
  'let rgi; const rgiEmojiRegex = { test: text => (rgi ??= /^\\p{RGI_Emoji}$/v).test(text) };';

/**
 * An esbuild plugin. The replacements themselves import the original packages.
 * @param originals replacements to leave out, such as `output`, to measure their effect
 */
export const fasterScreen = (originals = []) => ({
  name: 'faster-screen',
  setup({ initialOptions, onResolve, onLoad }) {
    // Otherwise esbuild creates a `new RegExp` at every use.
    initialOptions.supported = {
      ...initialOptions.supported,
      'regexp-unicode-property-escapes': true,
      'regexp-set-notation': true,
    };
    for (const [filter, file, from = /^/] of replaced) {
      if (originals.includes(file.replace('.ts', ''))) continue;
      const path = join(folder, file);
      onResolve({ filter }, ({ importer }) => (importer !== path && from.test(importer) ? { path } : null));
    }
    // Yoga would fetch its own data: URL, for which Node loads its whole HTTP client; there is a way without.
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: `const fetch = undefined;\n${await readFile(path, 'utf8')}`,
    }));
    // Objects that many modules create when they are loaded but rarely use: a segmenter (12 ms), the pattern
    // of all emoji (15 ms).
    onLoad({ filter: packages }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (/string-width.index\.js$/.test(path) && !text.includes(emoji)) {
        return { errors: [{ text: `${path} has no longer the line ${emoji}` }] };
      }
      const contents = text.replace(emoji, () => lazyEmoji).replaceAll(segmenter, 'new LazySegmenter(');
      if (contents === text) return null;
      const from = JSON.stringify(join(folder, 'segmenter.ts'));
      return { contents: `import { LazySegmenter } from ${from};\n${contents}` };
    });
  },
});
