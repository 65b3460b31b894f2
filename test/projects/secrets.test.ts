import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../src/database/refusal.ts';
import { redact } from '../../src/foundation/redact.ts';

describe('passwords are taken out of', () => {
  test.each([
    ['a URL', 'postgres://ana:s3cret@db/shop', 'postgres://ana:***@db/shop'],
    [
      'a URL that was not encoded',
      'at postgres://ana:s3@cr:et@db/shop now',
      'at postgres://ana:***@db/shop now',
    ],
    [
      'a printed object',
      "{ user: 'ana', password: 's3 c\\'r et', port: 1 }",
      "{ user: 'ana', password: '***', port: 1 }",
    ],
    ['JSON', '{"user":"ana","password":"s3 \\"cret","port":1}', '{"user":"ana","password":"***","port":1}'],
    ['parameters', 'db?user=ana&password=s3cret&ssl=1', 'db?user=ana&password=***&ssl=1'],
    ['an environment', 'PGPASSWORD=s3cret psql', 'PGPASSWORD=*** psql'],
  ])('%s', (_, text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  test('anywhere, when they are known', () => {
    expect(redact('role "s3/cret" or s3%2Fcret', ['s3/cret', 's3%2Fcret'])).toBe('role "***" or ***');
  });

  test.each([
    'password authentication failed for user "ana"',
    'see http://localhost:3000/docs and ask ana@example.com',
    'Check user and password in the MikroORM config.',
  ])('but nothing of: %s', text => {
    expect(redact(text)).toBe(text);
  });
});

describe('what a server says when it lets nobody in', () => {
  const address = {
    kind: 'postgresql',
    name: 'shop',
    label: 'ana@db/shop',
    secrets: ['s3cret'],
    folder: null,
  } as const;
  const refused = (code: string | undefined, message: string) =>
    refusalOf(Object.assign(new Error(message), code && { code }), address);

  test.each([
    [
      '28000',
      'no pg_hba.conf entry for host "10.0.0.1", user "ana", database "shop", no encryption',
      'refused',
      /wants SSL.*ssl: true/,
    ],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'self-signed certificate in certificate chain',
      'unreachable',
      /ssl: \{ ca \}/,
    ],
    ['53300', 'sorry, too many clients already', 'refused', /Wait/],
    ['57P03', 'the database system is starting up', 'unreachable', /Try again in a moment/],
    [
      undefined,
      'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
      'refused',
      /user and password/,
    ],
    ['28P01', 'password authentication failed for user "ana" with s3cret', 'refused', /user and password/],
  ])('%s %s', (code, message, state, next) => {
    const refusal = refused(code, message);
    expect(refusal).toMatchObject({ state, failure: { next: expect.stringMatching(next) } });
    expect(refusal.failure.message).not.toContain('s3cret');
  });
});
