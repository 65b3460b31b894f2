import type { RuleId } from './rules/all.ts';

/** The rules that a comment accepts, with its reason. */
export type Acceptances = ReadonlyMap<string, string>;

const form = /migtui:\s*accept\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s+because\s+(\S[^\n]*)/g;

/**
 * Parses `migtui: accept <rule> because <reason>`, also with several rules separated by commas. Without a
 * reason nothing is accepted.
 * @param text comments of a migration's source, or of a statement
 */
export function acceptancesIn(text: string): Acceptances {
  const found = new Map<string, string>();
  for (const [, rules = '', reason = ''] of text.matchAll(form)) {
    for (const rule of rules.split(',')) found.set(rule.trim(), reason.replace(/\*\/.*$/, '').trim());
  }
  return found;
}

/** The comments of a migration's source that apply to all of it: `//` and block comments, outside SQL. */
export function fileAcceptances(source: string | null): Acceptances {
  const lines = (source ?? '').split('\n').filter(line => /^\s*(\/\/|\/?\*)/.test(line));
  return acceptancesIn(lines.join('\n'));
}

/** The reason for which a finding is accepted, if it is. */
export function reasonFor(rule: RuleId, statement: string, file: Acceptances): string | undefined {
  return file.get(rule) ?? (statement.includes('migtui:') ? acceptancesIn(statement).get(rule) : undefined);
}
