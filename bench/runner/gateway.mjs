// A gateway with made-up companies, and what 100,000 of them cost.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { assertClean, load, median } from './load.mjs';
import { freePort, residentBytes, run, start, stop, using, waitUntil } from './procs.mjs';

function isReady(port) {
  return new Promise((done) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/readyz', timeout: 1000 }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy(new Error('timeout')));
    request.once('error', () => done(false));
  });
}

export function gatewayEnvironment(context, { dir, port, apiPort, database, durable }) {
  return {
    TRUNKLINE_LISTEN: `127.0.0.1:${port}`,
    TRUNKLINE_API_LISTEN: `127.0.0.1:${apiPort}`,
    TRUNKLINE_PUBLIC_URL: context.publicUrl,
    TRUNKLINE_DATABASE: database ?? `sqlite:${dir}/trunkline.db`,
    TRUNKLINE_DATA_DIR: dir,
    TRUNKLINE_ADMIN_KEY: randomBytes(24).toString('hex'),
    TRUNKLINE_LOG_LEVEL: 'warn',
    TRUNKLINE_INBOX_DURABLE: String(durable ?? true),
  };
}

export async function seed(context, env, { dir, companies }) {
  const targets = `${dir}/targets.csv`;
  await run(context.gatewayProgram, ['dev', 'seed', '--companies', String(companies), '--targets', targets],
    { env, log: `${dir}/seed.log`, deadlineMs: 600_000 });
  return targets;
}

export async function serve(context, env, port, dir) {
  const began = performance.now();
  const program = start(context.gatewayProgram, ['serve'], { env, log: `${dir}/serve.log` });
  await waitUntil(() => isReady(port), program, 60_000, 5);
  return { program, readyMs: performance.now() - began };
}

/** options: { dir, companies, database (SQLite in dir if not given), durable (true) } */
export async function startGateway(context, options) {
  const port = await freePort();
  const env = gatewayEnvironment(context, { ...options, port, apiPort: await freePort() });
  const targets = await seed(context, env, options);
  const { program } = await serve(context, env, port, options.dir);
  return { port, targets, programs: [program], isAnswer: (body) => body.includes('<Response>') && body.includes('<Dial') };
}

const admin = async (env, path) =>
  (await fetch(`http://${env.TRUNKLINE_API_LISTEN}${path}`, { headers: { authorization: `Bearer ${env.TRUNKLINE_ADMIN_KEY}` }, signal: AbortSignal.timeout(10_000) })).text();

/** Webhooks that a node has answered for another one, by who decided them. */
async function forwarded(env) {
  const metrics = await admin(env, '/metrics');
  const by = (who) => Number(new RegExp(`trunkline_forwarded_webhooks_total{answered_by="${who}"} (\\d+)`).exec(metrics)?.[1] ?? 0);
  return { owner: by('owner'), us: by('us') + by('nobody') };
}

/** Two nodes, of which the first to come has all companies and keeps them; `port` is the other's. */
export async function startBehindAnother(context, options) {
  const shared = { TRUNKLINE_CLUSTER_KEY: randomBytes(24).toString('hex'), TRUNKLINE_MASTER_KEY: randomBytes(32).toString('hex'), TRUNKLINE_CLUSTER_QUIET_SECONDS: '3600' };
  const one = async (name) => {
    const dir = `${options.dir}/${name}`, port = await freePort();
    mkdirSync(dir);
    return { dir, port, env: { ...gatewayEnvironment(context, { ...options, dir, port, apiPort: await freePort() }), ...shared,
      TRUNKLINE_NODE_NAME: name, TRUNKLINE_CLUSTER_LISTEN: `127.0.0.1:${await freePort()}` } };
  };
  const owner = await one('owner'), edge = await one('edge');
  const targets = await seed(context, owner.env, { ...options, dir: owner.dir });
  const { program: first } = await serve(context, owner.env, owner.port, owner.dir);
  const owned = async () => JSON.parse(await admin(owner.env, '/api/admin/cluster'));
  await waitUntil(async () => (await owned()).shards.unowned === 0, first);
  const { program: second } = await serve(context, edge.env, edge.port, edge.dir);
  await waitUntil(async () => (await owned()).links.filter(({ state }) => state === 'up').length === 2, second);
  const check = async () => {
    const { owner: there, us } = await forwarded(edge.env);
    if (there === 0 || us > there / 100) throw new Error(`answered by the owner: ${there}, at the edge: ${us}`);
  };
  return { port: edge.port, targets, programs: [second, first], another: first, check, isAnswer: (body) => body.includes('<Response>') && body.includes('<Dial') };
}

function writeTargets(file, lines) {
  writeFileSync(file, lines.join('\n') + '\n');
  return file;
}

/** Start-up time, then resident memory and latency as companies that were never called get their first call. */
export async function measureCompanies(context) {
  const sizes = context.quick ? { companies: 5000, touched: 1000 } : { companies: 100_000, touched: 20_000 };
  const dir = `${context.dir}/companies`;
  mkdirSync(dir);
  const port = await freePort();
  const env = gatewayEnvironment(context, { dir, port, apiPort: await freePort() });
  const seeding = performance.now();
  const all = readFileSync(await seed(context, env, { dir, companies: sizes.companies }), 'utf8').trim().split('\n');
  const seedSeconds = (performance.now() - seeding) / 1000;
  const starts = [];
  let program;
  for (let i = 0; i < 3; ++i) {
    await stop(program);
    const served = await serve(context, env, port, dir);
    program = served.program;
    starts.push(served.readyMs / 1000);
  }
  const lines = all.filter((line) => !line.startsWith('number,'));
  const others = { port, targets: writeTargets(`${dir}/others.csv`, lines.slice(-500)) };
  const fresh = { port, targets: writeTargets(`${dir}/fresh.csv`, lines.slice(0, sizes.touched)) };
  const touched = await using(program, () => touch(context, program, others, fresh, sizes.touched));
  return { ...sizes, seedSeconds, readySeconds: median(starts), starts, ...touched };
}

// Buffers, caches and allocator arenas grow with the first load of all, so other companies pay for that beforehand;
// the second round to the same companies shows what still grows without any new actor.
async function touch(context, program, others, fresh, count) {
  const idleBytes = residentBytes(program);
  const gently = { connections: context.connections, rate: 2000, warmup: 0, duration: 60 };
  assertClean(await load(context, others, { ...gently, requests: count }), 'warm-up of the memory figure');
  const rounds = [];
  for (let round = 0; round < 2; ++round) {
    await delay(1000);
    const before = residentBytes(program);
    const result = await load(context, fresh, { ...gently, requests: count });
    assertClean(result, 'first calls');
    await delay(1000);
    rounds.push({ bytesEach: (residentBytes(program) - before) / count, p99Ms: result.latency_us.p99 / 1000 });
  }
  return {
    idleBytes,
    bytesPerTenant: rounds[0].bytesEach,
    secondRoundBytes: rounds[1].bytesEach,
    firstCallP99Ms: rounds[0].p99Ms,
    nextCallP99Ms: rounds[1].p99Ms,
  };
}
