import type { Configuration } from '@mikro-orm/core';
import { redactor } from '../../foundation/secrets/redactor.ts';

/** How long the functions may take, ms. */
const limit = 5_000;

/** A password function registers its result with the redactor before the driver gets it. */
export function registerPasswordFunction(config: Configuration): void {
  const password: unknown = config.get('password');
  if (typeof password !== 'function') return;
  config.set('password', async (...args: unknown[]) => {
    const given: unknown = await password(...args);
    redactor.learn(given, namesIn(config));
    return given as string;
  });
}

/**
 * Asks the password functions of the config, so that the redactor knows the passwords before code of a revision runs,
 * which may print them: the driver asks only when it connects. Errors are the driver's to report.
 */
export async function learnPasswords(config: Configuration): Promise<void> {
  const options: unknown = config.get('driverOptions');
  const given = [
    config.get('password') as unknown,
    (options as { password?: unknown } | undefined)?.password,
  ];
  const asked = given.map(async password => {
    if (typeof password === 'function') redactor.learn(await password(), namesIn(config));
  });
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limit);
  await Promise.race([Promise.allSettled(asked), late]);
  clearTimeout(timer);
}

const namesIn = (config: Configuration): unknown[] => {
  const { user, dbName } = config.getAll();
  return [user, dbName];
};
