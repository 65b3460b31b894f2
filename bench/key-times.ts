import { PassThrough, Writable } from 'node:stream';
import type { TuiFigures } from './tui.ts';

const presses = 200;
/** Between two keys, ms: slower than key repeat, so that every key has a frame of its own. */
const pause = 34;

/** Writes nearer to each other than this are one frame, ms. */
const sameFrame = 3;

let bytes = 0;
let last = 0;
/** When each frame since the last key was written out. */
let frames: number[] = [];
const counting = Object.assign(
  new Writable({
    write(chunk, _encoding, done) {
      bytes += (chunk as Buffer).length;
      const now = performance.now();
      if (frames.length > 0 && now - last < sameFrame) frames.pop();
      frames.push(now);
      last = now;
      done();
    },
  }),
  { isTTY: true, columns: 200, rows: 50 },
);
export const stdin = Object.assign(new PassThrough(), {
  isTTY: true,
  setRawMode: () => stdin,
  ref: () => stdin,
  unref: () => stdin,
});

/** The terminal: it only counts. */
export const stdout = counting as unknown as NodeJS.WriteStream;

/** When bytes were last written, ms. */
export const lastWrite = (): number => last;

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Presses the keys in turns, 200 in all. */
export async function measure(scene: string, keys: readonly string[]): Promise<TuiFigures> {
  const answers: number[] = [];
  const ends: number[] = [];
  bytes = 0;
  const busy = process.cpuUsage();
  for (let press = 0; press < presses; press++) {
    frames = [];
    const from = performance.now();
    stdin.write(keys[press % keys.length] as string);
    await sleep(pause);
    answers.push((frames[0] ?? from) - from);
    ends.push((frames.at(-1) ?? from) - from);
  }
  const { user, system } = process.cpuUsage(busy);
  const at = (times: number[], part: number): number =>
    times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  return {
    scene,
    keys: presses,
    p50: at(answers, 0.5),
    p95: at(answers, 0.95),
    worst: at(answers, 1),
    end: at(ends, 0.95),
    cpu: (user + system) / 1_000 / presses,
    bytes: Math.round(bytes / presses),
  };
}
