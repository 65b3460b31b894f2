import { afterEach, expect, test } from 'vitest';
import type { FleetResult, FleetStatus } from '../../src/engine/api.ts';
import { closeAll, fleetOf } from '../fleet/support.ts';
import { migtui } from '../support/project.ts';

afterEach(closeAll);

test('contexts on a server and in folders of PGlite are one fleet', async () => {
  const fleet = await fleetOf({}, { targets: { contexts: true } });
  const { project } = fleet;
  const config = await project.read('mikro-orm.config.js');
  await project.write(
    'mikro-orm.config.js',
    `import { PgliteDriver } from '@mikro-orm/pglite';
${config.replace(/export default defineConfig/, 'const config = defineConfig')}
const embedded = { ...config, driver: PgliteDriver, clientUrl: undefined };
export default [config, { ...embedded, contextName: 'one', dbName: 'data/one' }, { ...embedded, contextName: 'two', dbName: 'data/two' }];`,
  );
  const status = async (): Promise<FleetStatus> =>
    JSON.parse((await migtui(project, ['fleet', 'status', '--json'])).stdout);
  const states = ({ targets }: FleetStatus) => targets.map(({ name, state }) => [name, state]).sort();

  const made = await migtui(project, ['upgrade', '+1', '--yes', '--context', 'one']);
  expect(made.stderr).not.toContain('error');
  const before = await status();
  expect(states(before)).toEqual([
    ['default', 'behind'],
    ['one', 'behind'],
    ['two', 'unreachable'],
  ]);
  const two = before.targets.find(({ name }) => name === 'two');
  expect(two?.failure).toMatchObject({ code: 'database-missing' });

  const run = await migtui(project, ['fleet', 'upgrade', 'head', '--yes', '--json']);
  const { result } = JSON.parse(run.stdout.trim().split('\n').at(-1) as string) as { result: FleetResult };
  expect(result.counts).toEqual({ done: 2, there: 0, failed: 1, 'not tried': 0 });
  expect(result.errors).toMatchObject([{ targets: ['two'], failure: { code: 'database-missing' } }]);
  expect(run.code).toBe(1);

  await migtui(project, ['upgrade', 'head', '--yes', '--context', 'two']);
  expect(states(await status())).toEqual([
    ['default', 'head'],
    ['one', 'head'],
    ['two', 'head'],
  ]);
  const again = await migtui(project, ['fleet', 'upgrade', 'head', '--yes']);
  expect(again.code).toBe(0);
});
