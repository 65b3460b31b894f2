import { InvalidArgumentError, Option } from 'commander';
import type { FleetChoice } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { UsageError } from '../shell/usage.ts';

/** The options that select targets on the command line. */
export interface ChoiceOptions {
  readonly only?: readonly string[];
  readonly tag?: readonly string[];
  readonly limit?: number;
  readonly shard?: { readonly index: number; readonly of: number };
}

/** Adds the options that select fleet targets. */
export const choiceOptions = (): Option[] => [
  new Option('--only <pattern>', 'targets whose name matches, such as tenant_1*; may be repeated').argParser(
    list,
  ),
  new Option('--tag <tag>', 'targets with this tag; may be repeated').argParser(list),
  new Option('--limit <n>', 'at most this many targets').argParser(wholeNumber),
  new Option(
    '--shard <i/n>',
    'one share of n, by a hash of the name: 1/8 to 8/8, for parallel jobs',
  ).argParser(shard),
];

/** The selection in the engine's format. */
export function choiceOf({ only, tag, limit, shard }: ChoiceOptions): FleetChoice {
  return { only, tags: tag, limit, shard };
}

/**
 * Calls the engine, and reports a fleet without targets as a usage error.
 * @throws UsageError
 */
export async function withTargets<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'no-targets')) throw error;
    throw new UsageError([error.message, error.next].filter(Boolean).join(' '));
  }
}

function list(text: string, before: readonly string[] = []): readonly string[] {
  const given = text
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '');
  // Such as a variable that is not set: without a name, every target would be selected.
  if (given.length === 0) throw new InvalidArgumentError('It is empty.');
  return [...before, ...given];
}

/** A whole number from 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function shard(text: string): { index: number; of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const share = { index: Number(index), of: Number(of) };
  if (!(share.index >= 1 && share.index <= share.of)) {
    throw new InvalidArgumentError('It must be a share such as 2/8, from 1/8 to 8/8.');
  }
  return share;
}
