import { runTui } from '../src/tui/main.tsx';
import { FakeEngine, longHistory } from '../test/support/fake-engine.ts';
import { findingOf, requiredColumn } from '../test/support/findings.ts';

/*
 * The terminal app on an engine that is made up: for looking at screens without a project or a database.
 *   npx tsx scripts/tui-fake.tsx [demo|findings|drift|block|long|empty|lost|broken]
 */

const scene = process.argv[2] ?? 'demo';
const now = Date.now();
const engine = new FakeEngine({
  now,
  delay: 30,
  ...(scene === 'long' && { revisions: longHistory(1_000), applied: longHistory(700).map(one => one.id) }),
  ...(scene === 'findings' && {
    findings: [findingOf(), { ...findingOf(), severity: 'warning' as const }, requiredColumn],
  }),
  ...(scene === 'drift' && {
    check: {
      clean: false,
      findings: [
        {
          kind: 'drift' as const,
          message: 'The live schema does not match its applied revisions.',
          next: '',
          revisions: [],
          sql: [
            'alter table "messages" drop constraint "messages_chat_id_foreign"',
            'alter table "messages" add constraint "messages_chat_id_foreign" foreign key ("chat_id") references "chats" ("id") on delete cascade',
          ],
          effects: [
            {
              sign: '~' as const,
              object: 'messages foreign key messages_chat_id_foreign',
              words: 'messages foreign key messages_chat_id_foreign on delete cascade → restrict',
            },
            {
              sign: '-' as const,
              object: 'chats primary key chats_pkey',
              words: 'chats primary key chats_pkey',
            },
          ],
        },
      ],
      agreed: ['heads' as const, 'missing' as const],
      skipped: [],
      notCompared:
        'roles, database settings, subscriptions, large objects and extensions that no revision creates',
    },
    rehearsal: {
      verdict: 'fails' as const,
      orders: [
        {
          heads: ['Migration20261119150000_add_reactions', 'Migration20261120101500_add_last_read_at'],
          ok: true,
          failed: null,
        },
        {
          heads: ['Migration20261120101500_add_last_read_at', 'Migration20261119150000_add_reactions'],
          ok: false,
          failed: {
            revision: 'Migration20261119150000_add_reactions',
            failure: { code: 'sql', message: 'column "last_read_at" of relation "chats" already exists' },
          },
        },
      ],
      reconcile: ['alter table "chats" add "topic" text null'],
    },
  }),
  ...(scene === 'empty' && { revisions: [], applied: [] }),
  ...(scene === 'lost' && {
    database: {
      state: 'unreachable',
      version: null,
      table: 'unknown',
      failure: {
        code: 'unreachable',
        message: 'No PostgreSQL answers at localhost:5432 (ECONNREFUSED).',
        next: 'Start the server, or set DATABASE_URL.',
      },
    },
  }),
  ...(scene === 'broken' && {
    failure: {
      code: 'config-throws',
      message: 'mikro-orm.config.ts throws when it is loaded: Cannot find module "./entities.js".',
      next: 'Repair it, then press r.',
    },
  }),
});
if (scene === 'protected')
  engine.project = {
    ...engine.project,
    protected: true,
    contexts: ['default', 'staging'],
    context: 'staging',
  };
if (scene === 'fail') {
  engine.trouble = {
    fail: {
      revision: 'Migration20261113100000_fill_text_length',
      failure: {
        code: 'sql',
        message: 'column "txt" does not exist',
        sql: {
          sqlState: '42703',
          hint: 'Perhaps you meant to reference the column "messages.text".',
          statement: 'update "messages"\nset "text_length" = length("txt")\nwhere "text_length" is null',
          position: 46,
        },
      },
    },
  };
}
if (scene === 'block') {
  engine.trouble = {
    hold: 'Migration20261113100000_fill_text_length',
    blockers: [
      {
        pid: 4711,
        user: 'ana',
        application: 'psql',
        host: '10.0.0.7',
        query: 'select * from messages for update',
        ageMs: 192_000,
      },
    ],
    progress: {
      command: 'CREATE INDEX',
      phase: 'building index: scanning table',
      done: 4_200,
      total: 12_000,
    },
  };
}

process.exitCode = await runTui({ connect: () => engine.connection });
