import type {
  Constructor,
  IMigrationGenerator,
  MigrationDiff,
  MigrationsOptions,
  NamingStrategy,
} from '@mikro-orm/core';

/** The part of a driver that generators use. */
interface GeneratorDriver {
  readonly config: { get(key: string): unknown };
}

/**
 * The generator that `withMigtui` adds to the config: the stock one, whose migrations then also declare what
 * they revise, namely the current heads on disk. Importing this file is cheap, because an application loads
 * its MikroORM config in production too.
 */
export class MigtuiGenerator implements IMigrationGenerator {
  /** The generator that writes the file; null: MikroORM's own for the configured `emit`. */
  static readonly base: Constructor<IMigrationGenerator> | null = null;
  readonly #driver: GeneratorDriver;
  readonly #namingStrategy: NamingStrategy;
  readonly #options: MigrationsOptions;

  constructor(driver: GeneratorDriver, namingStrategy: NamingStrategy, options: MigrationsOptions) {
    this.#driver = driver;
    this.#namingStrategy = namingStrategy;
    this.#options = options;
  }

  async generate(diff: MigrationDiff, path?: string, name?: string): Promise<[string, string]> {
    const { generateDeclared } = await import('./generate-declared.ts');
    const { fs } = await this.#load<typeof import('@mikro-orm/core/fs-utils')>('@mikro-orm/core/fs-utils');
    const glob = (pattern: string): string[] => fs.glob(pattern);
    return generateDeclared(await this.#inner(), glob, this.#options, this.#baseDir, diff, path, name);
  }

  createStatement(sql: string, padLeft: number): string {
    if (!sql) return '\n';
    return `${' '.repeat(padLeft)}this.addSql(\`${sql.replace(/[`$\\]/g, '\\$&')}\`);\n`;
  }

  async generateMigrationFile(className: string, diff: MigrationDiff): Promise<string> {
    return (await this.#inner()).generateMigrationFile(className, diff);
  }

  get #baseDir(): string {
    return this.#driver.config.get('baseDir') as string;
  }

  async #inner(): Promise<IMigrationGenerator> {
    const Base = (this.constructor as typeof MigtuiGenerator).base ?? (await this.#stock());
    return new Base(this.#driver, this.#namingStrategy, this.#options);
  }

  async #stock(): Promise<Constructor<IMigrationGenerator>> {
    const { JSMigrationGenerator, TSMigrationGenerator } =
      await this.#load<typeof import('@mikro-orm/migrations')>('@mikro-orm/migrations');
    const javascript = this.#options.emit === 'js' || this.#options.emit === 'cjs';
    return (javascript
      ? JSMigrationGenerator
      : TSMigrationGenerator) as unknown as Constructor<IMigrationGenerator>;
  }

  /** From the project, not from migtui's own dependencies: a second copy of MikroORM would not work. */
  async #load<Module>(name: string): Promise<Module> {
    const [{ createRequire }, { join }, { pathToFileURL }] = await Promise.all([
      import('node:module'),
      import('node:path'),
      import('node:url'),
    ]);
    const require = createRequire(join(this.#baseDir, 'package.json'));
    return (await import(pathToFileURL(require.resolve(name)).href)) as Module;
  }
}

/** Wraps a project's own generator, which still writes the file. */
export function generatorAround(base: Constructor<IMigrationGenerator>): typeof MigtuiGenerator {
  return class extends MigtuiGenerator {
    static override readonly base = base;
  };
}
