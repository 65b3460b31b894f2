import childProcess from 'node:child_process';
import cluster from 'node:cluster';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import inspector from 'node:inspector';
import Module, { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import tls from 'node:tls';
import v8 from 'node:v8';
import workers from 'node:worker_threads';
import { readRealPaths } from './real-paths.ts';

/*
 * Isolates this process before any user code is loaded in it. Node's permission model, with which it was
 * started, blocks files, other processes, threads, native add-ons, WASI and the inspector, but not signals,
 * and sockets only since Node 25. Those are blocked here at the lowest layer that JavaScript can reach, the prototypes of Node's
 * handles, so that it does not matter which module, object or copy of a library the code uses.
 */

/** Thrown instead of performing the operation. */
class Denied extends Error {
  readonly code = 'ERR_ACCESS_DENIED';
}

const deny = (what: string) =>
  function denied(): never {
    throw new Denied(`a preview cannot ${what}`);
  };

const network = 'use the network';
const signal = 'signal other processes';
const processes = 'start other processes or threads';

/**
 * Isolates the process.
 * @param pipe a handle of a pipe, for the prototype that all pipes and Unix sockets share
 * @param file an open file, for the prototype that all file handles share
 * @returns what is still accessible although it should not be: then nothing may be run here
 */
export function isolateProcess(pipe: object, file: object): string[] {
  const open: string[] = [];
  const close = (target: object | undefined, names: readonly string[], what: string): void => {
    // Node does not even create the handle if it blocks the network itself
    if (!target) return void (refusesNetwork() || open.push(what));
    for (const name of names) {
      if (!(name in target)) continue;
      try {
        Object.defineProperty(target, name, { value: deny(what), writable: false, configurable: false });
      } catch {
        open.push(`${what} (${name})`);
      }
    }
  };

  const queriesOf = methodsOf(
    prototypeOf(() => (new dns.Resolver() as unknown as { _handle: object })._handle) ?? {},
  );
  const sockets = ['connect', 'connect6', 'bind', 'bind6', 'listen', 'open', 'send', 'send6', 'fchmod'];
  const memberships = [
    'addMembership',
    'dropMembership',
    'addSourceSpecificMembership',
    'dropSourceSpecificMembership',
    'recvStart',
    'disconnect',
  ];
  close(prototypeOf(tcpHandle), sockets, network);
  close(prototypeOf(udpHandle), [...sockets, ...memberships], network);
  close(
    prototypeOf(() => pipe),
    sockets,
    network,
  );

  close(net.Socket.prototype, ['connect'], network);
  close(net.Server.prototype, ['listen'], network);
  close(dgram.Socket.prototype, ['bind', 'send', 'connect'], network);
  close(
    prototypeOf(() => (new dns.Resolver() as unknown as { _handle: object })._handle),
    queriesOf,
    network,
  );
  close(dns.Resolver.prototype, methodsOf(dns.Resolver.prototype), network);
  close(dns.promises.Resolver.prototype, methodsOf(dns.promises.Resolver.prototype), network);
  close(dns.promises, methodsOf(dns.promises), network);
  close(dns, methodsOf(dns), network);
  for (const [module, names] of [
    [net, ['connect', 'createConnection', 'createServer', '_createServerHandle']],
    [tls, ['connect', 'createServer']],
    [http, ['request', 'get', 'createServer']],
    [https, ['request', 'get', 'createServer']],
    [http2, ['connect', 'createServer', 'createSecureServer']],
    [dgram, ['createSocket']],
  ] as const) {
    close(module, names, network);
  }
  // Older versions of the permission model do not protect files that are open for reading.
  const changes = ['chmod', 'chown', 'utimes', 'sync', 'datasync', 'truncate'];
  close(Object.getPrototypeOf(file), changes, 'change files');
  for (const name of ['fchmod', 'fchown', 'futimes', 'fsync', 'fdatasync', 'ftruncate']) {
    close(fs, [name, `${name}Sync`], 'change files');
  }
  readRealPaths(file, deny('read files outside the project'));
  for (const name of ['fetch', 'WebSocket', 'EventSource']) closeGlobal(name);

  close(childProcess, methodsOf(childProcess), processes);
  close(cluster, methodsOf(cluster), processes);
  close(workers, ['Worker'], processes);
  close(inspector, methodsOf(inspector), 'open the inspector');
  close(
    v8,
    ['setFlagsFromString', 'writeHeapSnapshot', 'startupSnapshot', 'takeCoverage'],
    'use this part of Node',
  );
  close(v8, ['setHeapSnapshotNearHeapLimit', 'stopCoverage'], 'use this part of Node');
  close(os, ['setPriority'], signal);
  closeProcess();
  // Its callbacks run at any garbage collection, even during another migration.
  Reflect.deleteProperty(globalThis, 'FinalizationRegistry');
  // User hooks could bypass those that load modules here.
  for (const name of ['register', 'registerHooks', 'enableCompileCache', 'runMain'] as const) {
    Reflect.defineProperty(Module, name, { value: deny('change how modules are loaded'), writable: false });
  }
  syncBuiltinESMExports();
  return open;
}

/** Whether this Node's permission model refuses the network itself (Node 25 and newer). */
function refusesNetwork(): boolean {
  const permission = (process as { permission?: { has(scope: string): boolean } }).permission;
  return process.allowedNodeEnvironmentFlags.has('--allow-net') && permission?.has('net') === false;
}

function closeGlobal(name: string): void {
  Object.defineProperty(globalThis, name, { value: deny(network), writable: false, configurable: false });
}

/** Signals, and the ways to Node's internals. */
function closeProcess(): void {
  for (const [names, what] of [
    [['kill', '_kill', '_debugProcess', '_debugEnd'], signal],
    [['execve', 'binding', '_linkedBinding', 'dlopen'], 'use this part of Node'],
    [['report'], 'use this part of Node'],
    [['_getActiveHandles', '_getActiveRequests', 'openStdin'], 'use this part of Node'],
    [
      ['setuid', 'setgid', 'seteuid', 'setegid', 'setgroups', 'initgroups', 'chdir', 'umask'],
      'use this part of Node',
    ],
    // It reads a file, and follows links.
    [['loadEnvFile'], 'use this part of Node'],
  ] as const) {
    for (const name of names) {
      if (!(name in process)) continue;
      Object.defineProperty(process, name, { value: deny(what), writable: false, configurable: false });
    }
  }
  const { getBuiltinModule } = process;
  Object.defineProperty(process, 'getBuiltinModule', {
    value: (name: string) => (isAllowed(name) ? getBuiltinModule(name) : undefined),
    writable: false,
    configurable: false,
  });
}

/**
 * Node's modules that code of a migration may use; none of them has outside effects, except reading the
 * project's files.
 */
const allowed = new Set(
  `assert assert/strict async_hooks buffer console constants crypto diagnostics_channel events fs fs/promises module os
   path path/posix path/win32 perf_hooks process punycode querystring stream stream/consumers stream/promises stream/web
   string_decoder timers timers/promises url util util/types zlib`.split(/\s+/),
);

/** Libraries import these for use with a connection; they can be loaded, but do nothing. */
const loadable = new Set(
  `child_process cluster dgram dns dns/promises http http2 https inspector net readline readline/promises tls tty v8 vm
   worker_threads`.split(/\s+/),
);

/** Whether a migration's own code may import this Node module. */
export function isAllowed(name: string): boolean {
  const bare = name.replace(/^node:/, '');
  return allowed.has(bare) || loadable.has(bare);
}

/** Whether a file belongs to an installed package. */
export function isInPackage(url: string): boolean {
  return url.startsWith('file:') && new URL(url).pathname.includes('/node_modules/');
}

function prototypeOf(make: () => object): object | undefined {
  try {
    return Object.getPrototypeOf(make()) as object;
  } catch {
    return undefined;
  }
}

/**
 * A handle of a TCP socket. Without a connection, it can only be obtained from a server, which is closed
 * immediately.
 */
function tcpHandle(): object {
  const { _createServerHandle } = net as unknown as {
    _createServerHandle(address: string, port: number, family: number): { close(): void };
  };
  const handle = _createServerHandle('127.0.0.1', 0, 4);
  handle.close();
  return handle;
}

function udpHandle(): object {
  const socket = dgram.createSocket('udp4');
  const [state] = Object.getOwnPropertySymbols(socket)
    .map(symbol => (socket as unknown as Record<symbol, { handle?: object } | undefined>)[symbol]?.handle)
    .filter(handle => handle !== undefined && handle !== null);
  if (!state) throw new Error('no handle');
  socket.close();
  return state;
}

function methodsOf(target: object): string[] {
  return Object.getOwnPropertyNames(target).filter(
    name => name !== 'constructor' && typeof (target as Record<string, unknown>)[name] === 'function',
  );
}
