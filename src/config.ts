/*
 * `migtui/config`: an application loads its MikroORM config in production too, so nothing heavy is imported here,
 * and nothing here is needed to run it. What it sets can as well be written by hand:
 *
 *     schemaGenerator: { ignoreSchema: ['migtui'] },     // runs are journalled there; MikroORM must not drop it
 */

/** The parts of a MikroORM config that are set here. */
interface Touched {
  readonly schemaGenerator?: { readonly ignoreSchema?: readonly string[] };
}

/**
 * Makes a MikroORM config ready for migtui: its journal has a schema that MikroORM leaves alone.
 * The user's own settings stay.
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
  const { schemaGenerator } = config as Touched;
  const ignored = new Set([...(schemaGenerator?.ignoreSchema ?? []), 'migtui']);
  return {
    ...config,
    schemaGenerator: { ...schemaGenerator, ignoreSchema: [...ignored] },
  };
}
