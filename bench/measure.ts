import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Measurements of one command. Times in ms, memory in bytes; memory and CPU time are known only on Linux. */
export interface Measured {
  readonly wall: number;
  /** CPU time of the command and its child processes. */
  readonly cpu: number;
  /** The largest process of its tree. */
  readonly peak: number;
  /** The whole process tree at its peak, shared pages counted once per process. */
  readonly together: number;
  readonly stdout: string;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

const every = 15;

/**
 * Runs a command until it exits.
 * @throws if it fails, with its output
 */
export async function measure({ program, args, cwd, env }: Command): Promise<Measured> {
  // bash's own `time` counts every descendant that was waited for..
  const timed = ['-c', `TIMEFORMAT='@@ %U %S'; time "$@"`, '_', program, ...args];
  const started = performance.now();
  const child = spawn('bash', timed, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  let peak = 0;
  let together = 0;
  const sample = (): void => {
    const tree = processTree(child.pid as number);
    peak = Math.max(peak, ...tree.map(one => one.peak));
    together = Math.max(
      together,
      tree.reduce((sum, one) => sum + one.now, 0),
    );
  };
  const timer = setInterval(sample, every);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(timer);
  const wall = performance.now() - started;
  const [, user = '0', system = '0'] = /@@ ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  return { wall, cpu: (Number(user) + Number(system)) * 1000, peak, together, stdout };
}

/** Resident memory of a process and its descendants, bytes; empty without /proc. */
export function processTree(root: number): { readonly peak: number; readonly now: number }[] {
  try {
    const children = new Map<number, number[]>();
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const parent = parentOf(Number(name));
      if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    }
    const tree: number[] = [root];
    for (const pid of tree) tree.push(...(children.get(pid) ?? []));
    return tree.flatMap(pid => memoryOf(pid) ?? []);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function memoryOf(pid: number): { readonly peak: number; readonly now: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = (field: string): number =>
      Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024;
    return { peak: kilobytes('VmHWM'), now: kilobytes('VmRSS') };
  } catch {
    return null;
  }
}
