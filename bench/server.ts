import pg from 'pg';
import { provideTestFolder } from '../test/support/project.ts';
import { startServer } from '../test/support/server.ts';

/** A server for one benchmark, and a folder for its projects. */
export interface BenchServer {
  /** URL of the superuser on database `postgres`. */
  readonly url: string;
  /** Creates an empty database and returns its URL. */
  freshUrl(): Promise<string>;
  /** Copies a database that nobody uses, and returns the URL of the copy. */
  copyUrl(of: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startBenchServer(): Promise<BenchServer> {
  const removeFolder = await provideTestFolder();
  const server = await startServer();
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  let databases = 0;
  const create = async (template: string): Promise<string> => {
    const url = new URL(server.url);
    url.pathname = `bench_${++databases}`;
    await admin.query(`create database ${url.pathname.slice(1)} ${template}`);
    return url.href;
  };
  return {
    url: server.url,
    freshUrl: () => create(''),
    copyUrl: of => create(`template ${new URL(of).pathname.slice(1)}`),
    async stop() {
      await admin.end();
      await server.stop();
      await removeFolder();
    },
  };
}
