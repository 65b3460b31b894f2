import pg from 'pg';
import { provideTestFolder } from '../test/support/project.ts';
import { startServer } from '../test/support/server.ts';

/** A server for one benchmark, and a folder for its projects. */
export interface BenchServer {
  /** URL of the superuser on database `postgres`. */
  readonly url: string;
  /** Creates an empty database and returns its URL. */
  freshUrl(): Promise<string>;
  stop(): Promise<void>;
}

export async function startBenchServer(): Promise<BenchServer> {
  const removeFolder = await provideTestFolder();
  const server = await startServer();
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  let databases = 0;
  return {
    url: server.url,
    async freshUrl() {
      const name = `bench_${++databases}`;
      await admin.query(`create database ${name}`);
      const url = new URL(server.url);
      url.pathname = name;
      return url.href;
    },
    async stop() {
      await admin.end();
      await server.stop();
      await removeFolder();
    },
  };
}
