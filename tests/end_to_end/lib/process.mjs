// Starts programs for a test and makes sure that none of them outlives it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'node:net';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../../..');
export const build = process.env.TRUNKLINE_BUILD ? resolve(here, '..', process.env.TRUNKLINE_BUILD) : join(root, 'build/dev');
export const sanitizers = { ASAN_OPTIONS: 'detect_leaks=0', TSAN_OPTIONS: `history_size=4:suppressions=${join(root, 'tests/tsan.supp')}` };

const running = new Set();
const folders = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export function tempFolder(prefix = 'trunkline-test-') {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(folder, 0o755);
  folders.add(folder);
  return folder;
}

export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** A child process: `output` is all it wrote so far, `exited` resolves to {code, signal}. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  const handle = { child, output: '', pid: child.pid };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (handle.output += text));
  handle.exited = new Promise((done) => child.on('exit', (code, signal) => (running.delete(child), done({ code, signal }))));
  // What a sanitizer has to say fails the file, whether or not a test looks at how the process ended.
  child.on('close', () => {
    if (!/(Sanitizer|:\d+:\d+: runtime error): /.test(handle.output)) return;
    process.exitCode = 1;
    console.error(handle.output);
  });
  handle.kill = async (signal = 'SIGTERM') => (child.kill(signal), handle.exited);
  return handle;
}

/** Ends whatever still runs, after a test that has failed half-way. */
export const endAll = () => Promise.all([...running].map((child) => new Promise((ended) => child.on('exit', ended).kill('SIGKILL'))));

/** Runs a program to its end; its exit code and what it wrote. */
export async function run(program, args, options = {}) {
  const handle = start(program, args, options);
  const written = new Promise((done) => handle.child.on('close', done)); // what it wrote last may come after its end
  const { code, signal } = await handle.exited;
  await written;
  return { code, signal, output: handle.output };
}

/** Resolves when `look` returns something truthy; rejects after `seconds`. Polls, because that is all a process offers. */
export async function until(look, what, seconds = 30) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

/** A port that was free a moment ago, for programs that must come back on the same one after a crash. Not one that the
 * kernel gives to outgoing connections, or somebody's would be there when the program comes. */
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer();
    const free = await new Promise((done) => server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)));
    if (!free) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
}
