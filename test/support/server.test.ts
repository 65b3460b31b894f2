import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { createDatabase } from './server.ts';

describe('the test server', () => {
  test('gives every test a database of its own', async () => {
    const one = await createDatabase();
    const two = await createDatabase();
    await one.query('create table t (a int); insert into t values (1)');
    expect(await one.query('select * from t')).toEqual([{ a: 1 }]);
    await expect(two.query('select * from t')).rejects.toThrow('does not exist');
    await one.drop();
    await expect(one.query('select 1')).rejects.toThrow('does not exist');
  });

  test('a read-only role can read and cannot write', async () => {
    const database = await createDatabase();
    const role = await database.createRole();
    await database.query('create table t (a int); insert into t values (1)');
    const client = new pg.Client(role.url);
    await client.connect();
    expect((await client.query('select * from t')).rows).toEqual([{ a: 1 }]);
    await expect(client.query('insert into t values (2)')).rejects.toThrow('permission denied');
    await expect(client.query('create table u (a int)')).rejects.toThrow('permission denied');
    await client.end();
    await database.drop();
  });

  test('a wrong password is refused', async () => {
    const database = await createDatabase();
    const url = new URL(database.url);
    url.password = 'wrong';
    await expect(new pg.Client(url.href).connect()).rejects.toThrow('password authentication failed');
  });
});
