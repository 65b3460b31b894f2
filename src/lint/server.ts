import type { Server } from './scope.ts';

/** What is assumed where no server is known: the newest PostgreSQL, in whatever time zone. */
export const anyServer: Server = { version: 18, utc: false };
