// Drives one server with bench_load: is it right, how much does it take, how long does an answer take.
import { cpuSeconds, run } from './procs.mjs';

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/** One run of bench_load; its JSON. */
export async function load(context, server, args) {
  const common = ['--connect', `127.0.0.1:${server.port}`, '--targets', server.targets, '--public-url', context.publicUrl];
  const argv = [...common, ...Object.entries(args).flatMap(([k, v]) => (v === true ? [`--${k}`] : [`--${k}`, String(v)]))];
  const output = await run(context.loadProgram, argv, { log: `${context.dir}/load.log`, deadlineMs: 300_000 });
  return JSON.parse(output.trim().split('\n').at(-1));
}

const onlyStatus = (result, status) => Object.keys(result.status).every((s) => s === String(status));
const errorsOf = (result) => Object.values(result.errors).reduce((a, b) => a + b, 0);

/** A figure of a server that errs is none. */
export function assertClean(result, what) {
  if (!onlyStatus(result, 200) || errorsOf(result) > 0 || result.ok === 0)
    throw new Error(`${what}: statuses ${JSON.stringify(result.status)}, errors ${JSON.stringify(result.errors)}`);
}

/** Signed requests are answered as they should be, and each spoiled signature is refused. */
export async function verify(context, server) {
  const few = { requests: 200, connections: 8, warmup: 0, duration: 20 };
  const right = await load(context, server, few);
  assertClean(right, 'signed requests');
  if (!server.isAnswer(right.first_body)) throw new Error(`unexpected answer: ${right.first_body}`);
  if (server.checksSignature === false) return;
  const forged = await load(context, server, { ...few, forge: true });
  if (!onlyStatus(forged, 403) || errorsOf(forged) > 0)
    throw new Error(`spoiled signatures were answered ${JSON.stringify(forged.status)}`);
}

// One request is signed once and sent once, so the pool has to be larger than what the server can take.
async function closedLoop(context, server, expected, seconds) {
  const warmup = Math.min(1, seconds / 2);
  for (let pool = Math.ceil(expected * 1.3 * (seconds + warmup)) + 1000; ; pool *= 2) {
    const before = server.programs.map(cpuSeconds);
    const result = await load(context, server, { connections: context.connections, warmup, duration: seconds, pool });
    if (result.pool_exhausted) continue;
    assertClean(result, 'closed loop');
    const used = server.programs.map((program, i) => cpuSeconds(program) - before[i]);
    return { ...result, serverCpuUs: (used.reduce((a, b) => a + b, 0) * 1e6) / result.sent };
  }
}

async function openLoop(context, server, rate) {
  const warmup = Math.min(1, context.seconds / 2);
  const argv = { connections: context.connections, rate: Math.floor(rate), warmup, duration: context.seconds };
  const result = await load(context, server, argv);
  assertClean(result, 'open loop');
  return result;
}

/** Throughput with every connection busy, then latency at 70 % of it. */
export async function measure(context, server) {
  await verify(context, server);
  const probe = await closedLoop(context, server, 50_000, context.quick ? 0.5 : 2); // also the warm-up of a JIT
  const runs = [];
  for (let i = 0; i < context.repeats; ++i)
    runs.push(await closedLoop(context, server, probe.requests_per_second, context.seconds));
  const rps = median(runs.map((r) => r.requests_per_second));
  const steady = [];
  for (let i = 0; i < context.repeats; ++i) steady.push(await openLoop(context, server, rps * 0.7));
  const latency = (name) => median(steady.map((r) => r.latency_us[name])) / 1000;
  return {
    rps,
    runs: runs.map((r) => r.requests_per_second),
    p50Ms: latency('p50'),
    p99Ms: latency('p99'),
    p99_9Ms: latency('p99_9'),
    steady: steady.map((r) => ({ p99Ms: r.latency_us.p99 / 1000, unsentShare: r.unsent / (r.sent + r.unsent) })),
    serverCpuUs: median(runs.map((r) => r.serverCpuUs)),
    loadCpuUs: median(runs.map((r) => r.cpu_us_per_request)),
  };
}
