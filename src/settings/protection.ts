import { parseDuration } from './duration.ts';

/** Who may write to a protected database. */
export const writers = ['anyone', 'ci', 'nobody'] as const;

/** The requirements for changing the databases that it matches. */
export interface Protection {
  /** The setting and its file, such as `protected[0] in migtui.config.json`. */
  readonly setBy: string;
  /**
   * Patterns for contexts, hosts and database names, where `*` matches anything; undefined: all. A database
   * must match all three.
   */
  readonly contexts?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly databases?: readonly string[] | undefined;
  /** Reason, shown when a change is refused. */
  readonly reason?: string | undefined;
  /** The database's name must be typed. Default true. */
  readonly confirm?: boolean | undefined;
  /** Migrations run only after a backup. */
  readonly backup?: boolean | undefined;
  /** Migrations run only after a rehearsal of this plan. */
  readonly rehearsal?: RequiredRehearsal | undefined;
  /** Migrations with findings of this severity or higher are refused, unless the findings are accepted. */
  readonly findings?: 'danger' | 'warning' | 'note' | undefined;
  /** Only in these hours, in the format of `parseHours`. */
  readonly hours?: readonly string[] | undefined;
  readonly writers?: (typeof writers)[number] | undefined;
}

/** Which rehearsals count. */
export interface RequiredRehearsal {
  /** Maximum age, ms. */
  readonly within: number;
  /** On a copy with data. */
  readonly data: boolean;
  /** A revision without `down()` is allowed. */
  readonly allowMissingDown: boolean;
}

/** Default maximum age of a rehearsal, ms. */
const fresh = 24 * 3_600_000;

type OneOrMore = string | readonly string[];

/** A protection as written in a settings file. */
export interface WrittenProtection {
  readonly context?: OneOrMore | undefined;
  readonly host?: OneOrMore | undefined;
  readonly database?: OneOrMore | undefined;
  readonly reason?: string | undefined;
  readonly confirm?: boolean | undefined;
  readonly backup?: boolean | undefined;
  readonly rehearsal?:
    | boolean
    | {
        readonly within?: string | number | undefined;
        readonly data?: boolean | undefined;
        readonly allowMissingDown?: boolean | undefined;
      }
    | undefined;
  readonly findings?: Protection['findings'];
  readonly hours?: OneOrMore | undefined;
  readonly writers?: Protection['writers'];
}

/**
 * The protections of one settings file.
 * @param file for messages, such as `migtui.config.json`
 */
export function protectionsIn(
  setting: boolean | WrittenProtection | readonly (string | WrittenProtection)[] | undefined,
  file: string,
): Protection[] {
  if (setting === undefined || setting === false) return [];
  if (setting === true) return [{ setBy: `protected in ${file}` }];
  if (!isList(setting)) return [protectionOf(setting, `protected in ${file}`)];
  return setting.map((one, index) => {
    const setBy = `protected[${index}] in ${file}`;
    return typeof one === 'string' ? { setBy, contexts: [one] } : protectionOf(one, setBy);
  });
}

function protectionOf(
  { context, host, database, rehearsal, hours, ...rest }: WrittenProtection,
  setBy: string,
): Protection {
  return {
    ...rest,
    setBy,
    contexts: list(context),
    hosts: list(host),
    databases: list(database),
    hours: list(hours),
    rehearsal: rehearsalOf(rehearsal),
  };
}

function rehearsalOf(written: WrittenProtection['rehearsal']): RequiredRehearsal | undefined {
  if (written === undefined || written === false) return undefined;
  const { within, data = false, allowMissingDown = false } = written === true ? {} : written;
  return { within: within === undefined ? fresh : (parseDuration(within) ?? fresh), data, allowMissingDown };
}

function list(value: OneOrMore | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : typeof value === 'string' ? [value] : value;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
