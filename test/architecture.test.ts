import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { repository } from './support/project.ts';

/*
 * The arrows of docs/architecture.md. A room may import from itself and, values and types, from the rooms named here.
 * Types are also free: of engine/api.ts, the words that every room above `revisions` shares; of the whole engine for
 * the faces; and inside one folder of src.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  foundation: [],
  revisions: ['foundation'],
  settings: ['foundation'],
  safety: ['revisions', 'foundation'],
  project: ['revisions', 'foundation'],
  database: ['project', 'safety', 'revisions', 'foundation'],
  engine: ['database', 'project', 'safety', 'revisions', 'settings', 'foundation'],
  // widths, times, glyphs and themes: what both faces draw with
  'tui/text': ['tui/theme', 'foundation'],
  'tui/theme': ['tui/text', 'foundation'],
  cli: ['engine', 'tui/text', 'tui/theme', 'revisions', 'settings', 'foundation'],
  tui: ['tui/text', 'tui/theme', 'revisions', 'settings', 'foundation'],
  // src/main.ts, src/index.ts, src/config.ts
  entries: ['cli', 'tui', 'engine', 'project', 'revisions', 'settings', 'foundation'],
};

/** Exceptions, each with the reason. */
const allowed = new Set([
  // where the project begins (the nearest package.json), asked before an engine can be opened
  'src/cli/shell/call.ts -> src/project/root.ts',
  // the client starts the engine's process: it is the engine's door for the screen, and loads nothing of it
  'src/tui/main.tsx -> src/engine/client.ts',
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

function roomOf(file: string): string {
  const [, room, inner] = file.split('/');
  if (inner === undefined) return 'entries';
  return `${room}/${inner}` in arrows ? `${room}/${inner}` : room!;
}

const own = imports.filter(({ target }) => target.startsWith('src/'));
const foreign = imports.filter(({ target }) => !target.startsWith('src/'));
const shown = ({ file, target }: Import) => `${file} -> ${target}`;

function isAllowed(found: Import): boolean {
  const { file, target, onlyTypes } = found;
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === to || arrows[from]!.includes(to) || allowed.has(shown(found))) return true;
  if (!onlyTypes) return false;
  const folder = from.split('/')[0]!;
  if (folder === to.split('/')[0]) return true;
  if (folder === 'tui' || folder === 'cli') return to === 'engine';
  return !['foundation', 'revisions'].includes(from) && target === 'src/engine/api.ts';
}

describe('the arrows between rooms', () => {
  test('there are imports to look at', () => {
    expect(own.length).toBeGreaterThan(50);
  });

  test('every folder of src is a room', () => {
    const rooms = new Set(imports.map(({ file }) => roomOf(file)));
    expect([...rooms].filter(room => !(room in arrows))).toEqual([]);
  });

  test('run down only', () => {
    expect(own.filter(found => !isAllowed(found)).map(shown)).toEqual([]);
  });

  test('only project and database know MikroORM', () => {
    const knowing = foreign.filter(({ target }) => target.startsWith('@mikro-orm/'));
    expect(knowing.length).toBeGreaterThan(0);
    // src/config.ts is called from the user's config
    const may = ({ file }: Import) =>
      ['project', 'database'].includes(roomOf(file)) || file === 'src/config.ts';
    expect(knowing.filter(found => !may(found)).map(shown)).toEqual([]);
  });

  test('only the screen knows Ink and React', () => {
    const drawing = foreign.filter(({ target }) => /^(ink|react)(\/|$)/.test(target));
    expect(drawing.filter(({ file }) => roomOf(file) !== 'tui').map(shown)).toEqual([]);
  });

  test('revisions touch nothing outside', () => {
    expect(foreign.filter(({ file }) => roomOf(file) === 'revisions').map(shown)).toEqual([]);
  });
});
