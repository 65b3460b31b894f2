import { expect, test } from 'vitest';
import { type MigrationSketch, makeProject, migtui } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';
import { journalled } from './support.ts';

const pods = 30;

/** Each revision records that it ran: a second run would be detected even without a log row. */
const migrations = Object.fromEntries(
  Array.from({ length: 6 }, (_, index): [string, MigrationSketch] => [
    `Migration202601${index + 10}000000_step_${index}`,
    {
      up: [
        ...(index === 0 ? ['create table "ran" ("n" int)'] : []),
        `insert into "ran" values (${index})`,
        'select pg_sleep(0.3)',
      ],
      ...(index === 3 && { transactional: false as const }),
    },
  ]),
);

test.each(sampled(['allOrNothing: true', 'allOrNothing: false']))(
  `${pods} pods start at once (%s): all exit with 0, each revision runs once`,
  async migrationsConfig => {
    const database = await createDatabase();
    const url = new URL(database.url);
    // It does not exist yet: one of them creates it.
    url.pathname = `/${database.name}_new`;
    const project = await makeProject({ url: url.href, migrations, migrationsConfig, config: journalled });
    const outputs = await Promise.all(
      Array.from({ length: pods }, () =>
        migtui(project, ['upgrade', 'head', '--yes', '--lock-wait', '4min']),
      ),
    );
    const failed = outputs.filter(({ code }) => code !== 0).map(({ stderr }) => stderr);
    expect(failed).toEqual([]);
    const [ran] = await readFrom(url.href);
    expect(ran).toEqual({ n: 6, d: 6, logged: 6 });
    // Either exactly one reports that it upgraded all six, or several share them.
    const said = outputs.map(({ stdout }) => stdout).join('');
    expect(said).toMatch(/Upgraded: \d revisions?/);
  },
);

async function readFrom(url: string): Promise<object[]> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    `select count(*)::int as n, count(distinct n)::int as d,
            (select count(*)::int from mikro_orm_migrations) as logged from ran`,
  );
  await client.end();
  return rows;
}
