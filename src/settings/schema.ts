import * as v from 'valibot';
import { durationHelp, parseDuration } from './duration.ts';
import type { FleetSettings } from './fleet.ts';
import { fleetEntry } from './fleet-schema.ts';
import { hoursHelp, parseHours } from './hours.ts';
import { type Protection, writers } from './protection.ts';
import { type StrictRule, strictRules } from './strict.ts';

const duration = (description: string) =>
  v.pipe(
    v.union([v.number(), v.string()], `must be ${durationHelp}`),
    v.check(value => parseDuration(value) !== null, `must be ${durationHelp}`),
    v.description(`${description} ${durationHelp[0]?.toUpperCase()}${durationHelp.slice(1)}.`),
  );

const flag = (description: string) => v.pipe(v.boolean('must be true or false'), v.description(description));

const key = v.pipe(v.string('must be a key or a list of keys'), v.nonEmpty('must name a key'));

const text = (description: string) =>
  v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'), v.description(description));

const oneOf = <const Options extends readonly string[]>(options: Options, description: string) =>
  v.pipe(
    v.picklist(options, `must be one of ${options.map(option => `"${option}"`).join(', ')}`),
    v.description(description),
  );

const wholeNumber = (description: string, least: number) =>
  v.pipe(
    v.number('must be a whole number'),
    v.integer('must be a whole number'),
    v.minValue(least, `must be at least ${least}`),
    v.description(description),
  );

const server = v.pipe(
  text('URL of a PostgreSQL server on which revisions are rehearsed. Default: PGlite in memory.'),
  v.regex(/^postgres(ql)?:\/\//, 'must be a URL such as "postgres://user@localhost:5432"'),
);

const severities = ['danger', 'warning', 'note'] as const;

const oneOrMore = (description: string) => {
  const one = v.pipe(v.string('must be a string or a list of strings'), v.nonEmpty('must not be empty'));
  return v.pipe(
    v.union([one, v.array(one)], 'must be a string or a list of strings'),
    v.description(description),
  );
};

const hours = v.pipe(
  v.string(`must be ${hoursHelp}`),
  v.check(text => parseHours(text) !== null, `must be ${hoursHelp}`),
);

const protectionHelp = 'must be a context or a rule';

const protection = v.strictObject({
  context: v.optional(
    oneOrMore('Contexts of the MikroORM config; * stands for any characters. Default: all contexts.'),
  ),
  host: v.optional(oneOrMore('Hosts of databases; * stands for any characters. Default: all hosts.')),
  database: v.optional(oneOrMore('Names of databases; * stands for any characters. Default: all databases.')),
  reason: v.optional(text('Reason, shown when a change is refused.')),
  confirm: v.optional(
    flag('Changes require the name of the database: typed, or given with --confirm. Default true.'),
  ),
  backup: v.optional(flag('Migrations run only after a backup, which is taken without being asked for.')),
  rehearsal: v.optional(
    v.pipe(
      v.union(
        [
          v.boolean(),
          v.strictObject({
            within: v.optional(duration('No older than this. Default 24 hours.')),
            data: v.optional(flag('On a copy with data (rehearse --data). Default false.')),
            allowMissingDown: v.optional(flag('A revision without down() is no problem. Default false.')),
          }),
        ],
        'must be true, false or an object with "within", "data" and "allowMissingDown"',
      ),
      v.description('Migrations run only after a rehearsal of this plan.'),
    ),
  ),
  findings: v.optional(
    oneOf(
      severities,
      'Refuse migrations with findings of this severity or a higher one that are not accepted.',
    ),
  ),
  hours: v.optional(
    v.pipe(
      v.union([hours, v.array(hours)], `must be ${hoursHelp}, or a list of them`),
      v.description(`Change the database only in these ${hoursHelp}.`),
    ),
  ),
  writers: v.optional(
    oneOf(writers, 'Who may change the database: anyone, only CI (the environment variable CI), or nobody.'),
  ),
});

const historyColumns = ['age', 'author', 'duration', 'size', 'contexts'] as const;

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
        'Keys by command id, instead of the built-in ones: { "upgrade": "U", "quit": ["q", "ctrl+q"] }. An empty list takes the key away. The help in the app (?) shows the ids.',
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
      'How long a server may take to answer a query of migtui itself, and how soon a lost answer to a statement is noticed; 0 waits forever. Statements of revisions may take as long as they like. Default 15 seconds.',
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
      v.description('How often a transaction is tried again after a lock timeout. Default 3.'),
    ),
  ),
  transaction: v.optional(
    oneOf(
      ['all', 'each'],
      'One transaction for the whole run, or one for each revision. Default: allOrNothing of the MikroORM config.',
    ),
  ),
  protected: v.optional(
    v.pipe(
      v.union(
        [v.boolean(), protection, v.array(v.union([v.string(), protection], protectionHelp))],
        'must be true, false, a rule, or a list of contexts and rules',
      ),
      v.description(
        'Databases that are only changed with their name typed, and by the rules given here: true for all of them, names of MikroORM contexts, or rules by context, host and database.',
      ),
    ),
  ),
  backup: v.optional(
    v.pipe(
      v.union(
        [
          v.boolean(),
          v.strictObject({
            always: v.optional(flag('Back up before every upgrade and downgrade. Default false.')),
            folder: v.optional(text('Folder for the backups, relative to the project. Default "backups".')),
            format: v.optional(
              oneOf(
                ['custom', 'directory'],
                'Format of pg_dump: one file, or a folder written by parallel jobs. Default custom.',
              ),
            ),
            jobs: v.optional(
              wholeNumber(
                'Parallel jobs of the directory format. Default: up to 4, as there are processors.',
                1,
              ),
            ),
            pgDump: v.optional(
              text('Path of pg_dump. Default: the first on PATH that is new enough for the server.'),
            ),
            keep: v.optional(
              wholeNumber('Keep this many backups of a database, delete older ones. Default: keep all.', 1),
            ),
            keepFor: v.optional(
              duration('Delete backups of a database that are older than this. Default: never.'),
            ),
          }),
        ],
        'must be true, false or an object',
      ),
      v.description('Back up the database before a run: true is { "always": true }.'),
    ),
  ),
  lint: v.optional(
    v.pipe(
      v.strictObject(
        {
          level: v.optional(
            oneOf(
              ['danger', 'warning', 'note'],
              'The severity from which on migtui lint has the exit code 3. Default "danger".',
            ),
          ),
          rules: v.optional(
            v.pipe(
              v.record(
                v.string(),
                v.picklist(
                  ['danger', 'warning', 'note', 'off'],
                  'must be "danger", "warning", "note" or "off"',
                ),
                'must be an object of rules and severities',
              ),
              v.description(
                'Severities by rule: { "drop-column": "warning", "wide-index": "off" }. docs/safety.md has the rules.',
              ),
            ),
          ),
        },
        'must be an object with "level" and "rules"',
      ),
      v.description('How migrations are linted before they run.'),
    ),
  ),
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
              'SQL that every shadow is given before anything is replayed: what the database had before its first revision, such as pg_dump --schema-only writes. A path relative to the project.',
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

/** How backups are taken. */
export interface BackupSettings {
  /** Before every run, even without `--backup`. */
  readonly always: boolean;
  /** As written: absolute, or relative to the project. */
  readonly folder: string;
  readonly format: 'custom' | 'directory';
  readonly jobs: number | undefined;
  readonly pgDump: string | undefined;
  readonly keep: number | undefined;
  /** ms */
  readonly keepFor: number | undefined;
}

type Severity = 'danger' | 'warning' | 'note';

/** How findings are reported. */
export interface LintLevels {
  readonly level?: Severity | undefined;
  readonly rules?: Readonly<Record<string, Severity | 'off'>> | undefined;
}

/** Merged project and user settings; durations in milliseconds, undefined if not set. */
export interface Settings {
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly theme: 'auto' | 'dark' | 'light' | 'high-contrast' | 'none';
  readonly ascii: boolean | undefined;
  readonly mouse: boolean;
  readonly motion: boolean;
  readonly columns: readonly (typeof historyColumns)[number][];
  readonly layout: 'full' | 'calm';
  readonly live: boolean;
  readonly connectTimeout: number | undefined;
  readonly answerTimeout: number | undefined;
  readonly lockWait: number | undefined;
  readonly lockTimeout: number | undefined;
  readonly statementTimeout: number | undefined;
  readonly retries: number | undefined;
  readonly transaction: 'all' | 'each' | undefined;
  readonly protected: readonly Protection[];
  readonly backup: BackupSettings;
  readonly lint: LintLevels;
  readonly readOnly: boolean;
  readonly strict: readonly StrictRule[];
  readonly shadow: string | undefined;
  /** Of `shadow.baseline`; relative to the project. */
  readonly baseline: string | undefined;
  /** What comparisons with the live schema leave out. */
  readonly notCompared: readonly ('owners' | 'grants')[];
  /** The targets of `migtui fleet`. */
  readonly fleet: FleetSettings;
  readonly editor: string | undefined;
}
