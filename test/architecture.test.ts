import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { repository } from './support/project.ts';

/*
 * The allowed imports of docs/architecture.md. A module may import from itself and from the modules listed
 * here, both values and types; the app and the commands may also import types of the engine.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  foundation: [],
  revisions: ['foundation'],
  values: ['revisions', 'foundation'],
  settings: ['foundation'],
  safety: ['values', 'revisions', 'foundation'],
  lint: ['safety', 'values', 'revisions', 'foundation'],
  project: ['values', 'revisions', 'foundation'],
  preview: ['project', 'values', 'revisions', 'foundation'],
  database: ['preview', 'project', 'safety', 'values', 'revisions', 'foundation'],
  fleet: ['database', 'preview', 'project', 'safety', 'settings', 'values', 'revisions', 'foundation'],
  engine: [
    'fleet',
    'database',
    'preview',
    'project',
    'lint',
    'safety',
    'settings',
    'values',
    'revisions',
    'foundation',
  ],
  application: ['engine', 'database', 'project', 'values', 'revisions', 'foundation'],
  drawing: ['values', 'revisions', 'foundation'],
  cli: ['engine', 'drawing', 'settings', 'values', 'revisions', 'foundation'],
  tui: ['drawing', 'settings', 'values', 'revisions', 'foundation'],
  // src/main.ts, src/index.ts, src/config.ts
  entries: ['cli', 'tui', 'application', 'engine', 'project', 'revisions', 'settings', 'foundation'],
};

/** Exceptions, each with its reason. */
const allowed = new Set([
  // Finding the project root, before an engine can be opened.
  'src/cli/shell/call.ts -> src/project/config/choose-root.ts',
  // The client starts the engine process: it is the app's access to the engine, and loads no engine code.
  'src/tui/main.tsx -> src/engine/process/client.ts',
]);

interface Import {
  readonly file: string;
  /** A package, or the path of a source file. */
  readonly target: string;
  readonly onlyTypes: boolean;
}

const source = join(repository, 'src');
const slashes = (path: string) => path.split(sep).join('/');

function importsOf(path: string): Import[] {
  const file = slashes(relative(repository, path));
  const text = readFileSync(path, 'utf8');
  const { module, errors } = parseSync(path, text);
  expect(errors, file).toEqual([]);
  const resolve = (specifier: string) =>
    specifier.startsWith('.') ? slashes(normalize(join(file, '..', specifier))) : specifier;
  const all = (entries: readonly { readonly isType: boolean }[]) =>
    entries.length > 0 && entries.every(entry => entry.isType);
  return [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      file,
      target: resolve(moduleRequest.value),
      onlyTypes: all(entries),
    })),
    ...module.staticExports.flatMap(({ entries }) => {
      const [from] = entries.flatMap(entry => entry.moduleRequest ?? []);
      return from ? [{ file, target: resolve(from.value), onlyTypes: all(entries) }] : [];
    }),
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const literal = /^(['"])(.*)\1$/.exec(text.slice(start, end))?.[2];
      return literal ? [{ file, target: resolve(literal), onlyTypes: false }] : [];
    }),
  ];
}

const imports = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.tsx?$/.test(name))
  .flatMap(name => importsOf(join(source, name)));

function moduleOf(file: string): string {
  const [, module, inner] = file.split('/');
  return inner === undefined ? 'entries' : module!;
}

const own = imports.filter(({ target }) => target.startsWith('src/'));
const foreign = imports.filter(({ target }) => !target.startsWith('src/'));
const shown = ({ file, target }: Import) => `${file} -> ${target}`;

function isAllowed(found: Import): boolean {
  const { file, target, onlyTypes } = found;
  const [from, to] = [moduleOf(file), moduleOf(target)];
  if (from === to || arrows[from]!.includes(to) || allowed.has(shown(found))) return true;
  return onlyTypes && (from === 'tui' || from === 'cli') && to === 'engine';
}

/*
 * Inside the app: the folders from which a folder may import. The state knows no dialogs, commands or panes;
 * a dialog does not import parts of the app that import it.
 */
const layersOfTui = [
  ['settings.ts'],
  ['terminal'],
  ['state'],
  ['panes'],
  ['keymap'],
  ['dialogs'],
  ['commands'],
  ['app'],
  ['screen'],
  ['main.tsx'],
].flat();

const layerOf = (file: string): number => layersOfTui.indexOf(file.split('/')[2]!);

/** The import cycles, values and types: each cycle once. */
function circles(): string[][] {
  const next = new Map<string, string[]>();
  for (const { file, target } of own) next.set(file, [...(next.get(file) ?? []), target]);
  // Tarjan: files that import each other form one component.
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const to of next.get(file) ?? []) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(file, Math.min(low.get(file)!, low.get(to)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return found;
}

describe('imports between modules', () => {
  test('there are imports to check', () => {
    expect(own.length).toBeGreaterThan(50);
  });

  test('every folder of src is a module', () => {
    const modules = new Set(imports.map(({ file }) => moduleOf(file)));
    expect([...modules].filter(module => !(module in arrows))).toEqual([]);
  });

  test('go only to lower layers', () => {
    expect(own.filter(found => !isAllowed(found)).map(shown)).toEqual([]);
  });

  test('only project and database use MikroORM', () => {
    const knowing = foreign.filter(({ target }) => target.startsWith('@mikro-orm/'));
    expect(knowing.length).toBeGreaterThan(0);
    // src/config.ts is used by the user's config, src/application by the user's application.
    const may = ({ file }: Import) =>
      ['project', 'database', 'application'].includes(moduleOf(file)) || file === 'src/config.ts';
    expect(knowing.filter(found => !may(found)).map(shown)).toEqual([]);
  });

  test('only the app uses Ink and React', () => {
    const drawing = foreign.filter(({ target }) => /^(ink|react)(\/|$)/.test(target));
    expect(drawing.filter(({ file }) => moduleOf(file) !== 'tui').map(shown)).toEqual([]);
  });

  test("the main thread loads Node's worker threads only on first use", () => {
    const threads = foreign.filter(({ target, onlyTypes }) => target === 'node:worker_threads' && !onlyTypes);
    expect(threads.map(({ file }) => file).sort()).toEqual([
      'src/foundation/blocking/thread.ts',
      'src/preview/sandbox/isolate.ts',
    ]);
  });

  test('revisions is pure', () => {
    expect(foreign.filter(({ file }) => moduleOf(file) === 'revisions').map(shown)).toEqual([]);
  });

  test('there are no import cycles', () => {
    expect(circles()).toEqual([]);
  });

  test('inside the app, imports go only to lower layers', () => {
    const inside = own.filter(({ file, target }) => moduleOf(file) === 'tui' && moduleOf(target) === 'tui');
    expect(inside.length).toBeGreaterThan(100);
    expect(inside.filter(({ file }) => layerOf(file) < 0).map(shown)).toEqual([]);
    expect(inside.filter(({ file, target }) => layerOf(target) > layerOf(file)).map(shown)).toEqual([]);
  });
});
