import { builtinModules } from 'node:module';

/*
 * Detects whether a migration left something behind that could affect the preview of the next one: a changed
 * global or Node module, a timer, an open handle. All references are taken before any project code is loaded.
 */

const { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { is } = Object;

interface Known {
  readonly object: object;
  readonly keys: readonly PropertyKey[];
  readonly values: readonly PropertyDescriptor[];
}

/**
 * Records the current state of the language's own objects and Node's modules.
 * @param names Node's modules that code may get hold of
 * @param classes other classes to record, with those that they extend
 * @returns checks whether they, and the pending operations, are still the same
 */
export function recordGlobals(names: (name: string) => boolean, classes: readonly object[]): () => boolean {
  const recorded: Known[] = [];
  // Grows as Node loads parts of itself.
  const { moduleLoadList } = process as unknown as { moduleLoadList?: object };
  const seen = new Set<object>(moduleLoadList ? [moduleLoadList] : []);
  const remember = (object: object, depth: number): void => {
    if (seen.has(object)) return;
    seen.add(object);
    const keys = ownKeys(object);
    const values = keys.map(key => getOwnPropertyDescriptor(object, key) as PropertyDescriptor);
    recorded.push({ object, keys, values });
    if (depth === 0) return;
    for (const { value } of values) if (isObject(value)) remember(value, depth - 1);
  };
  remember(globalThis, 2);
  for (const name of builtinModules) {
    const module = names(name) ? loaded(name) : undefined;
    if (isObject(module)) remember(module, 2);
  }
  for (const one of classes) {
    for (let at: object | null = one; isObject(at) && !seen.has(at); at = getPrototypeOf(at)) remember(at, 1);
  }
  const unnamed = [
    [][Symbol.iterator](),
    new Map().entries(),
    new Set().values(),
    ''[Symbol.iterator](),
    async () => {},
    (function* () {})(),
    (async function* () {})(),
  ];
  for (const made of unnamed) {
    for (let at = getPrototypeOf(made); at; at = getPrototypeOf(at)) remember(at, 1);
  }
  const { getActiveResourcesInfo, listenerCount } = process;
  const open = getActiveResourcesInfo.call(process).length;
  const events = ['exit', 'beforeExit', 'uncaughtException', 'unhandledRejection', 'warning'];
  const count = (): number => {
    let sum = 0;
    for (let at = 0; at < events.length; at++) sum += apply(listenerCount, process, [events[at]]) as number;
    return sum;
  };
  const listeners = count();
  return () => {
    if ((apply(getActiveResourcesInfo, process, []) as string[]).length > open) return false;
    if (count() !== listeners) return false;
    for (let at = 0; at < recorded.length; at++) {
      if (!isSame(recorded[at] as Known)) return false;
    }
    return true;
  };
}

function isSame({ object, keys, values }: Known): boolean {
  const found = ownKeys(object);
  let added = found.length - keys.length;
  if (object === globalThis) {
    // MikroORM stores data there when it is loaded.
    for (let at = 0; at < found.length; at++) if (apply(isMikroOrms, ours, [String(found[at])])) added--;
  }
  if (added !== 0) return false;
  for (let at = 0; at < keys.length; at++) {
    const was = values[at] as PropertyDescriptor;
    const now = getOwnPropertyDescriptor(object, keys[at] as PropertyKey);
    if (!now || !is(now.value, was.value) || now.get !== was.get || now.set !== was.set) return false;
  }
  return true;
}

const ours = /^(?:Symbol\()?@?mikro-orm/;
const { test: isMikroOrms } = RegExp.prototype;

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function loaded(name: string): unknown {
  try {
    return process.getBuiltinModule(name);
  } catch {
    return undefined;
  }
}
