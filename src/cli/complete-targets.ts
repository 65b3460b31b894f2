import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { shortId, slug } from '../revisions/names.ts';

type Candidate = readonly [target: string, description: string];

const symbols: Readonly<Record<string, readonly Candidate[]>> = {
  upgrade: [
    ['head', 'the one head'],
    ['heads', 'all heads'],
    ['+1', 'one up'],
  ],
  downgrade: [
    ['-1', 'one down'],
    ['base', 'nothing applied'],
  ],
  stamp: [
    ['head', 'the one head'],
    ['heads', 'all heads'],
    ['base', 'nothing applied'],
  ],
  show: [
    ['head', 'the one head'],
    ['current', 'the last applied revision'],
  ],
};

/**
 * Targets for a command, newest first. Fast, and runs no project code: it reads the file names in the folder
 * that the text of the config names.
 */
export function completeTargets(root: string, command: string): Candidate[] {
  try {
    const folder = migrationsFolder(root);
    const files = folder ? readdirSync(folder).filter(file => /^[^.].*(?<!\.d)\.[jt]s$/.test(file)) : [];
    const revisions = files.map((file): Candidate => {
      const id = file.replace(/\.[jt]s$/, '');
      return [shortId(id), slug(id).replaceAll('_', ' ')];
    });
    const labels = folder ? labelsIn(folder, files) : [];
    return [...(symbols[command] ?? []), ...labels, ...revisions.sort().reverse()];
  } catch {
    return [];
  }
}

const configs = [
  'src/mikro-orm.config.ts',
  'mikro-orm.config.ts',
  'mikro-orm.config.js',
  'dist/mikro-orm.config.js',
];

function migrationsFolder(root: string): string | undefined {
  const config = configs.map(file => join(root, file)).find(file => existsSync(file));
  const text = config ? readFileSync(config, 'utf8') : '';
  const named = [...text.matchAll(/\bpath(?:Ts)?:\s*['"`]([^'"`$]+)['"`]/g)].map(match => match[1] as string);
  const bases = [root, ...(config ? [dirname(config)] : [])];
  return [...named, 'migrations', 'src/migrations']
    .flatMap(folder => bases.map(base => resolve(base, folder)))
    .find(
      folder => existsSync(folder) && readdirSync(folder).some(file => /^Migration.*\.[jt]s$/.test(file)),
    );
}

/** Maximum number of files that are read for labels, to keep completion fast. */
const mostFiles = 500;

function labelsIn(folder: string, files: readonly string[]): Candidate[] {
  const found = new Set<string>();
  for (const file of files.slice(-mostFiles)) {
    const source = readFileSync(join(folder, file), 'utf8');
    const head = /\bstatic\s+(?:readonly\s+)?labels\s*=\s*\[/.exec(source);
    const start = head ? head.index + head[0].length : source.length;
    const list = source.slice(start, Math.max(start, source.indexOf(']', start)));
    for (const [, label] of list.matchAll(/['"`]([^'"`]+)['"`]/g)) found.add(label as string);
  }
  return [...found].sort().map(label => [`${label}@head`, `head of the branch ${label}`]);
}
