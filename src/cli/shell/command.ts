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

/** @param done receives the exit code */
export function actor(host: Host, done: (code: number) => void): Act {
  return <Args extends readonly unknown[]>(
    work: Work<Args>,
    { asks = false }: { readonly asks?: boolean } = {},
  ) =>
    async function (this: Command, ...args: readonly unknown[]) {
      const call = await Call.begin(host, this.optsWithGlobals<SharedOptions>(), asks);
      if (call === null) return done(0);
      // commander passes the arguments, the options and finally the command itself.
      const given = args.slice(0, -1) as unknown as Args;
      try {
        done((await work(call, ...given)) ?? 0);
      } finally {
        await call.end();
      }
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
