import { describe, expect, test } from 'vitest';
import type { Draft, EngineApi, RevisionRequest } from '../../src/engine/api.ts';
import { asking, later, projectOf, running } from '../authoring/support.ts';
import { createDatabase, type Database } from '../support/server.ts';

/* A rename keeps data and a drop loses it: only the user knows which one is intended. */

const entities = (...of: string[]): string =>
  `import { defineEntity, p } from '@mikro-orm/core';\nexport const entities = [${of.join(', ')}];\n`;
const entity = (name: string, tableName: string, properties: string): string =>
  `defineEntity({ name: '${name}', tableName: '${tableName}', properties: { id: p.integer().primary().autoincrement(), ${properties} } })`;

const autogenerate = { message: 'two', autogenerate: true } as const;
const statements = ({ files }: Draft, direction: 'up' | 'down'): string[] => {
  const [up = '', down = ''] = (files[0]?.after ?? '').split('down()');
  return [...(direction === 'up' ? up : down).matchAll(/addSql\(`(.*?);?`\)/g)].map(
    ([, sql]) => sql as string,
  );
};

/** A database with the schema of the first entities, and the draft for the second ones. */
async function changed(
  before: string,
  after: string,
): Promise<{ database: Database; ask<T>(work: (engine: EngineApi) => Promise<T>): Promise<T> }> {
  const database = await createDatabase();
  const first = await projectOf({ url: database.url, entities: before, migrationsConfig: 'snapshot: false' });
  await asking(first.root, async engine => {
    const draft = await engine.draftRevision({ message: 'one', autogenerate: true });
    await engine.write(draft);
    await running(engine, 'upgrade', 'head');
  });
  const second = await later(first, { entities: after });
  return { database, ask: work => asking(second.root, work) };
}

/** Drafts and writes it, upgrades, and expects that nothing is left to generate. */
async function upToDate(engine: EngineApi, request: Partial<RevisionRequest>): Promise<Draft> {
  const draft = await engine.draftRevision({ ...autogenerate, ...request });
  expect(draft.warnings).toEqual([]);
  await engine.write(draft);
  await running(engine, 'upgrade', 'head');
  await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({ code: 'no-changes' });
  return draft;
}

describe('a column', () => {
  const contact = (properties: string): string => entities(entity('Contact', 'contact', properties));

  test('that was removed and one of its type that was added may be a rename: asks', async () => {
    const { database, ask } = await changed(
      contact('fax: p.string().nullable().index(), age: p.integer().default(1)'),
      contact('email: p.string().nullable().index(), age: p.integer().default(1)'),
    );
    await database.query(`insert into contact (fax) values ('+49 1')`);
    await ask(async engine => {
      await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({
        code: 'rename-or-not',
        message: expect.stringContaining('column contact.fax to email'),
        next: expect.stringContaining('--rename contact.fax:email'),
        candidates: ['contact.fax:email'],
      });
      const other = await engine.draftRevision({ ...autogenerate, noRename: true });
      expect(statements(other, 'up').join()).toMatch(
        /drop column "fax".*add "email"|add "email".*drop column "fax"/,
      );
      expect(other.warnings).toContain('It drops column contact.fax and its data.');
      const draft = await upToDate(engine, { renames: ['contact.fax:contact.email'] });
      expect(statements(draft, 'up')).toEqual([
        'alter table "contact" rename column "fax" to "email"',
        'alter index "contact_fax_index" rename to "contact_email_index"',
      ]);
      expect(statements(draft, 'down')).toEqual([
        'alter index "contact_email_index" rename to "contact_fax_index"',
        'alter table "contact" rename column "email" to "fax"',
      ]);
      expect(draft.notes).toContain('It renames column contact.fax to email and keeps its data.');
      expect(await database.query('select email from contact')).toEqual([{ email: '+49 1' }]);
      await running(engine, 'downgrade', '-1');
      expect(await engine.preview({ command: 'upgrade', targets: ['head'] })).toMatchObject({
        warnings: [{ code: 'renames', message: expect.stringContaining('column contact.fax to email') }],
      });
    });
  });

  test('asks about each of several; a change of type is no candidate, but can be requested as a rename', async () => {
    const { ask } = await changed(
      contact('a: p.text(), b: p.text(), n: p.integer()'),
      contact('c: p.text(), d: p.text(), m: p.boolean()'),
    );
    await ask(async engine => {
      await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({
        candidates: ['contact.a:c', 'contact.a:d', 'contact.b:c', 'contact.b:d'],
      });
      await expect(engine.draftRevision({ ...autogenerate, renames: ['a:d'] })).rejects.toMatchObject({
        candidates: ['contact.b:c'],
      });
      const draft = await engine.draftRevision({
        ...autogenerate,
        renames: ['contact.a:d', 'contact.n:m'],
        notRenames: ['contact.b:c'],
      });
      expect(statements(draft, 'up').slice(0, 2)).toEqual([
        'alter table "contact" rename column "a" to "d"',
        'alter table "contact" rename column "n" to "m"',
      ]);
      await expect(
        engine.draftRevision({ ...autogenerate, renames: ['contact.id:c'] }),
      ).rejects.toMatchObject({
        code: 'unknown-rename',
      });
      await expect(engine.draftRevision({ ...autogenerate, renames: ['nonsense'] })).rejects.toMatchObject({
        code: 'bad-rename',
      });
    });
  });
});

test('indexes, constraints and enum types are renamed on request, also those that a renamed column renames anyway', async () => {
  const c = (of: { index: string; unique: string; check: string; type: string; column: string }): string =>
    entities(
      `defineEntity({ name: 'C', tableName: 'c', properties: { id: p.integer().primary().autoincrement(),
        a: p.integer(), b: p.integer(), ${of.column}: p.text(), mood: p.enum(['x', 'y']).nativeEnumName('${of.type}').default('x') },
        indexes: [{ name: '${of.index}', properties: ['a'] }],
        uniques: [{ name: '${of.unique}', properties: ['b'] }, { properties: ['${of.column}'] }],
        checks: [{ name: '${of.check}', expression: 'a > 0' }] })`,
    );
  const old = { index: 'i_old', unique: 'u_old', check: 'k_old', type: 'mood', column: 'n' };
  const { database, ask } = await changed(
    c(old),
    c({ index: 'i_new', unique: 'u_new', check: 'k_new', type: 'feeling', column: 'm' }),
  );
  await database.query(`insert into c (a, b, n, mood) values (1, 2, 'three', 'y')`);
  await ask(async engine => {
    const renames = [
      'i_old:i_new',
      'c.u_old:u_new',
      'k_old:k_new',
      'mood:feeling',
      'n:m',
      'c_n_unique:c_m_unique',
    ];
    const draft = await upToDate(engine, { renames });
    expect(statements(draft, 'up')).toEqual([
      'alter type "mood" rename to "feeling"',
      'alter table "c" rename column "n" to "m"',
      'alter table "c" rename constraint "c_n_unique" to "c_m_unique"',
      'alter index "i_old" rename to "i_new"',
      'alter index "u_old" rename to "u_new"',
      'alter table "c" rename constraint "k_old" to "k_new"',
    ]);
    expect(await database.query('select m, mood from c')).toEqual([{ m: 'three', mood: 'y' }]);
    await running(engine, 'downgrade', '-1');
    expect(await database.query('select n, mood from c')).toEqual([{ n: 'three', mood: 'y' }]);
  });
});

test('a column with the former name of a renamed one is asked about; swapped types are not a rename', async () => {
  const c = (properties: string): string => entities(entity('C', 'c', properties));
  const { database, ask } = await changed(c('a: p.integer(), b: p.text()'), c('b: p.integer(), c: p.text()'));
  await database.query(`insert into c (a, b) values (1, 'two')`);
  await ask(async engine => {
    await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({ candidates: ['c.b:c'] });
    await expect(engine.draftRevision({ ...autogenerate, renames: ['c.b:c'] })).rejects.toMatchObject({
      candidates: ['c.a:b'],
    });
    const draft = await upToDate(engine, { renames: ['a:b', 'b:c'] });
    expect(statements(draft, 'up')).toEqual([
      'alter table "c" rename column "b" to "c"',
      'alter table "c" rename column "a" to "b"',
    ]);
    expect(await database.query('select b, c from c')).toEqual([{ b: 1, c: 'two' }]);
  });
  const swapped = await changed(c('a: p.integer(), b: p.text()'), c('a: p.text(), b: p.integer()'));
  await swapped.ask(async engine => {
    const draft = await engine.draftRevision(autogenerate);
    expect(statements(draft, 'up')).toEqual([
      'alter table "c" alter column "a" type text using ("a"::text)',
      'alter table "c" alter column "b" type int using ("b"::int)',
    ]);
  });
});

test('a renamed table keeps its rows, key, sequence, indexes and references', async () => {
  const pet = (owner: string): string =>
    entity('Pet', 'pet', `owner: () => p.manyToOne(${owner}), label: p.text()`);
  const human = (table: string): string =>
    `${entity('Human', table, 'name: p.text().index(), nick: p.text().unique(), age: p.integer()')}`;
  const both = (table: string): string =>
    `import { defineEntity, p } from '@mikro-orm/core';\nconst Human = ${human(table)};\nexport const entities = [Human, ${pet('Human')}];\n`;
  const { database, ask } = await changed(both('people'), both('persons'));
  await database.query(`insert into people (name, nick, age) values ('Ana', 'a', 1);
    insert into pet (owner_id, label) values (1, 'Rex')`);
  await ask(async engine => {
    await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({
      candidates: ['people:persons'],
    });
    const draft = await upToDate(engine, { renames: ['people:persons'] });
    expect(statements(draft, 'up').join('\n')).not.toMatch(/drop|create/);
    expect(draft.notes).toContain('It renames table people to persons and keeps its data.');
    expect(
      await database.query("insert into persons (name, nick, age) values ('Bo', 'b', 2) returning id"),
    ).toEqual([{ id: 2 }]);
    expect(
      await database.query("select conname from pg_constraint where conname ~ '^people' and contype <> 'n'"),
    ).toEqual([]);
    await running(engine, 'downgrade', '-1');
    expect(await database.query('select name from people order by id')).toHaveLength(2);
  });
});

test('a table of which a column is renamed too is asked about first, and the column then', async () => {
  const { ask } = await changed(
    entities(entity('Match', 'match', 'round: p.integer(), place: p.text()')),
    entities(entity('Game', 'game', 'round: p.integer(), venue: p.text()')),
  );
  await ask(async engine => {
    const asked = (request: Partial<RevisionRequest>) =>
      expect(engine.draftRevision({ ...autogenerate, ...request })).rejects;
    await asked({}).toMatchObject({ candidates: ['match:game'] });
    await asked({ renames: ['match:game'] }).toMatchObject({ candidates: ['game.place:venue'] });
  });
});

test('a renamed value of a check: rows are updated', async () => {
  const kinds = (...values: string[]): string =>
    entities(entity('Car', 'car', `kind: p.enum(${JSON.stringify(values)}), n: p.enum([1, 2]).default(1)`));
  const { database, ask } = await changed(kinds('suv', 'van', 'bus'), kinds('suv', "lorry's", 'coach'));
  await database.query(`insert into car (kind) values ('van'), ('bus'), ('suv')`);
  await ask(async engine => {
    await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({
      candidates: [
        "car.kind.van:lorry's",
        'car.kind.van:coach',
        "car.kind.bus:lorry's",
        'car.kind.bus:coach',
      ],
    });
    await upToDate(engine, { renames: ["car.kind.van:lorry's", 'car.kind.bus:coach'] });
    const kindsNow = await database.query('select kind from car order by id');
    expect(kindsNow).toEqual([{ kind: "lorry's" }, { kind: 'coach' }, { kind: 'suv' }]);
    await running(engine, 'downgrade', '-1');
    expect(await database.query('select kind from car order by id')).toEqual([
      { kind: 'van' },
      { kind: 'bus' },
      { kind: 'suv' },
    ]);
    await expect(database.query(`insert into car (kind) values ('coach')`)).rejects.toThrow('car_kind_check');
    expect(await engine.compare('current')).toMatchObject({ same: true });
  });
});

test('a value of an enum', async () => {
  const mood = (...values: string[]): string =>
    entities(
      entity(
        'Day',
        'day',
        `mood: p.enum(${JSON.stringify(values)}).nativeEnumName('mood').default('${values[1]}')`,
      ),
    );
  const { database, ask } = await changed(mood('good', 'sad'), mood('good', 'unhappy'));
  await database.query('insert into day default values');
  await ask(async engine => {
    await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({
      candidates: ['mood.sad:unhappy'],
    });
    const draft = await upToDate(engine, { renames: ['mood.sad:unhappy'] });
    expect(statements(draft, 'up')).toEqual([`alter type "mood" rename value 'sad' to 'unhappy'`]);
    expect(statements(draft, 'down')).toEqual([`alter type "mood" rename value 'unhappy' to 'sad'`]);
    expect(await database.query('select mood from day')).toEqual([{ mood: 'unhappy' }]);
  });
});

test('a column of a renamed table is given with the old or the new table name; names with spaces are quoted', async () => {
  const { ask } = await changed(
    entities(entity('A', 'old_t', `x: p.text().name('Fax No')`)),
    entities(entity('B', 'new_t', `y: p.text().name('E-Mail To')`)),
  );
  await ask(async engine => {
    for (const table of ['old_t', 'new_t']) {
      const draft = await engine.draftRevision({
        ...autogenerate,
        renames: ['old_t:new_t', `${table}.Fax No:E-Mail To`],
      });
      expect(statements(draft, 'up').at(-1)).toBe(
        'alter table "new_t" rename column "Fax No" to "E-Mail To"',
      );
    }
    await expect(engine.draftRevision({ ...autogenerate, renames: ['old_t:new_t'] })).rejects.toMatchObject({
      next: expect.stringContaining("--rename 'new_t.Fax No:E-Mail To'"),
    });
  });
});

test('another enum type with the same values keeps the rows', async () => {
  const mood = (type: string): string =>
    entities(entity('Day', 'day', `mood: p.enum(['good', 'sad']).nativeEnumName('${type}').default('good')`));
  const { database, ask } = await changed(mood('mood'), mood('feeling'));
  await database.query(`insert into day (mood) values ('sad')`);
  await ask(async engine => {
    await upToDate(engine, {});
    expect(await database.query('select mood from day')).toEqual([{ mood: 'sad' }]);
    await running(engine, 'downgrade', '-1');
    expect(await database.query('select mood from day')).toEqual([{ mood: 'sad' }]);
  });
});

describe('a pivot table, which has only a key', () => {
  const shop = (user: string, table: string, pivot: string, more: string): string =>
    `import { defineEntity, p } from '@mikro-orm/core';
const Tag = ${entity('Tag', 'tag', 'name: p.text()')};
const ${user} = ${entity(user, table, `name: p.text(), tags: () => p.manyToMany(Tag).pivotTable('${pivot}'), ${more}`)};
export const entities = [Tag, ${user}];
`;

  test('that has another name now is asked about, with the columns of other tables in the same message', async () => {
    const { database, ask } = await changed(
      shop('User', 'user', 'user_favourites', 'fax: p.text()'),
      shop('User', 'user', 'user_likes', 'email: p.text()'),
    );
    await database.query(`insert into tag (name) values ('a'); insert into "user" (name, fax) values ('u', 'f');
      insert into user_favourites values (1, 1)`);
    await ask(async engine => {
      await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({
        code: 'rename-or-not',
        message: expect.stringMatching(/table user_favourites to user_likes; column user\.fax to email/),
        next: expect.stringContaining('--rename user_favourites:user_likes --rename user.fax:email'),
        candidates: ['user_favourites:user_likes'],
      });
      const draft = await upToDate(engine, { renames: ['user_favourites:user_likes', 'user.fax:email'] });
      expect(statements(draft, 'up').join('\n')).not.toMatch(/drop|create/);
      expect(await database.query('select * from user_likes')).toHaveLength(1);
      // a pivot table is no entity of the project
      await expect(engine.draftRevision(autogenerate)).rejects.toMatchObject({
        next: expect.stringContaining('it found 2;'),
      });
    });
  });

  test('of a renamed entity: its name and its columns are listed at once', async () => {
    const { database, ask } = await changed(
      shop('User', 'user', 'user_tags', 'age: p.integer()'),
      shop('Person', 'person', 'person_tags', 'age: p.integer()'),
    );
    await database.query(`insert into tag (name) values ('a'); insert into "user" (name, age) values ('u', 1);
      insert into user_tags values (1, 1)`);
    const renames = ['user:person', 'user_tags:person_tags', 'person_tags.user_id:person_id'];
    await ask(async engine => {
      const asked = (request: Partial<RevisionRequest>) =>
        expect(engine.draftRevision({ ...autogenerate, ...request })).rejects;
      await asked({}).toMatchObject({
        candidates: ['user:person'],
        next: expect.stringContaining(renames.map(one => `--rename ${one}`).join(' ')),
      });
      await asked({ renames: renames.slice(0, 1) }).toMatchObject({ candidates: ['user_tags:person_tags'] });
      await upToDate(engine, { renames });
      expect(await database.query('select person_id, tag_id from person_tags')).toEqual([
        { person_id: 1, tag_id: 1 },
      ]);
    });
  });
});
