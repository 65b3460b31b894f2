import type { FileChecksums } from '../project/files/migration-source.ts';
import type { Step } from '../revisions/plans/plan.ts';
import type { StrictRule } from '../values/run.ts';
import { clockTolerance } from './journal/edited.ts';
import { ledgerName } from './journal/reader.ts';
import { journalTable } from './journal/table.ts';
import type { LedgerTable } from './ledger.ts';
import { lockKeys } from './lock.ts';
import { quoteLiteral } from './quote.ts';

/** The start of a script. */
export interface ScriptStart {
  readonly table: LedgerTable;
  /** The revisions at which the database must be, for messages; `base` for none. */
  readonly from: string;
  /**
   * The required log contents at the start, and the rows that must not exist, apart from the script's own
   * revisions.
   */
  readonly start: { readonly applied: readonly string[]; readonly absent: readonly string[] };
}

/** The rules of the `strict` setting, and what a script needs to check them. */
export interface ScriptStrict {
  readonly rules: readonly StrictRule[];
  /** All revisions; `replaces`: what a squashed one replaces. */
  readonly revisions: readonly {
    readonly id: string;
    readonly needs: readonly string[];
    readonly replaces: readonly string[];
  }[];
  /** All files, by id. */
  readonly files: ReadonlySet<string>;
  readonly checksums: FileChecksums;
}

/** Refuses a database that is not at the start of the script; null if there is nothing to check. */
export function checkStart({ table, from, start }: ScriptStart): string | null {
  const { applied, absent } = start;
  if (applied.length + absent.length === 0) return null;
  const where = `this script expects these revisions to be applied: ${oneLine(from)}`.replaceAll('%', '%%');
  const list = (ids: readonly string[]): string => `array[${ids.map(quoteLiteral).join(', ')}]::text[]`;
  const logged = `select from ${table.sql} as applied where regexp_replace(applied.name, '[.][jt]s$', '') = wanted`;
  const raise = (problem: string): string[] => [
    '  if found is not null then',
    `    raise exception ${quoteLiteral(`${where}; % ${problem}`)}, found;`,
    '  end if;',
  ];
  const test = (ids: readonly string[], condition: string, problem: string): string[] =>
    ids.length === 0
      ? []
      : [
          `  select wanted into found from unnest(${list(ids)}) as wanted where ${condition} (${logged}) limit 1;`,
          ...raise(problem),
        ];
  return [
    'do $migtui$',
    'declare found text;',
    'begin',
    `  if to_regclass(${quoteLiteral(table.sql)}) is null then`,
    ...(applied.length === 0
      ? ['    return;']
      : [
          `    raise exception ${quoteLiteral(`${where}; nothing is applied here, there is no table ${table.sql.replaceAll('%', '%%')}`)};`,
        ]),
    '  end if;',
    ...test(applied, 'not exists', 'is not applied'),
    ...test(absent, 'exists', 'is applied on top of it'),
    'end $migtui$;',
  ].join('\n');
}

/** Refuses a database that violates a strict rule; null without rules. */
export function checkStrict({
  table,
  strict: { rules, revisions, files, checksums },
}: {
  readonly table: LedgerTable;
  readonly strict: ScriptStrict;
}): string | null {
  if (rules.length === 0) return null;
  const known = new Set([...files, ...revisions.flatMap(({ id, replaces }) => [id, ...replaces])]);
  const recorded = [...checksums].map(([id, checksums]) => ({ id, checksums }));
  const json = (value: unknown): string => `${quoteLiteral(JSON.stringify(value))}::jsonb`;
  const logged = `select regexp_replace(name, '[.][jt]s$', '') as id from ${table.sql}`;
  const query: Readonly<Record<StrictRule, readonly string[]>> = {
    missing: [
      `select string_agg(distinct id, ', ') into found from (${logged}) as logged`,
      `  where id not in (select jsonb_array_elements_text(${json([...known])}));`,
    ],
    'out-of-order': [
      `with logged as (${logged}), graph as (`,
      `  select * from jsonb_to_recordset(${json(revisions)}) as r("id" text, "needs" text[], "replaces" text[])`,
      '), applied as (',
      '  select id from graph where id in (select id from logged)',
      "    or (replaces <> '{}' and not exists (select unnest(replaces) except select id from logged))",
      ") select string_agg(distinct need, ', ') into found from graph, unnest(needs) as need",
      '  where id in (select id from applied) and need not in (select id from applied);',
    ],
    edited: [
      `if to_regclass(${quoteLiteral(journalTable)}) is not null then`,
      '  with last as (select distinct on (revision) revision, action, checksum, finished',
      `    from ${journalTable} where ledger = ${quoteLiteral(ledgerName(table))} and outcome in ('done', 'settled')`,
      '    order by revision, seq desc',
      "  ) select string_agg(distinct last.revision, ', ') into found from last",
      `    join jsonb_to_recordset(${json(recorded)}) as file("id" text, "checksums" text[])`,
      '      on file.id = last.revision and last.checksum <> all (file.checksums)',
      `    join ${table.sql} as applied on regexp_replace(applied.name, '[.][jt]s$', '') = last.revision`,
      `    where action in ('up', 'log') and executed_at::timestamptz <= finished + interval '${clockTolerance} ms';`,
      'end if;',
    ],
  };
  return [
    'do $migtui$',
    'declare found text;',
    'begin',
    `  if to_regclass(${quoteLiteral(table.sql)}) is null then return; end if;`,
    ...rules.flatMap(rule => [
      ...query[rule].map(line => `  ${line}`),
      '  if found is not null then',
      `    raise exception 'the strict rule "${rule}" forbids this script: ${violations[rule]}: %', found;`,
      '  end if;',
    ]),
    'end $migtui$;',
  ].join('\n');
}

/** What is wrong, before the names of the revisions. */
const violations: Readonly<Record<StrictRule, string>> = {
  missing: 'applied, but without a file',
  'out-of-order': 'pending below applied revisions',
  edited: 'edited after they were applied',
};

/** Refuses if the batch's revisions are not in the expected state, or a run is in progress. */
export function checkBatch(table: LedgerTable, steps: readonly Step[]): string {
  const test = (toBeLogged: boolean, condition: string, problem: string): string[] => {
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
      `  if found is not null then raise exception '% ${problem}', found; end if;`,
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
