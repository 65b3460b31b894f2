import * as v from 'valibot';
import { backupEntry, lintEntry, protectedEntry } from './before-run-schema.ts';
import { duration, flag, oneOf, text } from './entries.ts';
import { fleetEntry } from './fleet-schema.ts';
import { strictRules } from './strict.ts';

const key = v.pipe(v.string('must be a key or a list of keys'), v.nonEmpty('must name a key'));

const server = v.pipe(
  text('URL of a PostgreSQL server on which revisions are rehearsed. Default: PGlite in memory.'),
  v.regex(/^postgres(ql)?:\/\//, 'must be a URL such as "postgres://user@localhost:5432"'),
);

const historyColumns = ['age', 'author', 'duration', 'size', 'contexts'] as const;

/** A column of the History pane that can be left out. */
export type HistoryColumn = (typeof historyColumns)[number];

const entries = {
  $schema: v.optional(text('Where the JSON schema of this file is, for editors.')),
  keys: v.optional(
    v.pipe(
      v.record(
        v.string(),
        v.union([key, v.array(key)], 'must be a key or a list of keys'),
        'must be an object of command ids and keys',
      ),
      v.description(
        'Keys by command id, instead of the built-in ones: { "upgrade": "U", "quit": ["q", "ctrl+q"] }. An empty list removes the key. The help in the app (?) shows the ids.',
      ),
    ),
  ),
  theme: v.optional(
    oneOf(
      ['auto', 'dark', 'light', 'high-contrast', 'none'],
      'Colours of the app. auto asks the terminal for its background; none uses no colour.',
    ),
  ),
  ascii: v.optional(flag('Draw with ASCII characters only. Default: where the terminal is not UTF-8.')),
  mouse: v.optional(flag('Click to focus and select, wheel to scroll. Default true.')),
  motion: v.optional(flag('Spinners and moving progress bars. Default true.')),
  columns: v.optional(
    v.pipe(
      v.array(
        v.picklist(historyColumns),
        `must be a list of ${historyColumns.map(one => `"${one}"`).join(', ')}`,
      ),
      v.description(
        'What the History pane shows of each revision from 140 columns on: age, author (from git), duration (from the journal), size (SQL statements), contexts (the other ones in which it is applied; connects to them). Default: all but contexts.',
      ),
    ),
  ),
  layout: v.optional(
    oneOf(
      ['full', 'calm'],
      'full: five panes. calm: History and Detail; the other panes take their place while they have the focus. Default full.',
    ),
  ),
  live: v.optional(flag('Watch the migrations folder and the database for changes by others. Default true.')),
  connectTimeout: v.optional(
    duration(
      'How long a server may take to accept a connection; 0 waits forever. Default: connectionTimeoutMillis of driverOptions in the MikroORM config, else 10 seconds.',
    ),
  ),
  answerTimeout: v.optional(
    duration(
      'How long a server may take to answer a query of migtui itself, and how soon a lost answer to a statement is noticed; 0 waits forever. Statements of revisions have no such limit. Default 15 seconds.',
    ),
  ),
  lockWait: v.optional(
    duration('How long a run waits for another run to end; 0 does not wait. Default 60 seconds.'),
  ),
  lockTimeout: v.optional(
    duration("PostgreSQL's lock_timeout for every statement of a run. Default 5 seconds."),
  ),
  statementTimeout: v.optional(
    duration("PostgreSQL's statement_timeout for every statement of a run. Default: the server's."),
  ),
  retries: v.optional(
    v.pipe(
      v.number('must be a whole number'),
      v.integer('must be a whole number'),
      v.minValue(0, 'must not be negative'),
      v.description('How often a transaction is retried after a lock timeout or a deadlock. Default 3.'),
    ),
  ),
  transaction: v.optional(
    oneOf(
      ['all', 'each'],
      'One transaction for the whole run, or one for each revision. Default: allOrNothing of the MikroORM config.',
    ),
  ),
  protected: protectedEntry,
  backup: backupEntry,
  lint: lintEntry,
  readOnly: v.optional(flag('Refuse everything that writes to the database.')),
  strict: v.optional(
    v.pipe(
      v.union(
        [v.boolean(), v.array(v.picklist(strictRules))],
        `must be true, false or a list of ${strictRules.map(rule => `"${rule}"`).join(', ')}`,
      ),
      v.description(
        'Refuse to run over applied revisions without a file (missing), revisions pending below applied ones (out-of-order), or applied revisions whose files were edited (edited): true for all of them. Default false.',
      ),
    ),
  ),
  shadow: v.optional(
    v.union(
      [
        server,
        v.strictObject({
          server: v.optional(server),
          baseline: v.optional(
            text(
              'SQL that is run on every shadow before the revisions: the schema of the database before its first revision, such as the output of pg_dump --schema-only. A path relative to the project.',
            ),
          ),
        }),
      ],
      'must be a URL such as "postgres://user@localhost:5432", or an object with "server" and "baseline"',
    ),
  ),
  notCompared: v.optional(
    v.pipe(
      v.array(
        v.picklist(['owners', 'grants'], 'must be "owners" or "grants"'),
        'must be a list of "owners" and "grants"',
      ),
      v.description(
        'What comparisons of the live schema with its revisions leave out: owners of objects, grants with default privileges. Default: nothing.',
      ),
    ),
  ),
  fleet: v.optional(fleetEntry),
  editor: v.optional(
    text('Command that opens a file, such as "code --wait". Default: $VISUAL, $EDITOR, vi.'),
  ),
};

/** The schema of a settings file; the published JSON schema is generated from it. */
export const settingsSchema = v.pipe(
  v.strictObject(entries),
  v.title('Settings of migtui'),
  v.description(
    'In a project: "migtui" in package.json, or migtui.config.{js,mjs,ts,json}. For a person: migtui/config.json in the XDG config folder.',
  ),
);

/** Names of all settings. */
export const settingNames: readonly string[] = Object.keys(entries).filter(name => name !== '$schema');

/** A settings file as written. */
export type SettingsFile = v.InferOutput<typeof settingsSchema>;
