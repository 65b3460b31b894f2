/*
 * Ways in which the code of a previewed migration may try to reach the outside, or to end, block or confuse
 * the process that previews it.
 */

/**
 * Values for `attack` in a migration: the address of a listening server, a file to write, a process to
 * signal.
 */
export interface Targets {
  readonly port: number;
  readonly socket: string;
  readonly file: string;
  readonly pid: number;
  readonly url: string;
}

export const attacks: Readonly<Record<string, (targets: Targets) => string>> = {
  'the dump of the connection': () => `await this.driver.getConnection().executeDump('drop table orders');`,
  'the driver of the entity manager': () =>
    `await this.getEntityManager().getDriver().execute('drop table orders');`,
  'a stream of the connection': () =>
    `for await (const row of this.driver.getConnection().stream('drop table orders')) void row;`,
  'the native client': () =>
    `await (await this.driver.getConnection().getNativeClient()).query('drop table orders');`,
  'a kysely of the connection': () =>
    `await this.driver.getConnection().getClient().executeQuery({ sql: 'drop table orders' });`,
  'a client of its own': ({ url }) =>
    `const { default: pg } = await import('pg'); const client = new pg.Client(${JSON.stringify(url)}); await client.connect(); await client.query('drop table orders');`,
  'a pool of its own when it is over': ({ url }) =>
    `const { default: pg } = await import('pg'); setTimeout(() => new pg.Pool({ connectionString: ${JSON.stringify(url)} }).query('drop table orders').catch(() => {}), 10);`,
  'an ORM of its own': ({ url }) =>
    `const { MikroORM } = await import('@mikro-orm/postgresql'); const orm = await MikroORM.init({ clientUrl: ${JSON.stringify(url)}, entities: [], discovery: { warnWhenNoEntities: false } }); await orm.em.getConnection().execute('drop table orders');`,
  'net.connect': ({ port }) => `const net = await import('node:net'); net.connect(${port}, '127.0.0.1');`,
  'net.Socket': ({ port }) =>
    `const { Socket } = await import('node:net'); new Socket().connect(${port}, '127.0.0.1');`,
  'a Unix socket': ({ socket }) => `const net = await import('net'); net.connect(${JSON.stringify(socket)});`,
  'require of net': ({ port }) =>
    `const { createRequire } = await import('node:module'); createRequire(import.meta.url)('net').createConnection({ port: ${port}, host: '127.0.0.1' });`,
  getBuiltinModule: ({ port }) => `process.getBuiltinModule('net').connect(${port}, '127.0.0.1');`,
  tls: ({ port }) => `const tls = await import('node:tls'); tls.connect(${port}, '127.0.0.1');`,
  http: ({ port }) =>
    `const http = await import('node:http'); http.get('http://127.0.0.1:${port}/').on('error', () => {});`,
  'an agent of http': ({ port }) =>
    `const http = await import('node:http'); new http.Agent().createConnection({ port: ${port}, host: '127.0.0.1' });`,
  http2: ({ port }) => `const http2 = await import('node:http2'); http2.connect('http://127.0.0.1:${port}');`,
  fetch: ({ port }) => `await fetch('http://127.0.0.1:${port}/');`,
  WebSocket: ({ port }) =>
    `new WebSocket('ws://127.0.0.1:${port}/'); await new Promise(r => setTimeout(r, 50));`,
  'the prototype of a socket': ({ port }) =>
    `const net = await import('node:net'); const s = new net.Socket(); const proto = Object.getPrototypeOf(Object.getPrototypeOf(s)); for (const m of Reflect.ownKeys(net.Socket.prototype)) void m; net.Socket.prototype.connect.call(s, { port: ${port}, host: '127.0.0.1' }); void proto;`,
  'a handle of TCP': ({ port }) =>
    `const net = await import('node:net'); const handle = process.stdout._handle; const TCP = (new net.Socket())._handle; void TCP; const h = net._createServerHandle('127.0.0.1', 0, 4); h.connect({}, '127.0.0.1', ${port}); void handle;`,
  'process.binding': ({ port }) =>
    `const { TCP, TCPConnectWrap } = process.binding('tcp_wrap'); new TCP(0).connect(new TCPConnectWrap(), '127.0.0.1', ${port});`,
  UDP: ({ port }) =>
    `const dgram = await import('node:dgram'); dgram.createSocket('udp4').send('x', ${port}, '127.0.0.1');`,
  listening: () => `const net = await import('node:net'); net.createServer().listen(0);`,
  'a file': ({ file }) =>
    `const fs = await import('node:fs'); fs.writeFileSync(${JSON.stringify(file)}, 'x');`,
  'a promise of a file': ({ file }) =>
    `const fs = await import('fs/promises'); await fs.writeFile(${JSON.stringify(file)}, 'x');`,
  'a stream to a file': ({ file }) =>
    `const fs = await import('node:fs'); await new Promise((r, j) => fs.createWriteStream(${JSON.stringify(file)}).on('error', j).end('x', r));`,
  'a file of the project': () =>
    `const fs = await import('node:fs'); fs.appendFileSync('package.json', ' ');`,
  'a link': ({ file }) =>
    `const fs = await import('node:fs'); fs.symlinkSync('/etc/hostname', ${JSON.stringify(file)});`,
  'a report': ({ file }) => `process.report.writeReport(${JSON.stringify(file)});`,
  'a heap snapshot': ({ file }) =>
    `const v8 = await import('node:v8'); v8.writeHeapSnapshot(${JSON.stringify(file)});`,
  SQLite: ({ file }) =>
    `const { DatabaseSync } = await import('node:sqlite'); new DatabaseSync(${JSON.stringify(file)}).exec('create table a(b)');`,
  'a process': ({ file }) =>
    `const { execSync } = await import('node:child_process'); execSync('touch ${file}');`,
  spawn: ({ file }) =>
    `const { spawn } = require('child_process'); spawn('touch', [${JSON.stringify(file)}]);`,
  execve: ({ file }) => `process.execve('/usr/bin/touch', ['touch', ${JSON.stringify(file)}]);`,
  'a cluster': () => `const { default: cluster } = await import('node:cluster'); cluster.fork();`,
  'a thread': ({ file }) =>
    `const { Worker } = await import('node:worker_threads'); new Worker("require('fs').writeFileSync('${file}', 'x')", { eval: true }); await new Promise(r => setTimeout(r, 100));`,
  'the inspector': () => `const inspector = await import('node:inspector'); inspector.open(0, '127.0.0.1');`,
  'a signal': ({ pid }) => `process.kill(${pid}, 'SIGTERM');`,
  'a signal by another door': ({ pid }) => `process._kill(${pid}, 15); process._debugProcess(${pid});`,
  'a signal to its group': () => `process.kill(0, 'SIGTERM');`,
  'loader hooks': ({ port }) =>
    `const { registerHooks } = await import('node:module'); registerHooks({ resolve: () => ({ url: 'node:net', shortCircuit: true }) }); (await import('anything')).connect(${port}, '127.0.0.1');`,
  'a function made of text': ({ port }) =>
    `await (new Function('return import("node:net")'))().then(net => net.connect(${port}, '127.0.0.1'));`,
  'another realm': ({ port }) =>
    `const vm = await import('node:vm'); vm.runInThisContext('process').getBuiltinModule('net').connect(${port}, '127.0.0.1');`,
  'a handle of DNS': ({ port }) =>
    `const dns = await import('node:dns'); const zlib = await import('node:zlib'); const { _handle } = new dns.Resolver(); _handle.setServers([[4, '127.0.0.1', ${port}]]); _handle.queryA(zlib.createGzip()._handle, 'example.com');`,
  'a group of UDP': () =>
    `const dgram = await import('node:dgram'); const s = new dgram.Socket('udp4'); for (const key of Object.getOwnPropertySymbols(s)) s[key]?.handle?.addMembership('239.1.1.1');`,
  'a file outside the project, imported': () => `await import('/etc/hostname');`,
  'a device, imported': () => `await import('/dev/zero');`,
  'a report when it fails': () => `process.report.reportOnFatalError = true; process.report.writeReport();`,
  'an add-on': () => `process.dlopen({ exports: {} }, '/usr/lib/any.node');`,
};

/** Ways to end, block or confuse the previewing process; each may only end its own preview. */
export const disruptions: Readonly<Record<string, string>> = {
  'an endless loop': `while (true);`,
  'a promise that never ends': `await new Promise(() => {});`,
  'process.exit': `process.exit(0);`,
  reallyExit: `process.reallyExit(3);`,
  abort: `process.abort();`,
  'too much memory': `const all = []; while (true) all.push(new Array(1e6).fill(all.length));`,
  'a flood of output': `while (true) console.log('x'.repeat(1e5));`,
  'nonsense on the pipe': `const fs = await import('node:fs'); fs.writeSync(3, 'nonsense\\n'); await new Promise(() => {});`,
  'a forged answer': `const fs = await import('node:fs'); fs.writeSync(3, JSON.stringify({ t: 'result', n: 9, queries: 'all' }) + '\\n'); await new Promise(() => {});`,
  'poisoned prototypes': `Array.prototype[Symbol.iterator] = null; JSON.stringify = () => '{}'; Promise.prototype.then = () => {}; Object.prototype.t = 'ready';`,
  'a poisoned stack': `Error.prepareStackTrace = () => { throw new Error('x'); }; throw new Error('y');`,
  'a rejection nobody waits for': `Promise.reject(new Error('lost')); await new Promise(r => setTimeout(r, 20)); throw new Error('seen');`,
  'a throw later': `setTimeout(() => { throw new Error('later'); }, 1); await new Promise(r => setTimeout(r, 2000));`,
  'closing the pipe': `const fs = await import('node:fs'); fs.closeSync(3); await new Promise(() => {});`,
};

export const name = (number: number): string => `Migration${20260101000000 + number}`;

/**
 * The attack in three places: when the method is called, when the class is created, and when the module is
 * loaded.
 */
export function sourceOf(id: string, code: string, place: 'method' | 'class' | 'module'): string {
  const body = `{ ${code} }`;
  const wrapped = `void (async function () ${body})().catch(() => {});`;
  return `import { Migration } from '@mikro-orm/migrations';
import { createRequire as make } from 'node:module';
const require = make(import.meta.url);
${place === 'module' ? wrapped : ''}
export class ${id} extends Migration {
  ${place === 'class' ? `constructor(...args) { super(...args); void (async () => ${body})().catch(() => {}); }` : ''}
  async up() { this.addSql('select 1'); ${place === 'method' ? code : ''} }
  async down() { ${place === 'method' ? code : `this.addSql('select 2');`} }
}
`;
}
