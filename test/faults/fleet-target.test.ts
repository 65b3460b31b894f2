import { afterEach, expect, test } from 'vitest';
import { closeAll, fleetOf, migrations, one, openFleet, schemaSql, three, two } from '../fleet/support.ts';
import { migtui } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

afterEach(closeAll);

test('a target in another database is opened there, with the rules of that database, and the fleet stays the same', async () => {
  const other = await createDatabase();
  await other.query(schemaSql('acme', [one]));
  const fleet = await fleetOf(
    { tenant_1: [one, two] },
    {
      targets: [
        { schemas: 'tenant_*' },
        { schemas: ['acme'], database: other.name },
        { databases: [other.url], name: 'whole' },
      ],
    },
  );
  const protectedOther = { protected: [{ databases: [other.name], setBy: 'protected[0]' }] };
  const names = ['acme', 'tenant_1', 'whole'];

  const acme = await openFleet(fleet, () => {}, { target: 'acme', ...protectedOther });
  const overview = await acme.overview();
  expect(overview.project).toMatchObject({ schema: 'acme', protected: true });
  expect(overview.database.label).toContain(`/${other.name}`);
  expect(overview.current).toEqual([one]);
  expect((await acme.fleetStatus({})).targets.map(({ name }) => name).sort()).toEqual(names);
  const preview = await acme.preview({ command: 'upgrade', targets: ['head'] });
  expect(preview.databaseName).toBe(other.name);
  await acme.run(preview, { confirm: other.name });
  expect(await other.query('select name from acme.mikro_orm_migrations order by id')).toEqual(
    [one, two, three].map(name => ({ name })),
  );

  const whole = await openFleet(fleet, () => {}, { target: 'whole' });
  expect((await whole.overview()).project).toMatchObject({ schema: null, protected: false });
  const tenant = await openFleet(fleet, () => {}, { target: 'tenant_1', ...protectedOther });
  expect((await tenant.overview()).project).toMatchObject({ schema: 'tenant_1', protected: false });
  await expect(openFleet(fleet, () => {}, { target: 'tenant_2' })).rejects.toMatchObject({
    info: { code: 'unknown-target' },
  });
});

test('code that ends the process: with --json, every line is an object, and the last one has the error', async () => {
  const exits = `import { Migration } from '@mikro-orm/migrations';
export class ${three} extends Migration {
  async up() {
    const [{ schema }] = await this.execute('select current_schema() as schema');
    if (schema === 'tenant_2') process.exit(0);
  }
}`;
  const fleet = await fleetOf({ tenant_1: [one, two], tenant_2: [one, two] }, undefined, {
    migrations: { ...migrations, [three]: exits },
  });
  const upgrade = ['fleet', 'upgrade', 'head', '--yes', '--json', '--parallel', '1'];
  const { code, stdout } = await migtui(fleet.project, upgrade);
  expect(code).toBe(1);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(lines.filter(({ kind }) => kind === 'target-done')).toMatchObject([
    { result: { target: 'tenant_1', outcome: 'done' } },
  ]);
  expect(lines.at(-1)).toMatchObject({ error: { code: 'process-ended' } });
  expect(await fleet.applied('tenant_2')).toEqual([one, two]);
});
