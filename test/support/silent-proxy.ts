import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A connection through the proxy. A muted direction swallows bytes; nothing is ever closed because of it. */
export interface ProxiedConnection {
  muteToServer: boolean;
  muteToClient: boolean;
  /** The client's output so far, as text. */
  readonly sent: string;
  /** Answers are passed on only after this resolves. */
  answersAfter: Promise<unknown>;
}

export interface SilentProxy {
  readonly port: number;
  readonly connections: readonly ProxiedConnection[];
  /** The URL through the proxy. */
  through(url: string): string;
  /** Swallows everything in both directions from now on, new connections included. */
  muteAll(): void;
  close(): Promise<void>;
}

/**
 * A proxy in front of a PostgreSQL server that can stop responding like a broken network.
 * @param onSent receives each chunk that a client sends, before it is passed on
 * @param onAnswered receives each chunk that the server sends, before it is passed on
 */
export async function silentProxy(
  server: string,
  onSent: (connection: ProxiedConnection, piece: string, proxy: SilentProxy) => void = () => {},
  onAnswered: (connection: ProxiedConnection, piece: string, proxy: SilentProxy) => void = () => {},
): Promise<SilentProxy> {
  const { hostname, port } = new URL(server);
  const connections: ProxiedConnection[] = [];
  const sockets = new Set<Socket>();
  let muted = false;
  const listener: Server = createServer(client => {
    const connection = {
      muteToServer: false,
      muteToClient: false,
      sent: '',
      answersAfter: Promise.resolve() as Promise<unknown>,
    };
    connections.push(connection);
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', piece => {
      if (muted || connection.muteToServer) return;
      const text = piece.toString('latin1');
      connection.sent += text;
      onSent(connection, text, proxy);
      if (!muted && !connection.muteToServer) upstream.write(piece);
    });
    upstream.on('data', piece => {
      onAnswered(connection, piece.toString('latin1'), proxy);
      void connection.answersAfter.then(() => {
        if (!muted && !connection.muteToClient) client.write(piece);
      });
    });
    client.on('close', () => {
      if (!muted && !connection.muteToServer) upstream.destroy();
    });
    upstream.on('close', () => {
      void connection.answersAfter.then(() => {
        if (!muted && !connection.muteToClient) client.destroy();
      });
    });
  });
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  const proxy: SilentProxy = {
    port: (listener.address() as AddressInfo).port,
    connections,
    through(url) {
      const place = new URL(url);
      place.hostname = '127.0.0.1';
      place.port = String(proxy.port);
      return place.href;
    },
    muteAll() {
      muted = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => listener.close(resolve));
    },
  };
  return proxy;
}
