import { type Connection, isRefusal } from '../../database/connection.ts';
import type { Refusal } from '../../database/refusal.ts';
import { Failure } from '../../foundation/failure.ts';
import { isPostgres } from '../../project/kind.ts';
import type { Protection } from '../../settings/protection.ts';
import type { PolicyCheck, PolicyRule } from '../api.ts';
import { type Facts, rulesOf } from './rules.ts';

/** The rules of protections, in words. */
export function policyOf(protections: readonly Protection[]): PolicyRule[] {
  return protections
    .flatMap(rulesOf)
    .map(({ rule, words, setBy, reason }) => ({ rule, words, setBy, reason }));
}

/** Holds protections against what is about to be done. */
export function checkPolicy(protections: readonly Protection[], facts: Facts): PolicyCheck[] {
  return protections.flatMap(rulesOf).map(({ check, ...rule }) => ({ ...rule, ...check(facts) }));
}

/**
 * @param checks of everything that is known when it is done: nothing may be left to be asked
 * @throws Failure `policy` that names each broken rule and who set it
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

/** A broken rule with who set it. */
export function sentence({ message, setBy, reason }: PolicyCheck): string {
  return `${message} (${setBy})${reason === null ? '.' : `: ${reason}${reason.endsWith('.') ? '' : '.'}`}`;
}

/** The time of the database's server, which is the same for everybody; of this machine where there is no server. */
export async function timeOf(database: Connection | Refusal): Promise<Date> {
  if (isRefusal(database) || !isPostgres(database.address.kind)) return new Date();
  const [row] = await database.query<{ at: string }>(
    `select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as at`,
  );
  return new Date(Number(row?.at));
}
