import { expect, test } from 'vitest';
import type { MigrationSketch } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';
import { type Agent, expectNoPassword, journalled, makeFaultProject, startAgent } from './support.ts';

const runners = 10;

/** Each revision records that it ran: a second run would be detected even without a log row. */
function thirtyRevisions(): Record<string, MigrationSketch> {
  return Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => {
      const n = String(index + 1).padStart(2, '0');
      const first = index === 0 ? ['create table "ran" ("n" int)'] : [];
      const alone = index % 10 === 7;
      return [
        `Migration202601${n}000000_step_${n}`,
        {
          up: [...first, `insert into "ran" values (${index + 1})`],
          ...(alone && { transactional: false as const }),
        },
      ];
    }),
  );
}

const rounds = sampled(Array.from({ length: 20 }, (_, index) => index + 1));

test(`${runners} processes at once, ${rounds.length} times: each revision is applied once`, async () => {
  const project = await makeFaultProject(thirtyRevisions(), journalled);
  const agents: Agent[] = await Promise.all(Array.from({ length: runners }, startAgent));
  for (const round of rounds) {
    const database = await createDatabase();
    const reports = await Promise.all(
      agents.map(agent => agent.order({ root: project.root, url: database.url, lockWait: 120_000 })),
    );
    expect([round, reports.map(report => report?.code)]).toEqual([
      round,
      Array.from({ length: runners }, () => null),
    ]);
    expect(await database.query('select count(*)::int as n, count(distinct n)::int as d from ran')).toEqual([
      { n: 30, d: 30 },
    ]);
    expect(
      await database.query(
        'select count(*)::int as n, count(distinct name)::int as d from mikro_orm_migrations',
      ),
    ).toEqual([{ n: 30, d: 30 }]);
    expect(
      await database.query(`select outcome, count(*)::int as n from migtui.journal group by outcome`),
    ).toEqual([{ outcome: 'done', n: 30 }]);
    await database.drop();
  }
  await Promise.all(agents.map(agent => agent.end()));
  expectNoPassword(100_000);
});
