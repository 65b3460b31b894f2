import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../src/database/connect/refusal.ts';
import { redactor } from '../../src/foundation/secrets/redactor.ts';

describe('the messages of a server that refuses a login', () => {
  const address = {
    kind: 'postgresql',
    name: 'shop',
    host: 'db',
    label: 'ana@db/shop',
    folder: null,
  } as const;
  redactor.learn('s3cret');
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
