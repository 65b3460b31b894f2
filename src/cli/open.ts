import { type Call, isInteractive } from './shell/call.ts';
import type { Definition } from './shell/command.ts';

/** `migtui` without a command: the full-screen app, or the status if there is no suitable terminal. */
export const open: Definition = (program, act) =>
  program
    .command('open', { hidden: true })
    .description('open the full-screen app, or print the status where there is no terminal')
    .action(act(openApp, { asks: true }));

/** @returns the exit code; undefined: 0 */
export async function openApp(call: Call): Promise<number | undefined> {
  if (isInteractive(call.host, call.shared)) return call.host.openApp(call.request);
  const { showStatus } = await import('./reports/status.ts');
  return showStatus(call, {});
}
