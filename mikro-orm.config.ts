import { Migrator } from '@mikro-orm/migrations';
import { defineConfig as embedded } from '@mikro-orm/pglite';
import { defineConfig as server } from '@mikro-orm/postgresql';
import { withMigtui } from 'migtui/config';
import { Chat } from './demo/entities/chat.ts';
import { Message } from './demo/entities/message.ts';
import { Reaction } from './demo/entities/reaction.ts';

/*
 * The demo: the chat application of demo/, migrated by migrations/.
 * It runs on PostgreSQL embedded in Node (PGlite, in demo/chat), or on any server that DATABASE_URL names.
 */
const options = {
  entities: [Chat, Message, Reaction],
  extensions: [Migrator],
  migrations: {
    path: 'migrations',
    pathTs: 'migrations',
    // The same snapshot wherever the demo runs.
    snapshotName: '.snapshot-chat',
  },
};

const url = process.env.DATABASE_URL;

export default withMigtui(
  url ? server({ ...options, clientUrl: url }) : embedded({ ...options, dbName: 'demo/chat' }),
);
