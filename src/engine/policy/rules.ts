import { isWithin, parseHours } from '../../settings/hours.ts';
import type { Protection, RequiredRehearsal } from '../../settings/protection.ts';
import type { Finding, PolicyCheck, PolicyRule, PolicyRuleName, Severity } from '../api.ts';
import type { RehearsalRecord } from '../planning/rehearsal-records.ts';

/** The known facts when a policy is checked for an action. */
export interface Facts {
  readonly now: Date;
  readonly ci: boolean;
  readonly database: string;
  /** The typed name; undefined: not asked yet. */
  readonly confirm?: string | undefined;
  /** Undefined: not known yet whether there will be one. */
  readonly backup?: boolean | undefined;
  /** The plan, if migrations are about to run. */
  readonly migrating: {
    readonly rehearsal: RehearsalRecord | null;
    readonly findings: readonly Finding[];
    /** The downgrade of an interrupted revision: the shadow has no such state. */
    readonly halfWay?: boolean | undefined;
  } | null;
}

/** A rule that can be checked for an action. */
export interface Rule extends PolicyRule {
  check(facts: Facts): Pick<PolicyCheck, 'state' | 'message' | 'next'>;
}

const met = { state: 'met', next: '' } as const;

/** The rules of a protection, in report order. */
export function rulesOf(protection: Protection): Rule[] {
  const { setBy, reason = null, confirm = true, backup, rehearsal, findings, hours, writers } = protection;
  const rules: Rule[] = [];
  const add = (rule: PolicyRuleName, words: string, check: Rule['check']): void => {
    // A list of contexts, or true, has no part to name.
    const part = Object.hasOwn(protection, rule) && protection[rule] !== undefined ? `.${rule}` : '';
    const at = setBy.indexOf(' in ');
    const named = at < 0 ? setBy : `${setBy.slice(0, at)}${part}${setBy.slice(at)}`;
    rules.push({ rule, words, setBy: named, reason, check });
  };
  if (writers === 'ci' || writers === 'nobody') add('writers', writersRule[writers], whoWrites(writers));
  if (hours) add('hours', `changes only in ${hours.join(', ')}`, inHours(hours));
  if (findings) {
    add(
      'findings',
      `no findings of severity ${findings}${orMore(findings)} that are not accepted`,
      noFindings(findings),
    );
  }
  if (rehearsal) {
    const data = rehearsal.data ? ' on a copy with data' : '';
    add(
      'rehearsal',
      `a rehearsal of this plan${data}, no older than ${span(rehearsal.within)}`,
      rehearsed(rehearsal),
    );
  }
  if (backup) add('backup', 'a backup before migrations run', backedUp);
  if (confirm) add('confirm', "the database's name, typed or given with --confirm", named);
  return rules;
}

const writersRule = { ci: 'changes by CI only', nobody: 'no changes' };

const whoWrites =
  (writers: 'ci' | 'nobody'): Rule['check'] =>
  ({ ci }) => {
    if (writers === 'ci' && ci) return { ...met, message: 'this runs in CI' };
    return {
      state: 'broken',
      message: writers === 'ci' ? 'only CI may change it' : 'nobody may change it',
      next:
        writers === 'ci'
          ? 'Run it in CI, where the environment variable CI is set, or preview it with --plan.'
          : 'Preview it with --plan, or change that setting.',
    };
  };

const inHours =
  (hours: readonly string[]): Rule['check'] =>
  ({ now }) => {
    const within = hours.some(text => {
      const parsed = parseHours(text);
      return parsed !== null && isWithin(parsed, now);
    });
    if (within) return { ...met, message: `it is ${utc(now)}` };
    return {
      state: 'broken',
      message: `changes are allowed only in ${hours.join(', ')}, and it is ${utc(now)} by the server's clock`,
      next: 'Wait until then.',
    };
  };

const severities: readonly Severity[] = ['danger', 'warning', 'note'];

function orMore(severity: Severity): string {
  return severity === 'danger' ? '' : ' or higher';
}

const noFindings =
  (level: Severity): Rule['check'] =>
  ({ migrating }) => {
    if (migrating === null) return { ...met, message: 'no migration runs' };
    const least = severities.indexOf(level);
    const found = migrating.findings.filter(
      ({ severity, accepted }) => accepted === undefined && severities.indexOf(severity) <= least,
    );
    const [first] = found;
    if (!first) return { ...met, message: `no finding of severity ${level}${orMore(level)}` };
    const more = found.length > 1 ? ` and ${found.length - 1} more` : '';
    return {
      state: 'broken',
      message: `findings of severity ${level}${orMore(level)} are not allowed, and ${first.revision} has ${first.rule}${more}`,
      next: 'See migtui lint; use the safe form, or accept the finding in the migration: // migtui: accept <rule> because …',
    };
  };

const rehearsed =
  ({ within, data, allowMissingDown }: RequiredRehearsal): Rule['check'] =>
  ({ now, migrating }) => {
    if (migrating === null) return { ...met, message: 'no migration runs' };
    const { rehearsal, halfWay } = migrating;
    if (halfWay) return { ...met, message: 'an interrupted revision cannot be rehearsed' };
    const kind = data ? 'a rehearsal of this plan on a copy with data' : 'a rehearsal of this plan';
    const next = data
      ? 'Rehearse it: migtui rehearse --shadow <url> --data <dump or database>.'
      : 'Rehearse it: migtui rehearse (with the same target), or run it with --rehearse.';
    const at = rehearsal && (data ? rehearsal.measuredAt : rehearsal.at);
    if (!rehearsal || !at)
      return { state: 'broken', message: `${kind} is required, and there is none`, next };
    if (!(allowMissingDown ? rehearsal.okButDowns : rehearsal.ok)) {
      return {
        state: 'broken',
        message: `${kind} is required, and the last one found a problem`,
        next: 'See migtui rehearse, and fix the revisions.',
      };
    }
    const age = now.getTime() - Date.parse(at);
    if (age > within) {
      return {
        state: 'broken',
        message: `the last rehearsal of this plan${data ? ' on a copy with data' : ''} is ${span(age)} old; it must be at most ${span(within)} old`,
        next,
      };
    }
    return { ...met, message: `rehearsed ${span(Math.max(age, 0))} ago` };
  };

const backedUp: Rule['check'] = ({ migrating, backup }) => {
  if (migrating === null) return { ...met, message: 'no migration runs' };
  if (backup === undefined) return { state: 'asked', message: 'a backup is taken first', next: '' };
  if (backup) return { ...met, message: 'a backup is taken first' };
  return {
    state: 'broken',
    message: 'a backup is required before migrations run, and this run takes none',
    next: 'Run it with --backup.',
  };
};

const named: Rule['check'] = ({ database, confirm }) => {
  if (confirm === database) return { ...met, message: 'its name was given' };
  const next = `Pass its name: --confirm ${database}`;
  if (confirm === undefined) return { state: 'asked', message: 'the name of the database is required', next };
  return {
    state: 'broken',
    message: `the name of the database is required, and "${confirm}" is another one`,
    next,
  };
};

function utc(at: Date): string {
  return `${at.toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' })} ${at.toISOString().slice(11, 16)} UTC`;
}

/** A duration in one unit. */
function span(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
