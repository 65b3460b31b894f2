import { Linter, type LintStep } from '../../src/lint/lint.ts';
import { Schema } from '../../src/lint/schema.ts';
import type { Server } from '../../src/lint/scope.ts';
import type { Finding } from '../../src/values/findings.ts';
import { boundaries } from './boundaries.ts';
import { details } from './details.ts';
import { gathered } from './gathered.ts';
import { linters } from './linters.ts';
import { setup } from './schema.ts';
import { samples as plain, type Sample } from './statements.ts';

/** All samples, in an order that lists of cases refer to by index. */
export const samples: readonly Sample[] = [...plain, ...boundaries, ...gathered, ...details, ...linters];

/** The server on which the samples are measured. */
export const server: Server = { version: 18, utc: true };

/** A step with these statements. */
export function step(sql: readonly string[], more: Partial<LintStep> = {}): LintStep {
  return {
    revision: 'r',
    action: 'up',
    sql,
    complete: true,
    note: null,
    transactional: true,
    source: null,
    file: null,
    ...more,
  };
}

const populated = new Set(
  'Order Items|users|orgs|orders|sessions|events_2025|events_2026|events|loose_2024|proven_2023|regions_rest|regions|child|stray|secret|keyless|totals|notes|hashed|hashed_0|hashed_1|people|cities|switches|prices|prices_1|prices_2|prices_3|prices_4|prices_rest'.split(
    '|',
  ),
);

let made: Schema | undefined;

/** The schema of the samples with the sizes of a live database. */
function schemaOfSamples(): Schema {
  const schema = new Schema();
  const linter = new Linter(schema, { server, lockTimeout: true });
  linter.replay(step(setup));
  const sizes = [...schema.tables].map(([key, table]) => {
    const rows = populated.has(table.name) && table.kind !== 'partitioned' ? 5_000 : 0;
    return [key, { rows, bytes: rows * 100 }] as const;
  });
  schema.sizes = new Map(sizes);
  schema.complete = true;
  schema.everywhere = true;
  schema.certain = true;
  schema.markInUse();
  return schema;
}

/** A linter on the schema of the samples. The grammar must be loaded. */
export function linterOnSchema(on: Server = server): Linter {
  made ??= schemaOfSamples();
  return new Linter(made.fork(), { server: on, lockTimeout: true });
}

/** The findings of a sample. */
export function lintResult({ before, sql, alone }: Sample, on?: Server): Finding[] {
  const linter = linterOnSchema(on);
  const texts = before ? [before, sql] : [sql];
  const all = linter.lint(step(texts, { transactional: alone !== true }));
  return all.map(({ finding }) => finding).filter(finding => finding.place.index === texts.length - 1);
}
