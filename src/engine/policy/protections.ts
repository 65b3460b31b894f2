import type { Protection } from '../../settings/protection.ts';

/** The database whose policy is checked. */
export interface Subject {
  readonly context: string;
  /** Null: the config has its own client, and only that knows the host. */
  readonly host: string | null;
  readonly database: string;
}

/** The option `protected` as protections. */
export function protectionsIn(
  setting: boolean | readonly (string | Protection)[] | undefined,
): readonly Protection[] {
  if (setting === undefined || setting === false) return [];
  if (setting === true) return [{ setBy: 'the option "protected"' }];
  return setting.map(one =>
    typeof one === 'string' ? { setBy: 'the option "protected"', contexts: [one] } : one,
  );
}

/** The protections of a database. An unknown host matches all. */
export function protectionsOf(
  all: readonly Protection[],
  { context, host, database }: Subject,
): Protection[] {
  return all.filter(
    ({ contexts, hosts, databases }) =>
      matches(contexts, context) &&
      (host === null || matches(hosts, host.toLowerCase(), one => one.toLowerCase())) &&
      matches(databases, database),
  );
}

/** Whether a text matches one of these; `*` matches any characters. */
function matches(
  patterns: readonly string[] | undefined,
  text: string,
  normal = (one: string): string => one,
): boolean {
  return patterns === undefined || patterns.some(pattern => matchesOne(normal(pattern), text));
}

function matchesOne(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
