import { type Connection, isRefusal } from '../../database/connect/connection.ts';
import type { Refusal } from '../../database/connect/refusal.ts';
import { Failure } from '../../foundation/failure.ts';
import { isPostgres } from '../../project/config/kind.ts';
import type { Protection } from '../../settings/protection.ts';
import type { PolicyCheck, PolicyRule } from '../api.ts';
import { type Facts, rulesOf } from './rules.ts';

/** Descriptions of the rules of protections. */
export function policyOf(protections: readonly Protection[]): PolicyRule[] {
  return protections
    .flatMap(rulesOf)
    .map(({ rule, words, setBy, reason }) => ({ rule, words, setBy, reason }));
}

/** Checks an action against protections. */
export function checkPolicy(protections: readonly Protection[], facts: Facts): PolicyCheck[] {
  return protections.flatMap(rulesOf).map(({ check, ...rule }) => ({ ...rule, ...check(facts) }));
}

/**
 * @param checks with everything that is known when it happens: nothing may be left to ask
 * @throws Failure `policy` with each violated rule and where it is set
 */
export function refuseByPolicy(database: string, checks: readonly PolicyCheck[]): void {
  const broken = checks.filter(({ state }) => state !== 'met');
  const [first, ...more] = broken;
  if (!first) return;
  throw new Failure({
    code: 'policy',
    message: `The policy for ${database} refuses this: ${sentence(first)}${more.length > 0 ? ` (and ${more.length} more)` : ''} Nothing was done.`,
    next: first.next,
    ...(more.length > 0 && {
      problems: broken.map(check => ({
        code: check.rule,
        message: `${sentence(check)} ${check.next}`.trim(),
      })),
    }),
  });
}

/** A violated rule and where it is set. */
export function sentence({ message, setBy, reason }: PolicyCheck): string {
  return `${message} (${setBy})${reason === null ? '.' : `: ${reason}${reason.endsWith('.') ? '' : '.'}`}`;
}

/**
 * The time of the database server, which is the same for everyone; that of this machine if there is no
 * server.
 */
export async function timeOf(database: Connection | Refusal): Promise<Date> {
  if (isRefusal(database) || !isPostgres(database.address.kind)) return new Date();
  const [row] = await database.query<{ at: string }>(
    `select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as at`,
  );
  return new Date(Number(row?.at));
}
