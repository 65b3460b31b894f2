import type { Step } from '../revisions/plans/plan.ts';
import type { LedgerTable } from './ledger.ts';
import { lockKeys } from './lock.ts';
import { quoteLiteral } from './quote.ts';

/** The start of a script. */
export interface ScriptStart {
  readonly table: LedgerTable;
  /** A description. */
  readonly from: string;
  /**
   * The required log contents at the start, and the rows that must not exist, apart from the script's own
   * revisions.
   */
  readonly start: { readonly applied: readonly string[]; readonly absent: readonly string[] };
}

/** Refuses a database that is not at the start of the script; null if there is nothing to check. */
export function checkStart({ table, from, start }: ScriptStart): string | null {
  const { applied, absent } = start;
  if (applied.length + absent.length === 0) return null;
  const where = `this script is for a database at ${oneLine(from)}`.replaceAll('%', '%%');
  const list = (ids: readonly string[]): string => `array[${ids.map(quoteLiteral).join(', ')}]::text[]`;
  const logged = `select from ${table.sql} as applied where regexp_replace(applied.name, '[.][jt]s$', '') = wanted`;
  const raise = (words: string): string[] => [
    '  if found is not null then',
    `    raise exception ${quoteLiteral(`${where}: % ${words}`)}, found;`,
    '  end if;',
  ];
  const test = (ids: readonly string[], condition: string, words: string): string[] =>
    ids.length === 0
      ? []
      : [
          `  select wanted into found from unnest(${list(ids)}) as wanted where ${condition} (${logged}) limit 1;`,
          ...raise(words),
        ];
  return [
    'do $migtui$',
    'declare found text;',
    'begin',
    `  if to_regclass(${quoteLiteral(table.sql)}) is null then`,
    ...(applied.length === 0
      ? ['    return;']
      : [
          `    raise exception ${quoteLiteral(`${where}: nothing is applied here, there is no table ${table.sql.replaceAll('%', '%%')}`)};`,
        ]),
    '  end if;',
    ...test(applied, 'not exists', 'is not applied'),
    ...test(absent, 'exists', 'is applied on top of it'),
    'end $migtui$;',
  ].join('\n');
}

/** Refuses if the batch's revisions are not in the expected state, or a run is in progress. */
export function checkBatch(table: LedgerTable, steps: readonly Step[]): string {
  const test = (toBeLogged: boolean, condition: string, words: string): string[] => {
    const names = steps
      .filter(({ action }) => (action === 'up' || action === 'log') === toBeLogged)
      .flatMap(({ revision, action, with: others = [] }) =>
        action === 'up' ? [...others, revision] : [revision],
      )
      .map(quoteLiteral);
    if (names.length === 0) return [];
    return [
      `  select wanted into found from unnest(array[${names.join(', ')}]) as wanted where ${condition}`,
      `    (select from ${table.sql} as applied where regexp_replace(applied.name, '[.][jt]s$', '') = wanted) limit 1;`,
      `  if found is not null then raise exception '% ${words}', found; end if;`,
    ];
  };
  return [
    'do $migtui$',
    'declare found text;',
    'begin',
    `  if not pg_try_advisory_xact_lock(${lockKeys(table).batch}) then`,
    "    raise exception 'a migtui run is in progress';",
    '  end if;',
    ...test(true, 'exists', 'is applied already'),
    ...test(false, 'not exists', 'is not applied'),
    'end $migtui$;',
  ].join('\n');
}

/** A text that cannot end the surrounding comment or message. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
