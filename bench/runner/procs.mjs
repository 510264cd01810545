// Everything the bench starts, so that everything is stopped again: each program leads a process group of its own, and
// the kernel ends it should the bench itself be killed.
import { spawn } from 'node:child_process';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const running = new Set();
let stopping = false;

/** Programs that refuse to be root (PostgreSQL) or should not be (nginx) run as this user; null: as we are. */
export const unprivileged = process.getuid() === 0 ? 'postgres' : null;

export const isStopping = () => stopping;

/** Starts a program. `signal` asks it to end; its output goes to `log`; `user` as above. */
export function start(command, args, { env = {}, cwd, log, signal = 'SIGTERM', user = null } = {}) {
  if (stopping) throw new Error('stopping');
  const guard = ['--pdeathsig', signal.replace('SIG', '')];
  if (user) guard.push('--reuid', user, '--regid', user, '--init-groups');
  const child = spawn('setpriv', [...guard, command, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const out = createWriteStream(log, { flags: 'a' });
  child.stdout.pipe(out);
  child.stderr.pipe(out);
  const ended = new Promise((done) => child.once('exit', done).once('error', done));
  const program = { child, signal, ended, log, name: command, hasEnded: false };
  ended.then(() => {
    program.hasEnded = true;
    signalGroup(program, 'SIGKILL'); // whatever it left behind
    running.delete(program);
  });
  running.add(program);
  return program;
}

function signalGroup(program, signal) {
  try {
    process.kill(-program.child.pid, signal);
  } catch {
    // the group is gone already
  }
}

export async function stop(program) {
  if (!program || program.hasEnded) return;
  program.child.kill(program.signal);
  const patience = delay(10_000).then(() => signalGroup(program, 'SIGKILL'));
  await Promise.race([program.ended, patience]);
  await program.ended;
}

/** Stops what a failed row may have left, but not `kept`. */
export const stopOthers = (kept) => Promise.all([...running].filter((program) => program !== kept).map(stop));

/** Stops everything and lets nothing start any more. */
export async function stopAll() {
  stopping = true;
  await stopOthers(null);
}

/** Runs a program to its end and gives its standard output; an error carries what it said. */
export async function run(command, args, options) {
  const program = start(command, args, options);
  const output = [];
  program.child.stdout.on('data', (chunk) => output.push(chunk));
  const late = setTimeout(() => signalGroup(program, 'SIGKILL'), options.deadlineMs ?? 120_000);
  const closed = new Promise((done) => program.child.once('close', done));
  const status = await program.ended;
  await closed;
  clearTimeout(late);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${lastLines(options.log)}`);
  return Buffer.concat(output).toString();
}

export function lastLines(file) {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join(' | ').slice(-1000);
  } catch {
    return '';
  }
}

/** Runs `work` against a program and stops it; when it fails because the program died, the error says so. */
export async function using(program, work) {
  try {
    return await work();
  } catch (failure) {
    if (!program.hasEnded || stopping) throw failure;
    throw new Error(`${program.name} died under it: ${lastLines(program.log)} (${failure.message})`);
  } finally {
    await stop(program);
  }
}

export async function freePort() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Polls until `probe()` is true; the time it took in ms. Fails when the program ends or the deadline passes. */
export async function waitUntil(probe, program, deadlineMs = 30_000, everyMs = 20) {
  const began = performance.now();
  while (!(await probe())) {
    if (program.hasEnded) throw new Error(`${program.name} ended: ${lastLines(program.log)}`);
    if (performance.now() - began > deadlineMs) throw new Error(`${program.name} was not ready in ${deadlineMs} ms`);
    await delay(everyMs);
  }
  return performance.now() - began;
}

export const accepts = (port) => () =>
  new Promise((done) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.setTimeout(1000, () => socket.destroy(new Error('timeout')));
    socket.once('connect', () => done(socket.destroy() && true));
    socket.once('error', () => done(false));
  });

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    const ticks = fields.slice(11, 15).reduce((a, b) => a + b, 0); // its own, and of children that have ended
    return { pid: Number(pid), parent: fields[1], ticks };
  } catch {
    return null; // ended meanwhile
  }
}

/** CPU seconds used so far by a program and all its descendants. By parent: PostgreSQL's have sessions of their own. */
export function cpuSeconds(program) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(statOf).filter(Boolean);
  const isOurs = new Set([program.child.pid]);
  for (let before = 0; before !== isOurs.size; ) {
    before = isOurs.size;
    for (const { pid, parent } of all) if (isOurs.has(parent)) isOurs.add(pid);
  }
  return all.filter(({ pid }) => isOurs.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0) / 100;
}

/** Resident memory in bytes of the program itself. */
export function residentBytes(program) {
  const status = readFileSync(`/proc/${program.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
}
