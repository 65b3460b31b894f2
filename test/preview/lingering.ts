/*
 * Migrations that leave something behind which acts during the next preview in the same process. Nothing differs
 * before and after that, so it is not seen in any object.
 */

const source = (up: string): string => `import { Migration } from '@mikro-orm/migrations';
export class M extends Migration { async up() { ${up} } }
`;

/** Changes the statements that are queued, for a moment. */
const acts = `const real = Array.prototype.push; let mine = true;
const act = () => { if (mine) return; const push = function (...all) { for (const one of all) if (one?.sql) one.sql = 'select 1'; return real.apply(this, all); };
  Array.prototype.push = push; setTimeout(() => { Array.prototype.push = real; }, 40); };`;
const ends = `this.addSql('select ' + 2); mine = false;`;

export const lingering: Readonly<Record<string, string>> = {
  'a hook of asynchronous calls': source(
    `const { createHook } = await import('node:async_hooks'); ${acts} createHook({ init: act }).enable(); ${ends}`,
  ),
  'a hook of asynchronous calls by an address like that of a package': source(
    `const { createHook } = await import('data:text/javascript,/*/node_modules/*/export * from "node:async_hooks"'); ${acts} createHook({ init: act }).enable(); ${ends}`,
  ),
  'a hook of asynchronous calls by the loader of a package': source(
    `const { createRequire } = await import('node:module'); const { createHook } = createRequire('/x/node_modules/y.js')('node:async_hooks'); ${acts} createHook({ init: act }).enable(); ${ends}`,
  ),
  'a hook of asynchronous calls by code that names itself a package': source(
    `const { createHook } = eval("process.getBuiltinModule('node:async_hooks')\\n//# sourceURL=/x/node_modules/y.js"); ${acts} createHook({ init: act }).enable(); ${ends}`,
  ),
  'a channel that reports imports by the loader of a package': source(
    `const { createRequire } = await import('node:module'); const { subscribe } = createRequire('/x/node_modules/y.js')('node:diagnostics_channel'); ${acts} for (const at of ['start', 'end', 'asyncStart', 'asyncEnd']) subscribe('tracing:module.import:' + at, act); ${ends}`,
  ),
  'a hook of promises by the loader of a package': source(
    `const { createRequire } = await import('node:module'); const { promiseHooks } = createRequire('/x/node_modules/y.js')('node:v8'); ${acts} promiseHooks.onInit(act); ${ends}`,
  ),
  'a lock that is granted later': source(
    `${acts} navigator.locks?.request('x', async () => { act(); }); ${ends}`,
  ),
  'a hook of promises': source(
    `const { promiseHooks } = await import('node:v8'); ${acts} promiseHooks.onInit(act); ${ends}`,
  ),
  'a channel that reports imports': source(
    `const { subscribe } = await import('node:diagnostics_channel'); ${acts} for (const at of ['start', 'end', 'asyncStart', 'asyncEnd']) subscribe('tracing:module.import:' + at, act); ${ends}`,
  ),
  'an observer of garbage collection': source(
    `const { PerformanceObserver } = await import('node:perf_hooks'); ${acts} new PerformanceObserver(act).observe({ entryTypes: ['gc', 'function'] }); ${ends}`,
  ),
  'promises without end': source(
    `${acts} (function next() { act(); Promise.resolve().then(next); })(); ${ends}`,
  ),
  'a wait of another thread': source(
    `${acts} Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5).value.then(act); ${ends}`,
  ),
  'a key that is derived': source(
    `const { pbkdf2 } = await import('node:crypto'); ${acts} pbkdf2('a', 'b', 3e4, 32, 'sha512', act); ${ends}`,
  ),
  'a digest of the global': source(
    `${acts} crypto.subtle.digest('SHA-512', new Uint8Array(1e7)).then(act); ${ends}`,
  ),
  'a compressed text': source(
    `const { gzip } = await import('node:zlib'); ${acts} gzip(Buffer.alloc(4e6, 'ab'), act); ${ends}`,
  ),
  'a compressed stream': source(
    `${acts} const stream = new CompressionStream('gzip'); stream.writable.getWriter().write(new Uint8Array(4e6)).then(act); stream.readable.getReader().read().then(act); ${ends}`,
  ),
  'a compiled module': source(
    `${acts} WebAssembly.compile(new Uint8Array([0,97,115,109,1,0,0,0])).then(() => setTimeout(act, 1)).then(act); ${ends}`,
  ),
  'another realm': source(
    `const vm = await import('node:vm'); ${acts} const Registry = vm.runInNewContext('FinalizationRegistry'); const registry = new Registry(act); for (let at = 0; at < 1e5; at++) registry.register({ at }, 1); globalThis.gc?.(); ${ends}`,
  ),
  'a timer that is not active': source(`${acts} setTimeout(act, 2).unref(); ${ends}`),
  'a signal with a timeout': source(
    `${acts} globalThis.signal = AbortSignal.timeout(5); signal.onabort = act; delete globalThis.signal; ${ends}`,
  ),
  'a port that is not active': source(
    `${acts} const { port1, port2 } = new MessageChannel(); port1.onmessage = act; port1.unref(); port2.unref(); port2.postMessage(1); ${ends}`,
  ),
  'a listener of the process': source(
    `${acts} process.on('newListener', act); process.on('removeListener', act); process.setUncaughtExceptionCaptureCallback(act); ${ends}`,
  ),
};

/** A method that changes what is pushed. */
const pushesOther = `function (...all) { for (const one of all) { if (one?.sql) one.sql = 'select 1'; this[this.length] = one; } return this.length; }`;
const other = `this.addSql('select ' + 2);`;

/** The same for a next preview that does not wait: what runs only between two waits, or while a result is written. */
export const passing: Readonly<Record<string, string>> = {
  'a method that is called while the answer is written': source(
    `Object.prototype.toJSON = function () { return this.t === 'result' ? { ...this, clean: true, queries: [{ sql: 'select 1', params: null }] } : this; }; ${other}`,
  ),
  'a message that changes something while the answer is written': source(
    `throw Object.assign(new Error(), { message: { toJSON() { Array.prototype.push = ${pushesOther}; return 'x'; } } });`,
  ),
  'SQL that changes something while the answer is written': source(
    `let reads = 0; this.getQueries = () => [{ get sql() { return reads++ === 0 ? 'select 1' : { toJSON() { Array.prototype.push = ${pushesOther}; return 'select 1'; } }; } }]; ${other}`,
  ),
  'promises that change something after a while': source(
    `let turn = 0; const real = Array.prototype.push; (function next() { turn++; if (turn === 200) Array.prototype.push = ${pushesOther}; if (turn === 20_000) Array.prototype.push = real; if (turn < 20_000) Promise.resolve().then(next); })(); ${other}`,
  ),
  'immediates that change something after a while': source(
    `let turn = 0; const real = Array.prototype.push; (function next() { turn++; if (turn === 8) Array.prototype.push = ${pushesOther}; if (turn === 400) Array.prototype.push = real; if (turn < 400) setImmediate(next).unref(); })(); ${other}`,
  ),
  'a method of the class Migration that queues something else': source(
    `const { addSql } = Migration.prototype; Migration.prototype.addSql = function (sql) { addSql.call(this, 'select ' + String(1)); }; ${other}`,
  ),
};

/** Waits, so that there is time to act. */
export const victim = source(
  `await new Promise(done => setTimeout(done, 20)); this.addSql('drop table ' + String('orders'));`,
);

/** Does not wait. */
export const quickVictim = source(`this.addSql('drop table ' + String('orders'));`);
