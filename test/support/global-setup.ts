import { provideTestFolder } from './project.ts';
import { provideServer, startServer } from './server.ts';

/** Once per vitest run: a PostgreSQL server and a folder for the projects that tests write. */
export default async function setup(): Promise<() => Promise<void>> {
  const [server, removeFolder] = await Promise.all([startServer(), provideTestFolder()]);
  provideServer(server.url);
  return async () => {
    await Promise.all([server.stop(), removeFolder()]);
  };
}
