import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { describeDatabase } from '../database/introspect.ts';
import { runScript } from '../database/psql.ts';
import { randomFrom, randomMigrations } from '../database/random-project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';
import { expectNoPassword, makeFaultProject, said } from './support.ts';

test('50 random plans: the script has the same effect as the run', async () => {
  const seeds = Array.from({ length: 50 }, (_, index) => index + 1);
  for (const seed of sampled(seeds)) {
    const random = randomFrom(seed * 7919);
    const migrations = randomMigrations(random, 4 + Math.floor(random() * 9));
    const ids = Object.keys(migrations).sort();
    const [online, offline, project] = await Promise.all([
      createDatabase(),
      createDatabase(),
      makeFaultProject(migrations),
    ]);
    process.env.FAULT_URL = online.url;
    const engine = await openEngine({ root: project.root }, event => void said.push(JSON.stringify(event)));
    let from = 'base';
    for (let move = 0; move < 3; move++) {
      const to = random() < 0.15 ? 'base' : (ids[Math.floor(random() * ids.length)] as string);
      const down = to === 'base' || (from !== 'base' && ids.indexOf(to) < ids.indexOf(from));
      if (to === from) continue;
      const command = down ? ('downgrade' as const) : ('upgrade' as const);
      const transaction = random() < 0.5 ? ('all' as const) : ('each' as const);
      const preview = await engine.preview({ command, targets: [to], transaction });
      expect([seed, (await engine.run(preview, {})).failure]).toEqual([seed, null]);
      const script = await engine.script({ command, targets: [`${from}:${to}`], transaction });
      said.push(script);
      await runScript(offline, script);
      expect([seed, await describeDatabase(offline)]).toEqual([seed, await describeDatabase(online)]);
      from = to;
    }
    await engine.close();
    await Promise.all([online.drop(), offline.drop()]);
  }
}, 600_000);

test('no password in any output', () => expectNoPassword(50_000));
