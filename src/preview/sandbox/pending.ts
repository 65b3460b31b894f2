import asyncHooks, { createHook } from 'node:async_hooks';
import { Channel } from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';
import { PerformanceObserver } from 'node:perf_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';

/*
 * Detects whether a migration started something that may call its code later, during another preview: a timer
 * (also one that is not active, after unref()), a thread of Node's pool, a hook of Node.
 */

/** Functions that make Node call code later without a resource of its own. */
const capabilities: readonly (readonly [object, readonly string[]])[] = [
  [asyncHooks, ['createHook']],
  [Channel.prototype, ['subscribe', 'bindStore']],
  [PerformanceObserver.prototype, ['observe']],
  [v8.promiseHooks, ['createHook', 'onInit', 'onBefore', 'onAfter', 'onSettled']],
  // Another context has everything that is missing in this one.
  [vm, ['createContext', 'runInNewContext']],
  [vm.Script.prototype, ['runInNewContext']],
];
const globals = ['WebAssembly'];

/**
 * Resources that are used while modules are loaded. Open ones are active until they are done; immediates are
 * counted.
 */
const harmless = new Set(
  'PROMISE TickObject Immediate Microtask FSREQCALLBACK FSREQPROMISE FILEHANDLE FILEHANDLECLOSEREQ'.split(
    ' ',
  ),
);

const { apply } = Reflect;
const { has } = Set.prototype;
const { Promise: OwnPromise, setImmediate } = globalThis;
/** After so many turns of the event loop, immediates that start each other are not waited for. */
const turns = 5;
let pending = false;
let immediates = 0;

/** Notices the use of everything in Node and the language that can call code later. */
export function watchCapabilities(): void {
  for (const [target, names] of capabilities) {
    for (const name of names) {
      const original = (target as Record<string, unknown>)[name];
      if (typeof original !== 'function') continue;
      Reflect.defineProperty(target, name, {
        value: function watched(this: unknown, ...all: unknown[]): unknown {
          pending = true;
          return apply(original, this, all);
        },
        writable: false,
        configurable: false,
      });
    }
  }
  for (const name of globals) {
    const value = (globalThis as Record<string, unknown>)[name];
    const get = (): unknown => {
      pending = true;
      return value;
    };
    Reflect.defineProperty(globalThis, name, { get, set: undefined, configurable: false });
  }
  Reflect.deleteProperty(Atomics, 'waitAsync');
  syncBuiltinESMExports();
}

/**
 * Starts to watch; call this last, before any code of the user.
 * @returns waits until promises and immediates have been processed; false: something is left that was started
 * since then
 */
export function watchPending(): () => Promise<boolean> {
  createHook({
    init(_, type) {
      if (type === 'Immediate') immediates++;
      else if (!apply(has, harmless, [type])) pending = true;
    },
  }).enable();
  pending = false;
  return async () => {
    for (let turn = 0; !pending; turn++) {
      const before = immediates;
      await new OwnPromise(resolve => setImmediate(resolve));
      if (immediates === before + 1) break;
      if (turn === turns) pending = true;
    }
    return !pending;
  };
}
