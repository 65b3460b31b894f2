import { connect, createServer, type Socket } from 'node:net';

/**
 * A network between a client and the server: it adds latency, and counts how often a client waited for an
 * answer.
 */
export interface Proxy {
  /** The URL of the server through this proxy. */
  url(server: string): string;
  /** Number of waits for an answer since the last call, over all connections. */
  roundTrips(): number;
  close(): Promise<void>;
}

/**
 * Starts a proxy in front of a server.
 * @param roundTrip latency of a query and its answer together, ms
 */
export async function startProxy(serverUrl: string, roundTrip: number): Promise<Proxy> {
  const { hostname, port } = new URL(serverUrl);
  let trips = 0;
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, client => {
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
    let asked = false;
    const pass = (from: Socket, to: Socket, seen: () => void): void => {
      open.add(from);
      from.on('data', chunk => {
        seen();
        setTimeout(() => to.writable && to.write(chunk), roundTrip / 2);
      });
      from.on('end', () => setTimeout(() => to.end(), roundTrip / 2));
      from.on('error', () => to.destroy());
      from.on('close', () => open.delete(from));
    };
    pass(client, upstream, () => {
      asked = true;
    });
    pass(upstream, client, () => {
      if (asked) trips++;
      asked = false;
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as { port: number };
  return {
    url(target) {
      const url = new URL(target);
      url.hostname = '127.0.0.1';
      url.port = String(own);
      return url.href;
    },
    roundTrips() {
      const counted = trips;
      trips = 0;
      return counted;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
