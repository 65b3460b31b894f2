import { readFile, writeFile } from 'node:fs/promises';
import { families } from '../src/lint/rules/all.ts';
import type { Family } from '../src/lint/rules/rule.ts';

/*
 * Writes the rules into docs/safety.md: node scripts/safety-rules.ts
 */

const begin = '<!-- rules -->';
const end = '<!-- end of rules -->';

const silent: Readonly<Record<string, string>> = {
  rows: 'Not reported for tables that are empty or created in the plan.',
  data: 'Not reported for objects created in the plan; a warning if the table is empty.',
  clients: 'Not reported for objects created in the plan; a warning if the table is empty.',
  lock: 'Not reported for objects created in the plan.',
  always: '',
};

/** The page with the section of every rule replaced. */
export function withRules(page: string): string {
  const sections = Object.entries<Family>(families).map(([title, family]) => {
    const rules = Object.entries(family).map(([id, { severity, about, finds, why, safe }]) =>
      [`#### \`${id}\``, `**${severity}** · ${finds}. ${silent[about]}`.trim(), why, `Instead: ${safe}`].join(
        '\n\n',
      ),
    );
    return [`### ${title}`, ...rules].join('\n\n');
  });
  const [before = '', rest = ''] = page.split(begin);
  const after = rest.split(end)[1] ?? '';
  return `${before}${begin}\n\n${sections.join('\n\n')}\n\n${end}${after}`;
}

if (import.meta.main) {
  const path = new URL('../docs/safety.md', import.meta.url);
  await writeFile(path, withRules(await readFile(path, 'utf8')));
}
