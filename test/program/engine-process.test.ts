import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineEvent, EngineOptions } from '../../src/engine/api.ts';
import { startEngine } from '../../src/engine/process/client.ts';
import type { EngineConnection, EngineExit } from '../../src/engine/process/connection.ts';
import { forkEngine } from '../../src/engine/process/fork.ts';
import { makeProject, migrationSource, repository } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const program = join(repository, 'dist/engine.js');
const opened: EngineConnection[] = [];

/** An engine in its own process, with all its output. */
function start(options: EngineOptions) {
  const engine = startEngine(options, () => forkEngine(options.root, program));
  const events: EngineEvent[] = [];
  const waiting = new Set<() => void>();
  engine.events(told => {
    events.push(...told);
    for (const check of waiting) check();
  });
  opened.push(engine);
  const logged = (text: string): Promise<EngineEvent> =>
    new Promise(resolve => {
      const check = (): void => {
        const found = events.find(event => event.type === 'log' && event.text.includes(text));
        if (found) resolve(found);
      };
      waiting.add(check);
      check();
    });
  const exit = new Promise<EngineExit>(resolve => engine.onExit(resolve));
  return { engine, events, logged, exit };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(engine => engine.stop()));
});

const create = (table: string) => ({
  up: `create table "${table}" ("id" int)`,
  down: `drop table "${table}"`,
});

describe('the engine in its own process', () => {
  it('reads, previews and runs over IPC', async () => {
    const { url } = await createDatabase();
    const { root } = await makeProject({
      url,
      migrations: { Migration1_a: create('a'), Migration2_b: create('b') },
    });
    const { engine, events } = start({ root });
    expect((await engine.api.overview()).pending).toEqual(['Migration1_a', 'Migration2_b']);
    const preview = await engine.api.preview({ command: 'upgrade', targets: ['+1'] });
    expect(preview.steps[0]?.preview.sql).toEqual(['create table "a" ("id" int)']);
    const result = await engine.api.run(preview, {});
    expect(result).toMatchObject({ failure: null, tips: ['Migration1_a'], steps: [{ outcome: 'done' }] });
    expect((await engine.api.overview()).current).toEqual(['Migration1_a']);
    const kinds = events.flatMap(event => (event.type === 'run' ? [event.event.kind] : []));
    // A statement that ended before it could be shown is omitted.
    expect(kinds).toEqual(
      expect.arrayContaining(['started', 'batch', 'step', 'statement-done', 'step-done', 'finished']),
    );
  });

  it('determines for the open context whether the database is protected', async () => {
    const { url } = await createDatabase();
    const contexts = ['default', 'production', 'staging'];
    const { root } = await makeProject({
      migrations: { Migration1_a: create('a') },
      files: {
        'mikro-orm.config.ts': `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
export default ${JSON.stringify(contexts)}.map(contextName => defineConfig({
  contextName, clientUrl: ${JSON.stringify(url)}, extensions: [Migrator],
  entities: [], discovery: { warnWhenNoEntities: false },
  migrations: { path: 'migrations', pathTs: 'migrations' },
}));
`,
      },
    });
    // Every pair of contexts, in both directions.
    const walk = ['default', 'production', 'staging', 'default', 'staging', 'production', 'default'];
    const { engine } = start({ root, context: walk[0], protected: ['production'] });
    for (const [index, context] of walk.entries()) {
      if (index > 0) await engine.restart({ context, schema: undefined });
      const { project } = await engine.api.overview();
      const preview = await engine.api.preview({ command: 'upgrade', targets: ['heads'] });
      const expected = context === 'production';
      expect([index, project.protected, preview.protected]).toEqual([index, expected, expected]);
    }
    for (const context of ['production', 'default']) {
      await engine.restart({ context, schema: undefined });
      await engine.restart({ schema: 'tenant' });
      expect((await engine.api.overview()).project.protected).toBe(context === 'production');
    }
    await engine.stop();
  });

  it('passes failures on with their data', async () => {
    const { root } = await makeProject({
      pglite: true,
      migrations: { Migration20260101000000_alpha: create('a') },
    });
    const { engine } = start({ root });
    await expect(engine.api.preview({ command: 'upgrade', targets: ['alphq'] })).rejects.toMatchObject({
      name: 'Failure',
      code: 'unknown-target',
      message: expect.stringContaining('alpha'),
    });
  });

  it("captures the project's output, and does not change its environment", async () => {
    const { root } = await makeProject({
      pglite: true,
      config: `...(console.log('NODE_ENV is ' + process.env.NODE_ENV), console.error('careful'), {}),`,
    });
    const before = process.env.NODE_ENV;
    delete process.env.NODE_ENV;
    try {
      const { logged } = start({ root });
      expect(await logged('NODE_ENV is undefined')).toMatchObject({ level: 'info', source: 'project' });
      expect(await logged('careful')).toMatchObject({ level: 'error' });
    } finally {
      process.env.NODE_ENV = before;
    }
  });

  it('reports why a project does not open, and opens it after a restart when it is fixed', async () => {
    const project = await makeProject({ pglite: true });
    const good = await project.read('mikro-orm.config.ts');
    await project.write('mikro-orm.config.ts', `throw new Error('no secrets today');`);
    const { engine } = start({ root: project.root });
    await expect(engine.api.overview()).rejects.toMatchObject({
      code: 'config-broken',
      message: expect.stringContaining('no secrets today'),
    });
    await project.write('mikro-orm.config.ts', good);
    await engine.restart();
    expect((await engine.api.overview()).project.name).toBe('shop');
  });

  it('sees an edited migration without a manual restart', async () => {
    const project = await makeProject({ pglite: true, migrations: { Migration1_a: create('a') } });
    const { engine } = start({ root: project.root });
    expect((await engine.api.revision('Migration1_a')).up.sql).toEqual(['create table "a" ("id" int)']);
    await project.write('migrations/Migration1_a.ts', migrationSource('Migration1_a', create('b')));
    expect((await engine.api.revision('Migration1_a')).up.sql).toEqual(['create table "b" ("id" int)']);
  });

  it('sees edited migrations in simultaneous calls, and answers all of them', async () => {
    const project = await makeProject({ pglite: true, migrations: { Migration1_a: create('a') } });
    const { engine } = start({ root: project.root });
    await engine.api.revision('Migration1_a');
    await project.write('migrations/Migration1_a.ts', migrationSource('Migration1_a', create('b')));
    const preview = engine.api.preview({ command: 'upgrade', targets: ['head'] });
    const [one, two, overview] = await Promise.all([
      engine.api.revision('Migration1_a'),
      preview,
      engine.api.overview(),
      engine.restart(),
    ]);
    expect(one.up.sql).toEqual(['create table "b" ("id" int)']);
    expect(two.steps[0]?.preview.sql).toEqual(['create table "b" ("id" int)']);
    expect(overview.pending).toEqual(['Migration1_a']);
  });

  it('cancels a run that is still starting, and starts one as soon as the last has ended', async () => {
    const { url } = await createDatabase();
    const { root } = await makeProject({ url, migrations: { Migration1_a: create('a') } });
    const { engine } = start({ root });
    const preview = await engine.api.preview({ command: 'upgrade', targets: ['head'] });
    const cancelled = engine.api.run(preview, {}).catch(error => error);
    await engine.api.cancel('rollback');
    expect(await cancelled).toMatchObject({ code: 'cancelled' });
    expect((await engine.api.overview()).applied).toBe(0);

    const again = new Promise(resolve => {
      engine.events(told => {
        if (told.some(event => event.type === 'run' && event.event.kind === 'finished'))
          resolve(engine.api.run(preview, {}).then(undefined, error => error));
      });
    });
    const done = await engine.api.run(preview, {});
    expect(done).toMatchObject({ failure: null, tips: ['Migration1_a'] });
    // Refused because of the plan, not because the first run was still cleaning up.
    expect(await again).toMatchObject({ code: 'plan-changed' });
  });

  it('does not end a run to show an edited migration', async () => {
    const { url, connect } = await createDatabase();
    const holder = await connect();
    await holder.query('select pg_advisory_lock(7)');
    const project = await makeProject({
      url,
      migrations: {
        Migration1_a: create('a'),
        Migration2_b: { up: ['select pg_advisory_xact_lock(7)', 'create table "b" ("id" int)'] },
      },
    });
    const { engine, events } = start({ root: project.root });
    await engine.api.revision('Migration1_a');
    const running = engine.api.run(await engine.api.preview({ command: 'upgrade', targets: ['head'] }), {});
    await expect
      .poll(() =>
        events.some(
          event => event.type === 'run' && event.event.kind === 'statement' && event.event.step === 1,
        ),
      )
      .toBe(true);
    await project.write('migrations/Migration1_a.ts', migrationSource('Migration1_a', create('c')));
    // The current files are shown, while the previously loaded ones run.
    expect((await engine.api.revision('Migration1_a')).up.sql).toEqual([create('c').up]);
    await holder.end();
    expect(await running).toMatchObject({ failure: null, tips: ['Migration2_b'] });
  });

  it('reports when it dies, with its last output, and starts again', async () => {
    const source = migrationSource('Migration1_a', create('a')).replace(
      '{\n    this.addSql',
      `{\n    console.error('goodbye'); process.exit(7);\n    this.addSql`,
    );
    const project = await makeProject({ pglite: true, migrations: { Migration1_a: source } });
    const { engine, exit } = start({ root: project.root });
    // A failing read ends only that read.
    expect((await engine.api.revision('Migration1_a')).up).toMatchObject({ complete: false });
    const preview = await engine.api.preview({ command: 'upgrade', targets: ['head'] });
    await expect(engine.api.run(preview, {})).rejects.toMatchObject({ code: 'engine-died' });
    expect(await exit).toMatchObject({ code: 7, lastOutput: expect.stringContaining('goodbye') });
    await expect(engine.api.overview()).rejects.toMatchObject({ code: 'engine-died' });
    await engine.restart();
    expect((await engine.api.overview()).pending).toEqual(['Migration1_a']);
  });

  it('reports how it was killed, even during a call', async () => {
    const { root } = await makeProject({ pglite: true });
    const { engine, exit } = start({ root });
    await engine.api.overview();
    engine.kill();
    // Longer than the kernel needs: the message meets a closed channel before the exit is known.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    await expect(engine.api.overview()).rejects.toMatchObject({ code: 'engine-died' });
    expect(await exit).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('refuses an embedded database that another process has open, until it is closed', async () => {
    const project = await makeProject({ pglite: true, migrations: { Migration1_a: create('a') } });
    const first = start({ root: project.root });
    await first.engine.api.run(await first.engine.api.preview({ command: 'upgrade', targets: ['head'] }), {});
    const second = start({ root: project.root });
    const overview = await second.engine.api.overview();
    expect(overview.database).toMatchObject({
      state: 'locked',
      failure: { message: expect.stringMatching(/pid \d+/) },
    });
    first.engine.kill();
    await first.exit;
    expect((await second.engine.api.overview()).current).toEqual(['Migration1_a']);
  });
});
