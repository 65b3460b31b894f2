import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldersWith } from '../files/folders-with-migrations.ts';

/** The project for which a config is written. */
export interface ConfigFor {
  readonly root: string;
  /** Of its package.json. */
  readonly name: string;
  readonly typescript: boolean;
  /** Node loads its `.js` files as ES modules. */
  readonly esModules: boolean;
}

/** The text of a new MikroORM config, and where it looks for the source files of the entities. */
export function newConfig(project: ConfigFor): {
  readonly text: string;
  readonly entities: readonly string[];
} {
  const { root, name, typescript, esModules } = project;
  const database = name.replace(/^@.*\//, '').replace(/\W+/g, '_');
  const entities = entityGlobs(root, typescript ? 'ts' : 'js');
  const listed = `[${entities.map(glob => `'${glob}'`).join(', ')}]`;
  const body = `withMigtui(
  defineConfig({
    clientUrl: process.env.DATABASE_URL ?? 'postgres://postgres@localhost:5432/${database}',
    // every entity of the project: globs of their files, or the classes themselves
    ${typescript ? `entities: ['dist/**/*.entity.js'],\n    entitiesTs: ${listed}` : `entities: ${listed}`},
    extensions: [Migrator],
    migrations: {
      path: 'migrations',
      pathTs: 'migrations',${typescript ? '' : "\n      emit: 'js',"}
    },
  }),
);
`;
  const imports = [
    ['Migrator', '@mikro-orm/migrations'],
    ['defineConfig', '@mikro-orm/postgresql'],
    ['withMigtui', 'migtui/config'],
  ];
  if (typescript || esModules) {
    const lines = imports.map(([one, from]) => `import { ${one} } from '${from}';\n`);
    return { text: `${lines.join('')}\nexport default ${body}`, entities };
  }
  const lines = imports.map(([one, from]) => `const { ${one} } = require('${from}');\n`);
  return { text: `${lines.join('')}\nmodule.exports = ${body}`, entities };
}

/**
 * Where the entities are, or are expected: only folders of the project, so that MikroORM never loads the
 * entities of an installed package.
 */
function entityGlobs(root: string, extension: 'ts' | 'js'): string[] {
  const file = `*.entity.${extension}`;
  const folders = foldersWith(root, new RegExp(`\\.entity\\.${extension}$`));
  const globs = folders.map(folder => {
    if (folder === '.') return file;
    const names = folder.split('/');
    const own = names.findLastIndex((_, at) =>
      existsSync(join(root, ...names.slice(0, at + 1), 'package.json')),
    );
    // The folder of a package may have a node_modules of its own.
    if (own === names.length - 1) return `${folder}/${file}`;
    return `${names.slice(0, own + 2).join('/')}/**/${file}`;
  });
  return globs.length > 0 ? [...new Set(globs)] : [`src/**/${file}`];
}
