import type { Server } from './scope.ts';

/** Assumed if the server is unknown: the newest PostgreSQL, in any time zone. */
export const anyServer: Server = { version: 18, utc: false };
