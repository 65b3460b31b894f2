import * as v from 'valibot';
import { duration, flag, oneOf, oneOrMore, text, wholeNumber } from './entries.ts';
import { hoursHelp, parseHours } from './hours.ts';
import { writers } from './protection.ts';

/*
 * The settings for what comes before a run: protected databases, backups, findings.
 */

const severities = ['danger', 'warning', 'note'] as const;

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

/** Databases that are protected, and how. */
export const protectedEntry = v.optional(
  v.pipe(
    v.union(
      [v.boolean(), protection, v.array(v.union([v.string(), protection], protectionHelp))],
      'must be true, false, a rule, or a list of contexts and rules',
    ),
    v.description(
      'Databases that can only be changed after typing their name, and under the rules given here: true for all of them, names of MikroORM contexts, or rules by context, host and database.',
    ),
  ),
);

/** Backups before runs. */
export const backupEntry = v.optional(
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
);

/** Which findings stop a run. */
export const lintEntry = v.optional(
  v.pipe(
    v.strictObject(
      {
        level: v.optional(
          oneOf(
            ['danger', 'warning', 'note'],
            'The lowest severity for which migtui lint exits with code 3. Default "danger".',
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
              'Severities by rule: { "drop-column": "warning", "wide-index": "off" }. The rules are in node_modules/migtui/docs/safety.md.',
            ),
          ),
        ),
      },
      'must be an object with "level" and "rules"',
    ),
    v.description('How migrations are linted before they run.'),
  ),
);
