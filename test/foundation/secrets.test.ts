import { mkdir, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CapturedOutput, printed } from '../../src/foundation/captured-output.ts';
import { Redactor, redact, redactor } from '../../src/foundation/secrets/redactor.ts';
import { learnFromValue, registerEnvironment } from '../../src/foundation/secrets/sources.ts';
import { makeFolder } from '../support/project.ts';

const knowing = (...passwords: string[]): Redactor => {
  const one = new Redactor();
  for (const password of passwords) one.learn(password);
  return one;
};

describe('masks a password in every known place', () => {
  test.each([
    ['a URL', 'postgres://ana:s3cret@db/shop', 'postgres://ana:***@db/shop'],
    ['a URL without a user', 'redis://:s3cret@db', 'redis://:***@db'],
    ['a URL that was not encoded', 'at postgres://ana:s3@cr:et@db/x now', 'at postgres://ana:***@db/x now'],
    ['a URL with a quote', "at postgres://ana:s3'cret@db/x 'now'", "at postgres://ana:***@db/x 'now'"],
    ['a URL within JSON', '{"a":"pg://u:p@h/d","b":"x@y"}', '{"a":"pg://u:***@h/d","b":"x@y"}'],
    ['a printed object', "{ password: 's3 c\\'r et', port: 1 }", "{ password: '***', port: 1 }"],
    ['JSON', '{"password":"s3 \\"cret","port":1}', '{"password":"***","port":1}'],
    ['JSON within a string', '{\\"password\\":\\"abc\\"}', '{\\"password\\":\\"***\\"}'],
    ['parameters', 'db?user=ana&password=s3cret&ssl=1', 'db?user=ana&password=***&ssl=1'],
    ['an environment', 'PGPASSWORD=s3cret psql', 'PGPASSWORD=*** psql'],
    ['an option', 'x --password s3cret -h y', 'x --password *** -h y'],
    ['a line of .pgpass', 'db:5432:*:ana:s3cr\\:et', 'db:5432:*:ana:***'],
    ['a role', "create role x password 'it''s' login", "create role x password '***' login"],
    ['a role, with escapes', "alter user x password E'a\\'b' valid", "alter user x password E'***' valid"],
    ['a role, in dollars', 'alter role x password $a$b$a$;', 'alter role x password $a$***$a$;'],
    ['a mapping', "options (user 'x', password 'y')", "options (user 'x', password '***')"],
    ['a subscription', "connection 'host=h password=abc user=u'", "connection 'host=h password=*** user=u'"],
    ['quotes within SQL', "connection 'password=''a b'' user=u'", "connection 'password=''***'' user=u'"],
    ['a migration', "addSql('alter role x password \\'abc\\'')", "addSql('alter role x password \\'***\\'')"],
  ])('%s', (_, text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  test.each([
    'password authentication failed for user "ana"',
    'see http://localhost:3000/docs and ask ana@example.com',
    'Check user and password in the MikroORM config.',
    'update users set password = $1 where password is null',
    'class User { password: string; password!: string }',
    '"password" varchar(255) not null, "password_hash" text',
    'PWD=/home/ana',
    'at /projects/a.ts:12:34, 12:30:45:10:55',
    'alter role x password null',
  ])('and nothing else: %s', text => {
    expect(redact(text)).toBe(text);
  });
});

describe('a known password', () => {
  test('is masked anywhere, in every notation', () => {
    const password = `p'w "x"\\/ä`;
    const forms = [
      password,
      encodeURIComponent(password),
      encodeURIComponent(password).toLowerCase(),
      password.replaceAll("'", "''"),
      JSON.stringify(password).slice(1, -1),
      `E'${password.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    ];
    for (const form of forms) expect(knowing(password).redact(`<${form}>`)).toMatch(/^<(E')?\*\*\*'?>$/);
  });

  test('is masked once if one password is a prefix of another', () => {
    expect(knowing('hunter2', 'hunter2000').redact('hunter2000 hunter2')).toBe('*** ***');
  });

  test.each(['a', 'postgres', 'public', 'secret', '123456', 'password', '***', ''])(
    'does not mask ordinary text when it is "%s"',
    password => {
      const text = `drop table a; postgres owns public; a secret column of 123456 rows ***`;
      expect(knowing(password).redact(text)).toBe(text);
    },
  );

  test('does not mask the name of the database, but masks it as a password', () => {
    const one = new Redactor();
    one.learn('shop_app', ['shop_app', 'localhost']);
    expect(one.redact('database shop_app')).toBe('database shop_app');
    expect(one.redact("create role shop_app password 'shop_app'")).toBe(
      "create role shop_app password '***'",
    );
  });

  test('is matched as a separate word if it has only letters', () => {
    const one = knowing('swordfish');
    expect(one.redact('it is "swordfish", not swordfishes')).toBe('it is "***", not swordfishes');
  });

  test('is masked in every string of a value, which is returned unchanged if there is none', () => {
    const one = knowing('hunter2');
    const value = { a: ['hunter2', { b: 1 }], c: null };
    expect(one.redactAll(value)).toEqual({ a: ['***', { b: 1 }], c: null });
    const clean = { a: ['x', { b: 1 }] };
    expect(one.redactAll(clean)).toBe(clean);
  });
});

describe('passwords are registered', () => {
  test('from the environment and the files that drivers read themselves', async () => {
    const home = await makeFolder('home');
    await writeFile(`${home}/.pgpass`, '# comment\ndb:5432:*:ana:frompass\\:file1\n');
    await writeFile(`${home}/services`, '[shop]\nhost=db\npassword=fromservice1\n');
    await mkdir(`${home}/x`);
    registerEnvironment({
      HOME: home,
      PGPASSWORD: 'fromvariable1',
      DATABASE_URL: 'postgres://ana:from%2Furl1@db/shop',
      PGSERVICEFILE: `${home}/services`,
      PWD: '/some/where1',
    });
    for (const known of ['frompass:file1', 'fromservice1', 'fromvariable1', 'from/url1']) {
      expect(redactor.redact(`<${known}>`)).toBe('<***>');
    }
    expect(redactor.redact('/some/where1')).toBe('/some/where1');
  });

  test('from a config, including contexts that are not open', () => {
    const config: Record<string, unknown> = { dbName: 'x', replicas: [{ password: 'ofreplica1' }] };
    config.self = config;
    learnFromValue([config, { contextName: 'b', clientUrl: 'postgres://u:ofcontext1@h/x' }]);
    expect(redactor.redact('ofreplica1 ofcontext1')).toBe('*** ***');
  });
});

/** Pieces of places for passwords. */
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '://',
          'u:',
          '@',
          'password',
          'pwd',
          '=',
          ':',
          ' ',
          '\n',
          "'",
          '"',
          '\\',
          '$a$',
          '$',
          '***',
          ':1:',
        ],
        ...['a', '--', ',', 'E', ';', '`', '}', '<', '&', 'https', 'x1y2z3w4'],
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map(parts => parts.join(''));

test('any password is masked', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 12, maxLength: 20 }), password => {
      fc.pre(!/^\**$/.test(password));
      expect(knowing(password).redact(`<${password}>`)).toBe('<***>');
    }),
  );
});

test('masking is idempotent', () => {
  const one = knowing('x1y2z3w4');
  fc.assert(
    fc.property(pieces, text => {
      const once = one.redact(text);
      expect(one.redact(once)).toBe(once);
      expect(once).not.toContain('x1y2z3w4');
    }),
    { numRuns: 2_000 },
  );
});

test('a password that is printed in pieces is masked wherever it is cut', () => {
  redactor.learn('Tr0ub4dor&3');
  const text =
    'at postgres://ana:s3cret@db/shop with Tr0ub4dor&3 and --password hunter2\ncreate role x password E';
  const whole = printed(`${text}'s3cret';\n`);
  expect(whole).not.toMatch(/s3cret|Tr0ub|hunter2/);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 6 }), cuts => {
      let shown = '';
      const captured = new CapturedOutput(part => {
        shown += part;
      });
      const places = [0, ...cuts.sort((a, b) => a - b), text.length];
      for (const [index, place] of places.slice(1).entries()) {
        captured.write(text.slice(places[index], place));
        captured.flush();
      }
      captured.write("'s3cret';\n");
      captured.end();
      expect(shown).toBe(whole);
    }),
  );
});

test('the beginning of a line is shown before its end when no password can begin in it', () => {
  let shown = '';
  const captured = new CapturedOutput(part => {
    shown += part;
  });
  captured.write('copying 12 rows ...');
  captured.flush();
  expect(shown).toBe('copying 12 rows ...');
});
