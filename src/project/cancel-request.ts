/** The part of pg's own connection that sends a cancel request. */
export interface CancelConnection {
  readonly stream: { destroy(error?: Error): unknown };
  connect(port: number | string, host?: string): void;
  once(event: string, listener: (error?: Error) => void): unknown;
  cancel(processID: number, secretKey: number | Buffer): void;
}

/** A connection whose statement shall be cancelled. */
export interface Cancelled {
  readonly host: string;
  readonly port: number;
  readonly processID: number | null;
  readonly secretKey?: number | Buffer | null;
}

/** Time limit for a cancel request, ms. */
const timeoutMs = 2_000;

/**
 * Cancels the statement of a connection with PostgreSQL's cancel request, which a pooler passes on to the server
 * process that runs it. Like pg's `Client.cancel`.
 * @param through a new connection
 */
export async function sendCancelRequest(
  { host, port, processID, secretKey }: Cancelled,
  through: CancelConnection,
): Promise<void> {
  if (processID === null || secretKey == null) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => through.stream.destroy(), timeoutMs);
    const ended = (error?: Error): void => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    };
    through.once('error', ended);
    through.once('end', () => ended());
    through.once('connect', () => through.cancel(processID, secretKey));
    if (host.startsWith('/')) through.connect(`${host}/.s.PGSQL.${port}`);
    else through.connect(port, host);
  });
}
