import { expect, test } from 'vitest';
import { createDatabase } from '../support/server.ts';
import { asking, later, projectOf, running } from './support.ts';

/* PostgreSQL refuses a new value of an enum in the transaction that adds it ("unsafe use of new value"). */

const entities = (...values: string[]): string => `import { defineEntity, p } from '@mikro-orm/core';
export const entities = [defineEntity({ name: 'Day', tableName: 'day', properties: {
  id: p.integer().primary(),
  mood: p.enum(${JSON.stringify(values)}).nativeEnumName('mood').default('${values.at(-1)}'),
} })];
`;

test('autogenerate writes two revisions, which run', async () => {
  const database = await createDatabase();
  const first = await projectOf({
    url: database.url,
    entities: entities('good', 'bad'),
    migrationsConfig: 'snapshot: false',
  });
  await asking(first.root, async engine => {
    await engine.write(await engine.draftRevision({ message: 'one', autogenerate: true }));
    await running(engine, 'upgrade', 'head');
  });
  const second = await later(first, { entities: entities('good', 'bad', 'odd') });
  await asking(second.root, async engine => {
    const draft = await engine.draftRevision({ message: 'two', autogenerate: true, label: 'moods' });
    expect(draft.warnings).toEqual([]);
    expect(draft.notes.join()).toContain('adds a value to an enum');
    const [values, rest] = draft.files.map(({ after }) => after ?? '');
    expect(values).toMatch(/isTransactional\(\): boolean \{\n {4}return false;\n {2}\}\n\n {2}override up/);
    expect(values).toContain(`static readonly labels = ['moods'];`);
    expect(values?.match(/alter type "mood" add value/g)).toHaveLength(1);
    expect(values).toContain('begin alter type "mood" rename to "mood_old"; create type "mood" as enum');
    expect(rest).toContain(`set default 'odd'`);
    expect(rest).not.toContain('add value');
    await engine.write(draft);
    await running(engine, 'upgrade', 'head');
    await database.query('insert into day (id) values (1)');
    expect(await database.query('select mood from day')).toEqual([{ mood: 'odd' }]);
    await expect(engine.draftRevision({ message: 'x', autogenerate: true })).rejects.toMatchObject({
      code: 'no-changes',
    });
    await running(engine, 'downgrade', '-1');
    await expect(running(engine, 'downgrade', '-1')).rejects.toThrow(/invalid input value for enum/);
    expect(await database.query('select unnest(enum_range(null::mood)) as mood')).toHaveLength(3);
    await database.query('delete from day');
    await running(engine, 'downgrade', '-1');
    expect(await database.query('select unnest(enum_range(null::mood)) as mood')).toHaveLength(2);
    expect(await engine.check(['drift'])).toMatchObject({ findings: [], skipped: [] });
  });
});

const type = { up: `create type mood as enum ('good')`, down: 'drop type mood' };
const both = `import { Migration } from '@mikro-orm/migrations';

export class M2_both extends Migration {
  static readonly labels = ['moods'];

  // the table first
  override up(): void {
    this.addSql('create table day (mood mood)');
    this.addSql(\`alter type mood add value 'odd'\`);
    this.addSql("insert into day values ('odd')");
  }

  override down(): void {
    this.addSql('drop table day');
  }
}
`;

test('a revision that does both is split: one adds the value, another uses it', async () => {
  const database = await createDatabase();
  const project = await projectOf({ url: database.url, migrations: { M1: type, M2_both: both } });
  await asking(project.root, async engine => {
    const plan = await engine.preview({ command: 'upgrade', targets: ['head'], transaction: 'each' });
    expect(plan.warnings).toMatchObject([
      {
        code: 'new-enum-value',
        message: expect.stringContaining('--transaction each does not help: migtui revision --split M2_both'),
      },
    ]);
    expect((await engine.run(plan, {})).failure?.next).toContain('migtui revision --split M2_both puts');
    const draft = await engine.draftSplit('M2_both');
    expect(draft.files.map(({ path, before }) => [path, before === null])).toEqual([
      ['migrations/M2_both.ts', false],
      [`migrations/${draft.revision}.ts`, true],
    ]);
    expect(draft.files[0]?.after).toBe(`import { Migration } from '@mikro-orm/migrations';

export class M2_both extends Migration {
  static readonly labels = ['moods'];

  // the table first
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql(\`alter type mood add value 'odd'\`);
  }

  override down(): void {
  }
}
`);
    await engine.write(draft);
  });
  const next = await later(project);
  await asking(next.root, async engine => {
    expect((await engine.preview({ command: 'upgrade', targets: ['head'] })).warnings).toEqual([]);
    await running(engine, 'upgrade', 'head');
    expect(await database.query('select mood from day')).toEqual([{ mood: 'odd' }]);
    await expect(engine.draftSplit('M2_both')).rejects.toMatchObject({ code: 'already-applied' });
    await running(engine, 'downgrade', '-1');
    expect(await database.query(`select to_regclass('day') as day`)).toEqual([{ day: null }]);
  });
});

test('a split adds no down() that the original did not have, and moves the comments of a statement with it', async () => {
  const source = `import { Migration } from '@mikro-orm/migrations';

export class M2_both extends Migration {
  override up(): void {
    // a new mood
    this.addSql("alter type mood add value 'odd'");

    // every day that has none
    /* was good before */
    this.addSql("update day set mood = 'odd'"); // slow
  }
}
`;
  const day = { up: 'create table day (mood mood)', down: 'drop table day' };
  const project = await projectOf({ migrations: { M0: type, M1_day: day, M2_both: source } });
  await asking(project.root, async engine => {
    const { files } = await engine.draftSplit('M2_both');
    const [first = '', second = ''] = files.map(({ after }) => after ?? '');
    expect(first).toContain('// a new mood');
    expect(first).not.toMatch(/every day|was good|slow/);
    expect(second).toContain(`    // every day that has none
    /* was good before */
    // slow
    this.addSql(`);
    expect(first + second).not.toContain('down()');
  });
});

test('what cannot be split says why', async () => {
  const code = both.replace(
    "this.addSql('create table day (mood mood)');",
    'if (true) this.addSql("select 1");',
  );
  const project = await projectOf({
    migrations: { M1: type, M2_both: code, M3: { up: `alter type mood add value 'x'`, revises: ['M1'] } },
  });
  await asking(project.root, async engine => {
    await expect(engine.draftSplit('M1')).rejects.toMatchObject({ code: 'cannot-split' });
    await expect(engine.draftSplit('M2_both')).rejects.toMatchObject({ code: 'cannot-split' });
    await expect(engine.draftSplit('M3')).rejects.toMatchObject({ code: 'nothing-to-split' });
  });
});

test('a value of a type created in the same transaction can be used immediately: there is no savepoint', async () => {
  const database = await createDatabase();
  const project = await projectOf({
    url: database.url,
    migrations: { M1: type, M2: { up: `alter type mood add value 'odd'` } },
    files: {
      'migrations/M3.ts': `import { Migration } from '@mikro-orm/migrations';
export class M3 extends Migration {
  override up(): void {
    this.addSql("create table day (mood mood default 'odd')");
    this.addSql("create type other as enum ('a')");
    this.addSql("alter type other add value 'b'");
    this.addSql("select 'b'::other");
  }
}
`,
    },
  });
  await asking(project.root, async engine => {
    const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
    expect(preview).toMatchObject({ warnings: [], batches: [{ steps: [0, 1, 2] }] });
    expect((await engine.run(preview, {})).failure).toBeNull();
  });
});
