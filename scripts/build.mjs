/*
 * Builds dist/: every entry point as an ES module, with shared code in chunks next to them.
 * `dependencies` and peers stay imports; everything else (Ink, React, …) is bundled, in production mode.
 *
 *   node scripts/build.mjs             builds everything, with declarations, and removes other files from dist/
 *   node scripts/build.mjs --if-stale  only if a source is newer, without declarations; for tests
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { fasterScreen } from './faster.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const dist = join(root, 'dist');
const stamp = join(dist, '.built');
const noticesFile = join(dist, 'THIRD-PARTY-NOTICES.txt');
const billFile = join(dist, 'sbom.cdx.json');

/**
 * Name in dist/ -> source. All outputs are in one folder, so `import.meta.url` is equivalent in entries and
 * chunks.
 */
const entries = {
  main: 'src/main.ts',
  engine: 'src/engine/process/child.ts',
  sandbox: 'src/preview/sandbox/main.ts',
  blocking: 'src/foundation/blocking/thread.ts',
  tui: 'src/tui/main.tsx',
  index: 'src/index.ts',
  config: 'src/config.ts',
};

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

async function files(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
}

async function isStale() {
  const built = await stat(stamp).catch(() => null);
  if (!built) return true;
  const inputs = [...(await files(source)), join(root, 'package.json'), fileURLToPath(import.meta.url)];
  const changed = await Promise.all(inputs.map(async file => (await stat(file)).mtimeMs));
  return changed.some(at => at > built.mtimeMs);
}

/**
 * `new URL('./child.ts', import.meta.url)` in a source refers to the built entry point of that source, and Node's
 * modules are not imported.
 */
const sources = {
  name: 'sources',
  async setup({ onLoad }) {
    const sandboxed = await inputsOf(entries.sandbox);
    onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
      if (!path.startsWith(source)) return;
      const original = await readFile(path, 'utf8');
      const text = sandboxed.has(path) ? original : withBuiltins(original);
      const contents = text.replace(
        /new URL\((['"])(\.{1,2}\/[^'"]+\.tsx?)\1, import\.meta\.url\)/g,
        (_, quote, target) => {
          const wanted = relative(root, resolve(dirname(path), target));
          const entry = Object.keys(entries).find(name => entries[name] === wanted);
          if (!entry) throw new Error(`${relative(root, path)} points at ${wanted}, which is no entry point`);
          return `new URL(${quote}./${entry}.js${quote}, import.meta.url)`;
        },
      );
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

/** Ink imports React's developer tools only when DEV=true, but a bundler must resolve them. */
const noDevtools = {
  name: 'no-devtools',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'empty' }));
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};' }));
  },
};

/**
 * Node's own modules come from `process.getBuiltinModule`. An import statement would read all their exports, and so
 * load what is behind lazy ones, such as WebCrypto. In the sources, which have them in many files, the statement is
 * replaced: a module for all of them would be one more file to load. Not in the sandbox, which replaces functions of
 * Node's modules.
 */
const builtins = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z]/ }, ({ path, kind, importer }) => {
      if (!isBuiltin(path) || !importer.includes('node_modules')) return undefined;
      if (kind === 'import-statement') return { path, namespace: 'builtin-import', sideEffects: false };
      return kind === 'require-call' ? { path, namespace: 'builtin-require' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'builtin-import' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path)).filter(name => name !== 'default');
      const lines = [
        `const builtin = /* @__PURE__ */ process.getBuiltinModule('${path}');`,
        'const pick = name => builtin[name];',
        'export default builtin;',
        ...names.map((name, at) => `const _${at} = /* @__PURE__ */ pick('${name}');`),
        `export { ${names.map((name, at) => `_${at} as ${name}`).join(', ')} };`,
      ];
      return { contents: lines.join('\n') };
    });
    onLoad({ filter: /.*/, namespace: 'builtin-require' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
  },
};

/** A source with the statements that import Node's modules replaced, see `builtins`. */
function withBuiltins(text) {
  return text.replace(/^import (?!type )([^'"]+?) from '(node:[^']+)';$/gm, (_, names, module) => {
    const [, whole, list] = /^(?:\* as )?([\w$]+)?(?:, )?(?:\{([^}]*)\})?$/.exec(names);
    const picked = list?.split(',').filter(name => name.trim() !== '' && !/^\s*type /.test(name));
    const targets = [whole, picked && `{ ${picked.join(',').replace(/ as /g, ': ')} }`];
    return targets
      .filter(target => target !== undefined)
      .map(target => `const ${target} = process.getBuiltinModule('${module}');`)
      .join(' ');
  });
}

/** The source files of an entry point, absolute. */
async function inputsOf(entry) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
  });
  return new Set(Object.keys(metafile.inputs).map(input => join(root, input)));
}

/** Identifies what is built: the same sources have the same hash. */
async function sourcesHash() {
  const hash = createHash('sha256');
  for (const file of (await files(source)).sort())
    hash.update(file.slice(source.length)).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function bundle() {
  const external = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });
  return build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.17',
    jsx: 'automatic',
    chunkNames: 'chunk-[hash]',
    external: external.flatMap(name => [name, `${name}/*`]),
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      builtFrom: JSON.stringify(await sourcesHash()),
    },
    plugins: [sources, builtins, fasterScreen(), noDevtools],
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
}

/** The folder of the package that a bundled file belongs to, or null for migtui's own files. */
function packageFolder(input) {
  const at = input.lastIndexOf('node_modules/');
  if (at < 0) return null;
  const [first, second] = input.slice(at + 'node_modules/'.length).split('/');
  return input.slice(0, at) + join('node_modules', first.startsWith('@') ? join(first, second) : first);
}

/** The packages whose code is in dist/: their manifests and folders. */
async function bundledPackages(metafile) {
  const bundled = Object.values(metafile.outputs).flatMap(output =>
    Object.entries(output.inputs)
      .filter(([, part]) => part.bytesInOutput > 0)
      .map(([input]) => packageFolder(input)),
  );
  const folders = [...new Set(bundled)].filter(folder => folder !== null).sort();
  return Promise.all(
    folders.map(async folder => ({
      ...JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')),
      folder,
    })),
  );
}

/** Their licences. */
async function notices(packages) {
  const parts = await Promise.all(
    packages.map(async ({ name, version, license, folder }) => {
      const file = (await readdir(join(root, folder))).find(entry => /^(licen[cs]e|copying)/i.test(entry));
      const text = file ? await readFile(join(root, folder, file), 'utf8') : `Licence: ${license}`;
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    }),
  );
  const head = 'migtui contains code of these packages.\n';
  return [head, ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

/** A software bill of materials of what is bundled, in CycloneDX's JSON (https://cyclonedx.org/docs/1.6/json/). */
function bill(packages) {
  const components = packages.map(({ name, version, license }) => {
    const [scope, short] = name.startsWith('@') ? name.split('/') : [null, name];
    const purl = `pkg:npm/${scope ? `${encodeURIComponent(scope)}/` : ''}${short}@${version}`;
    return {
      type: 'library',
      'bom-ref': purl,
      ...(scope && { group: scope }),
      name: short,
      version,
      purl,
      licenses: [{ expression: license }],
    };
  });
  const { name, version } = manifest;
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': `pkg:npm/${name}@${version}`, name, version } },
    components,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Writes atomically, and does not touch an unchanged file: another program may be running from dist/. */
async function put(file, contents) {
  const old = await readFile(file).catch(() => null);
  if (old && Buffer.compare(old, Buffer.from(contents)) === 0) return;
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(temporary, contents);
  await rename(temporary, file);
}

function declarations() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
}

const onlyIfStale = process.argv.includes('--if-stale');
if (!onlyIfStale || (await isStale())) {
  const began = new Date();
  // esbuild has already printed the error.
  const { outputFiles, metafile } = await bundle().catch(() => process.exit(1));
  await Promise.all(outputFiles.map(file => put(file.path, file.contents)));
  const packages = await bundledPackages(metafile);
  await put(noticesFile, await notices(packages));
  await put(billFile, bill(packages));
  if (!onlyIfStale) {
    const wanted = new Set([...outputFiles.map(file => file.path), noticesFile, billFile]);
    await Promise.all((await files(dist)).filter(file => !wanted.has(file)).map(file => rm(file)));
    declarations();
    for (const file of outputFiles.filter(file => !basename(file.path).startsWith('chunk-')))
      console.log(`${relative(root, file.path).padEnd(16)} ${Math.ceil(file.contents.length / 1024)} kB`);
    const total = outputFiles.reduce((sum, file) => sum + file.contents.length, 0);
    console.log(`${outputFiles.length} files, ${Math.ceil(total / 1024)} kB, ${Date.now() - began} ms`);
  }
  await writeFile(stamp, '');
  // A source that changed during the build is newer than this.
  await utimes(stamp, began, began);
}
