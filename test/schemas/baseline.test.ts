import { expect, test } from 'vitest';
import { asking, onPGlite, projectOf, running } from '../authoring/support.ts';
import { createDatabase, serverUrl } from '../support/server.ts';

/* A database that existed before migtui: its first revision changes objects that no revision created. */

const dump = `--
-- PostgreSQL database dump
--
\\restrict xJ3Kq
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;

CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';

CREATE TABLE public.legacy (
    id integer NOT NULL,
    note text DEFAULT 'a;b'::text
);
ALTER TABLE public.legacy OWNER TO somebody_else;
ALTER TABLE ONLY public.legacy ALTER COLUMN note SET STATISTICS 10;
COPY public.legacy (id, note) FROM stdin;
1	create table x ();
\\.
INSERT INTO public.legacy VALUES (2, 'row');
ALTER TABLE ONLY public.legacy
    ADD CONSTRAINT legacy_pkey PRIMARY KEY (id);
GRANT SELECT ON TABLE public.legacy TO reporting;
SELECT pg_catalog.setval('public.none_seq', 1, true);
\\unrestrict xJ3Kq
`;

const migrations = {
  M1: { up: 'alter table legacy add column title text', down: 'alter table legacy drop column title' },
  M2_left: { up: 'alter table legacy add column a int', revises: ['M1'] },
  M3_right: { up: 'create index legacy_title on legacy (title)', revises: ['M1'] },
};

test('a replay without the earlier schema says what to do, and works with a baseline', async () => {
  const database = await createDatabase();
  await database.query(
    'create table legacy (id integer primary key, note text default $$a;b$$); alter table legacy alter note set statistics 10',
  );
  const project = await projectOf({ url: database.url, migrations, files: { 'db/baseline.sql': dump } });
  await asking(project.root, async engine => {
    await expect(engine.rehearse([])).rejects.toMatchObject({
      code: 'replay-failed',
      message: expect.stringContaining('relation "legacy" does not exist'),
      next: expect.stringContaining('--baseline'),
    });
    const { ok, steps } = await engine.rehearsePlan({ command: 'upgrade', targets: ['heads'] });
    expect([ok, steps[0]]).toMatchObject([
      false,
      {
        failure: {
          message: expect.stringContaining('relation "legacy" does not exist'),
          next: expect.stringContaining('--baseline'),
        },
      },
    ]);
    await running(engine, 'upgrade', 'heads');
  });
  const baseline = project.path('db/baseline.sql');
  await asking(
    project.root,
    async engine => {
      expect(await engine.rehearse([])).toMatchObject({ verdict: 'fits' });
      expect(await engine.effect('M1')).toMatchObject([{ sign: '+', object: 'legacy.title' }]);
      expect(await engine.compare('heads')).toMatchObject({ same: true });
      expect(await engine.compare('M1')).toMatchObject({ same: false });
      // Another baseline requires another shadow.
      await project.write('db/baseline.sql', dump.replaceAll('note', 'other'));
      const { effects } = await engine.compare('heads');
      expect(effects.map(({ object }) => object)).toContain('legacy.note');
      await project.write('db/baseline.sql', 'create table legacy (id int); select nonsense from nowhere_x');
      expect(await engine.compare('heads')).toMatchObject({ same: false });
      await project.write('db/baseline.sql', 'create table legacy (like nowhere)');
      await expect(engine.rehearse([])).rejects.toMatchObject({
        code: 'baseline-broken',
        message: expect.stringMatching(/db.baseline\.sql does not run on the shadow: relation "nowhere"/),
      });
      for (const [text, words] of [
        ['this is no sql', 'not valid PostgreSQL'],
        ['PGDMP\u0001', 'custom format'],
      ] as const) {
        await project.write('db/baseline.sql', text);
        await expect(engine.rehearse([])).rejects.toMatchObject({
          code: 'baseline-broken',
          message: expect.stringContaining(words),
        });
      }
      await project.remove('db/baseline.sql');
      await expect(engine.rehearse([])).rejects.toMatchObject({ code: 'baseline-missing' });
    },
    { shadow: serverUrl(), baseline },
  );
});

test('an embedded shadow starts with the baseline every time', async () => {
  const project = await projectOf({ migrations, files: { 'baseline.sql': dump } });
  const baseline = project.path('baseline.sql');
  await asking(
    project.root,
    async engine => {
      expect(await engine.rehearse([])).toMatchObject({ verdict: 'fits', downAndUp: { ok: false } });
      expect(await engine.effect('M3_right')).toMatchObject([{ object: 'legacy index legacy_title' }]);
    },
    { ...onPGlite, baseline },
  );
});
