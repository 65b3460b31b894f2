/** The part of a Kysely client's API that is used. */
export interface KyselyClient {
  withPlugin(plugin: {
    transformQuery(args: { node: unknown }): unknown;
    transformResult(args: { result: unknown }): Promise<unknown>;
  }): object;
}

const kept = new WeakMap<KyselyClient, object>();

/**
 * The config's own Kysely client, without `destroy`: it can be opened only once, and other targets of a fleet
 * and the application use it too.
 */
export function keptOpen(client: KyselyClient): object {
  const known = kept.get(client);
  if (known) return known;
  // A plugin that changes nothing: the result is another client on the same pool.
  const same = client.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => result,
  });
  Object.defineProperty(same, 'destroy', { value: async () => {} });
  kept.set(client, same);
  return same;
}
