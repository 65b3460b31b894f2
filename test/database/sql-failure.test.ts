import { describe, expect, test } from 'vitest';
import { isConnectionLoss, isLockTrouble, sqlFailure } from '../../src/database/sql-failure.ts';

const postgres = (more: object): Error => Object.assign(new Error('boom'), { code: '42703', ...more });

describe('a failure out of what a migration threw', () => {
  test('has what PostgreSQL said, found through MikroORM and other wrappers', () => {
    const error = new Error('wrapped', {
      cause: postgres({
        detail: 'the detail',
        hint: 'the hint',
        where: 'line 3',
        schema: 'app',
        table: 't',
        constraint: 'c',
      }),
    });
    expect(sqlFailure(error, 'select x').info).toEqual({
      code: 'statement-failed',
      message: 'boom',
      sql: {
        ...{ sqlState: '42703', statement: 'select x', position: undefined, detail: 'the detail' },
        ...{ hint: 'the hint', where: 'line 3', table: 'app.t', constraint: 'c' },
      },
    });
  });

  test('points at the character that PostgreSQL counted, not at a half of one', () => {
    const statement = `select '😀😀', wrong`;
    const { sql } = sqlFailure(postgres({ position: '14' }), statement);
    expect(statement.slice((sql?.position ?? 0) - 1)).toBe('wrong');
  });

  test('never has a password', () => {
    const error = postgres({ detail: 'postgres://u:s3cret@h/d', hint: 'try hunter2', where: 'password=abc' });
    const text = JSON.stringify(sqlFailure(error, `select 'hunter2'`, ['hunter2']).info);
    expect(text).not.toMatch(/s3cret|hunter2|abc/);
  });

  test('code that throws is no statement', () => {
    expect(sqlFailure(new TypeError('x is undefined'), undefined).info).toMatchObject({
      code: 'migration-threw',
      message: 'x is undefined',
    });
    expect(sqlFailure('a string', undefined).message).toBe('a string');
  });

  test('a lost connection is told from a failed statement', () => {
    for (const error of [
      postgres({ code: '57P01' }),
      postgres({ code: '08006' }),
      new Error('Connection terminated unexpectedly'),
      Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
      Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    ]) {
      expect([error.message, isConnectionLoss(error)]).toEqual([error.message, true]);
      expect(sqlFailure(error, 'select 1').code).toBe('connection-lost');
    }
    expect(isConnectionLoss(postgres({}))).toBe(false);
  });

  test('only what a second try may mend is tried again', () => {
    expect(['55P03', '40P01', '57014', '23505'].map(code => isLockTrouble(postgres({ code })))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
