import { basename } from 'node:path';
import * as v from 'valibot';
import { Failure, type Problem } from '../foundation/failure.ts';
import { redact } from '../foundation/secrets/redactor.ts';
import { type SettingsFile, settingNames, settingsSchema } from './schema.ts';

/**
 * Validates a settings file.
 * @param path of the file, for messages
 * @throws Failure `settings-invalid`, with all problems
 */
export function validate(settings: unknown, path: string): SettingsFile {
  const result = v.safeParse(settingsSchema, withoutLists(settings));
  if (result.success) return result.output;
  const file = basename(path) === 'package.json' ? 'package.json ("migtui")' : basename(path);
  const problems = result.issues
    .flatMap(innermost)
    .map((wrong): Problem => ({ code: 'setting', message: messageOf(wrong), file }));
  throw new Failure({
    code: 'settings-invalid',
    message: `The settings in ${file} are not valid.`,
    next: 'Every setting is described in node_modules/migtui/docs/settings.md.',
    problems,
  });
}

interface Wrong {
  readonly issue: v.BaseIssue<unknown>;
  /** The allowed values, if the issue is inside a union. */
  readonly instead?: string;
}

/** For a union: the problem inside the intended option. */
function innermost(issue: v.BaseIssue<unknown>): Wrong[] {
  if (issue.type !== 'union') return [{ issue }];
  const isList = Array.isArray(issue.input);
  // Their paths are relative to the union.
  const inside = (issue.issues ?? [])
    .filter(({ path }) => path !== undefined && (path[0].type === 'array') === isList)
    .map(one => ({ ...one, path: [...(issue.path ?? []), ...(one.path ?? [])] }) as v.BaseIssue<unknown>);
  const instead = `"${settingOf(issue)}" ${issue.message}`;
  return inside.length > 0 ? inside.flatMap(innermost).map(one => ({ instead, ...one })) : [{ issue }];
}

function settingOf({ path }: v.BaseIssue<unknown>): string {
  return path?.map(item => String(item.key)).join('.') ?? '';
}

/** valibot treats a list as an object without entries. */
function withoutLists(settings: unknown): unknown {
  if (Array.isArray(settings)) return JSON.stringify(settings);
  const keys = (settings as { keys?: unknown } | null)?.keys;
  return Array.isArray(keys) ? { ...(settings as object), keys: JSON.stringify(keys) } : settings;
}

function messageOf({ issue, instead }: Wrong): string {
  const setting = settingOf(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return `there is no setting "${setting}"${nearest(setting)}; ${instead ?? `there are ${settingNames.join(', ')}`}`;
  }
  if (issue.type === 'strict_object') return 'must be an object of settings';
  return `"${setting}" ${issue.message}, not ${redact(JSON.stringify(issue.input))}`;
}

/** Finds a setting that differs in case or in one or two letters. */
function nearest(setting: string): string {
  const letters = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');
  const found = settingNames.find(
    name =>
      letters(name) === letters(setting) ||
      (name.length > 4 && distance(letters(name), letters(setting)) <= 2),
  );
  return found ? ` (did you mean "${found}"?)` : '';
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
