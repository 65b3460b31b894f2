import { provideServer, startServer } from './server.ts';

/** One PostgreSQL server per vitest run. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startServer();
  provideServer(server.url);
  return () => server.stop();
}
