import type { Command } from 'commander';
import { Call, type SharedOptions } from './call.ts';
import type { Host } from './host.ts';

/** Returns the exit code if it is not 0. */
export type Work<Args extends readonly unknown[]> = (
  call: Call,
  ...args: Args
) => Promise<number | undefined>;

/** Adds one command to the program. */
export type Definition = (program: Command, act: Act) => Command;

/**
 * Creates the action of a command: starts the call, does the work, ends the call, stores the exit code. With
 * `asks`, the user is asked which project to use if there are several.
 */
export type Act = <Args extends readonly unknown[]>(
  work: Work<Args>,
  options?: { readonly asks?: boolean },
) => (this: Command, ...args: readonly unknown[]) => Promise<void>;

/**
 * Starts a call, does the work, ends the call.
 * @param asks with several projects, ask which one to use
 * @returns the exit code
 */
export async function withCall(
  host: Host,
  shared: SharedOptions,
  asks: boolean,
  work: (call: Call) => Promise<number | undefined>,
): Promise<number> {
  const call = await Call.begin(host, shared, asks);
  if (call === null) return 0;
  try {
    return (await work(call)) ?? 0;
  } finally {
    await call.end();
  }
}

/** @param done receives the exit code */
export function actor(host: Host, done: (code: number) => void): Act {
  return <Args extends readonly unknown[]>(
    work: Work<Args>,
    { asks = false }: { readonly asks?: boolean } = {},
  ) =>
    async function (this: Command, ...args: readonly unknown[]) {
      // commander passes the arguments, the options and finally the command itself.
      const given = args.slice(0, -1) as unknown as Args;
      const shared = this.optsWithGlobals<SharedOptions>();
      done(await withCall(host, shared, asks, call => work(call, ...given)));
    };
}

/** The examples at the end of a command's help. */
export function examples(lines: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(lines).map(line => line.length));
  const shown = Object.entries(lines).map(
    ([line, description]) => `  ${line.padEnd(width)}   ${description}`,
  );
  return `\nExamples:\n${shown.join('\n')}\n`;
}
