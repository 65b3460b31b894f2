import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { Host } from '../../src/cli/shell/host.ts';
import { runProgram } from '../../src/cli/shell/program.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeFolder } from './project.ts';

/** What a command printed. */
export interface Printed {
  readonly code: number;
  /** On stdout and stderr, in the order in which it was written, without questions and their answers. */
  readonly text: string;
}

export interface ProgramOptions {
  /** The input of the user at a terminal for a question; default: there is no terminal. */
  readonly answer?: (question: string) => string;
}

/**
 * Runs migtui's command line on the engine in this process, where a command takes a fraction of the time.
 * @param cwd a project of `projectOf`: MikroORM uses the first current folder of a process for all projects
 */
export async function program(
  cwd: string,
  argv: readonly string[],
  { answer }: ProgramOptions = {},
): Promise<Printed> {
  let written = '';
  const stdin = Object.assign(new PassThrough(), { isTTY: answer !== undefined });
  const home = await makeFolder('home');
  const screen = (isTTY: boolean): Host['stdout'] => ({
    isTTY,
    columns: 120,
    write(text) {
      if (answer && /[:?\]>] $/.test(text)) stdin.write(`${answer(text)}\n`);
      else written += text;
    },
  });
  const host: Host = {
    stdout: screen(false),
    stderr: screen(answer !== undefined),
    stdin,
    env: { LANG: 'C.UTF-8', NO_COLOR: '1', XDG_CONFIG_HOME: home, XDG_STATE_HOME: home },
    cwd,
    platform: process.platform,
    now: () => Date.now(),
    openEngine,
    chooseProject: async () => null,
    openApp: async () => 0,
    capturePrints: () => {},
    committed: () => {},
    writesLines: () => () => {},
    onInterrupt: () => () => {},
    spawn: async () => 0,
    exit: code => {
      throw new Error(`exit ${code}`);
    },
  };
  const code = await runProgram(argv, host, '1.0.0');
  return { code, text: stripVTControlCharacters(written) };
}
