import type { Constructor, IMigrationGenerator } from '@mikro-orm/core';
import { generatorAround, MigtuiGenerator } from './project/writing/generator.ts';

/*
 * `migtui/config`: an application also loads its MikroORM config in production, so nothing heavy is imported
 * here and the application does not depend on it at run time. The same can be configured without it:
 *
 *     schemaGenerator: { ignoreSchema: ['migtui'] },   // the schema of the journal; MikroORM must not drop it
 *     migrations: { generator: MigtuiGenerator },      // migrations from the stock CLI declare what they revise
 */

/** The parts of a MikroORM config that `withMigtui` sets. */
interface Touched {
  readonly schemaGenerator?: { readonly ignoreSchema?: readonly string[] };
  readonly migrations?: { readonly generator?: Constructor<IMigrationGenerator> };
}

/**
 * Prepares a MikroORM config for migtui: MikroORM ignores the schema of the journal, and migrations created
 * by the stock CLI declare what they revise. The user's own settings are kept, including a custom generator.
 * @param config the export of the config file: options, a list of options, a factory, or a promise
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

export { xArguments } from './project/config/x-arguments.ts';
export { MigtuiGenerator };
