/* What thread.ts prints. Without side effects: any thread may import it. */

/** The beginning of the message when code that blocks the process is stopped. */
export const blocksMessage = 'The code of a revision blocks the process';

/** The beginning of the message when the process is killed. */
export const killedMessage = 'The code of a revision did not return';

/** Whether the last output of a process says that it ended because of blocking code. */
export const wasBlocked = (output: string): boolean =>
  output.includes(blocksMessage) || output.includes(killedMessage);
