import { grouped } from '../../foundation/grouped.ts';
import type { Connection } from '../connect/connection.ts';
import type { MeasuredLoss } from '../losses.ts';

/** Rows are counted up to this number, because a preview must not read a big table. */
const mostCounted = 10_000;

const name = String.raw`((?:[\w$.]+|"[^"]+"|\x60[^\x60]+\x60|\[[^\]]+\])(?:\.(?:[\w$]+|"[^"]+"|\x60[^\x60]+\x60))?)`;
/** Statements that lose data, by their first words, and a description. */
const losing: readonly (readonly [pattern: RegExp, description: string])[] = [
  [new RegExp(`^drop\\s+table\\s+(?:if\\s+exists\\s+)?${name}`, 'i'), 'drops table'],
  [new RegExp(`^truncate\\s+(?:table\\s+)?${name}`, 'i'), 'empties table'],
  [new RegExp(`^delete\\s+from\\s+${name}`, 'i'), 'deletes rows of'],
  [
    new RegExp(
      `^alter\\s+table\\s+${name}[^;]*\\bdrop\\s+(?!constraint|index|key|foreign|primary|check|default)`,
      'i',
    ),
    'drops a column of',
  ],
];

/**
 * The data loss of each step, by the first words of its statements, with row counts. The statements are not
 * parsed: a table that is rebuilt (`create` another, copy, `drop`, rename) counts as dropped.
 * @param steps statements of each step, as they would be sent
 */
export async function portableLosses(
  { query }: Connection,
  steps: readonly (readonly string[])[],
): Promise<MeasuredLoss[][]> {
  const counts = new Map<string, Promise<number | null>>();
  const count = (table: string): Promise<number | null> => {
    const known =
      counts.get(table) ??
      query<{ count: number }>(
        `select count(*) as count from (select 1 as one from ${table} limit ${mostCounted + 1}) as some`,
      ).then(
        ([row]) => Number(row?.count ?? 0),
        () => null,
      );
    counts.set(table, known);
    return known;
  };
  return Promise.all(
    steps.map(async statements => {
      const found = statements.flatMap(sql => lossOf(sql) ?? []);
      return Promise.all(
        found.map(async ({ description, table }): Promise<MeasuredLoss> => {
          const rows = await count(table);
          const shown = `${description} ${table.replace(/["`[\]]/g, '')}`;
          // Null: the table does not exist yet.
          if (rows === null || rows === 0) return { description: shown, destructive: false };
          const many = rows > mostCounted ? `more than ${grouped(mostCounted)}` : grouped(rows);
          return { description: `${shown}: ${many} ${rows === 1 ? 'row' : 'rows'}`, destructive: true };
        }),
      );
    }),
  );
}

function lossOf(sql: string): { readonly description: string; readonly table: string } | null {
  const text = sql.replace(/^\s*(?:(?:--[^\n]*\n|\/\*[\s\S]{0,10000}?\*\/)\s*)*/, '');
  for (const [pattern, description] of losing) {
    const table = pattern.exec(text)?.[1];
    if (table) return { description, table };
  }
  return null;
}
