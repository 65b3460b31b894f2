import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { Host } from '../../src/cli/shell/host.ts';
import { runProgram } from '../../src/cli/shell/program.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeFolder } from './project.ts';

/** What a command printed. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they were written, without questions and their answers. */
  readonly text: string;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
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
  { env, answer }: ProgramOptions = {},
): Promise<Printed> {
  const written = { stdout: '', stderr: '', text: '' };
  const stdin = Object.assign(new PassThrough(), { isTTY: answer !== undefined });
  const home = await makeFolder('home');
  const screen = (name: 'stdout' | 'stderr', isTTY: boolean): Host['stdout'] => ({
    isTTY,
    columns: 120,
    write(text) {
      written[name] += text;
      if (answer && /[:?\]>] $/.test(text)) stdin.write(`${answer(text)}\n`);
      else written.text += text;
    },
  });
  const host: Host = {
    stdout: screen('stdout', false),
    stderr: screen('stderr', answer !== undefined),
    stdin,
    env: { LANG: 'C.UTF-8', NO_COLOR: '1', XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, ...env },
    cwd,
    platform: process.platform,
    now: () => Date.now(),
    openEngine,
    chooseProject: async () => null,
    openApp: async () => 0,
    capturePrints: () => {},
    committed: () => {},
    onInterrupt: () => () => {},
    spawn: async () => 0,
    exit: code => {
      throw new Error(`exit ${code}`);
    },
  };
  const code = await runProgram(argv, host, '1.0.0');
  return {
    code,
    stdout: stripVTControlCharacters(written.stdout),
    stderr: stripVTControlCharacters(written.stderr),
    text: stripVTControlCharacters(written.text),
  };
}
