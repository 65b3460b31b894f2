import { describe, expect, test } from 'vitest';
import { isConnectionLoss, isRetryableLockError, sqlFailure } from '../../src/database/sql-failure.ts';
import { redactor } from '../../src/foundation/secrets/redactor.ts';

const postgres = (more: object): Error => Object.assign(new Error('boom'), { code: '42703', ...more });

describe('a failure for an error thrown by a migration', () => {
  test("has PostgreSQL's message, found through MikroORM and other wrappers", () => {
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

  test('points at the character that PostgreSQL counted, never at half of one', () => {
    const statement = `select '😀😀', wrong`;
    const { sql } = sqlFailure(postgres({ position: '14' }), statement);
    expect(statement.slice((sql?.position ?? 0) - 1)).toBe('wrong');
  });

  test('never contains a password', () => {
    const error = postgres({ detail: 'postgres://u:s3cret@h/d', hint: 'try hunter2', where: 'password=abc' });
    redactor.learn('hunter2');
    const text = JSON.stringify(sqlFailure(error, `select 'hunter2'`).info);
    expect(text).not.toMatch(/s3cret|hunter2|abc/);
  });

  test('an error thrown by code has no statement', () => {
    expect(sqlFailure(new TypeError('x is undefined'), undefined).info).toMatchObject({
      code: 'migration-threw',
      message: 'x is undefined',
    });
    expect(sqlFailure('a string', undefined).message).toBe('a string');
  });

  test('a lost connection differs from a failed statement', () => {
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

  test('a pooler in statement mode and exhausted connections are named, and are not lost connections', () => {
    const statementMode = postgres({
      code: '08P01',
      message: 'transaction blocks not allowed in statement pooling mode',
    });
    const exhausted = [
      postgres({ code: '53300', message: 'sorry, too many clients already' }),
      postgres({ code: '53300', message: 'remaining connection slots are reserved for roles with …' }),
      postgres({ code: '08P01', message: 'no more connections allowed (max_client_conn)' }),
    ];
    expect(sqlFailure(statementMode, 'begin')).toMatchObject({
      code: 'pooler-statement-mode',
      next: expect.stringContaining('pool_mode = transaction'),
    });
    for (const error of exhausted) {
      expect(sqlFailure(error, undefined)).toMatchObject({
        code: 'too-many-connections',
        next: expect.stringContaining('pg_stat_activity'),
      });
    }
    expect([statementMode, ...exhausted].some(isConnectionLoss)).toBe(false);
  });

  test('only errors that a retry may fix are retried', () => {
    expect(
      ['55P03', '40P01', '57014', '23505'].map(code => isRetryableLockError(postgres({ code }))),
    ).toEqual([true, true, false, false]);
  });
});
