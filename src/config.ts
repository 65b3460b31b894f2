import type { Constructor, IMigrationGenerator } from '@mikro-orm/core';
import { generatorAround, MigtuiGenerator } from './project/generator.ts';

/*
 * `migtui/config`: an application loads its MikroORM config in production too, so nothing heavy is imported here,
 * and nothing here is needed to run it. What it sets can as well be written by hand:
 *
 *     schemaGenerator: { ignoreSchema: ['migtui'] },   // runs are journalled there; MikroORM must not drop it
 *     migrations: { generator: MigtuiGenerator },      // migrations of the stock CLI say what they revise, too
 */

/** The parts of a MikroORM config that are set here. */
interface Touched {
  readonly schemaGenerator?: { readonly ignoreSchema?: readonly string[] };
  readonly migrations?: { readonly generator?: Constructor<IMigrationGenerator> };
}

/**
 * Makes a MikroORM config ready for migtui: its journal has a schema that MikroORM leaves alone, and migrations that
 * the stock CLI creates say what they revise. The user's own settings stay; a generator of their own writes the files.
 * @param config what the config file exports: options, several of them, a factory of them, or a promise
 */
export function withMigtui<T>(config: T): T {
  if (typeof config === 'function') {
    const factory = config as unknown as (...args: unknown[]) => unknown;
    return ((...args: unknown[]) => withMigtui(factory(...args))) as T;
  }
  if (Array.isArray(config)) return config.map(one => withMigtui(one)) as T;
  if (typeof config !== 'object' || config === null) return config;
  const { then } = config as { then?: unknown };
  if (typeof then === 'function') return (config as unknown as Promise<unknown>).then(withMigtui) as T;
  const { schemaGenerator, migrations } = config as Touched;
  const own = migrations?.generator;
  const wrapped = own === MigtuiGenerator || own?.prototype instanceof MigtuiGenerator;
  const ignored = new Set([...(schemaGenerator?.ignoreSchema ?? []), 'migtui']);
  return {
    ...config,
    schemaGenerator: { ...schemaGenerator, ignoreSchema: [...ignored] },
    migrations: { ...migrations, generator: wrapped ? own : own ? generatorAround(own) : MigtuiGenerator },
  };
}

export { xArguments } from './project/x-arguments.ts';
export { MigtuiGenerator };
