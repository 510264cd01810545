// What goes on beside the webhooks: the configuration API's latency under them, and what health checks cost them.
import { mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gatewayEnvironment, seed, serve } from './gateway.mjs';
import { assertClean, load, median } from './load.mjs';
import { freshDatabase } from './postgres.mjs';
import { accepts, freePort, start, using, waitUntil } from './procs.mjs';

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1];

/** One API request; how long it took in ms. Any status but 200 fails the row. */
function request(env, method, pathname, body) {
  const [host, port] = env.TRUNKLINE_API_LISTEN.split(':');
  const headers = { authorization: `Bearer ${env.TRUNKLINE_ADMIN_KEY}`, 'content-type': 'application/json' };
  const began = performance.now();
  return new Promise((done, failed) => {
    const asked = http.request({ host, port, method, path: pathname, headers, agent, timeout: 10_000 }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode !== 200) return failed(new Error(`${method} ${pathname}: ${answer.statusCode} ${text}`));
        done({ ms: performance.now() - began, json: JSON.parse(text) });
      });
    });
    asked.once('timeout', () => asked.destroy(new Error('timeout')));
    asked.once('error', failed);
    asked.end(body && JSON.stringify(body));
  });
}

const modes = ['voicemail', 'forward'];
const mix = [
  (id) => ['GET', `/api/companies/${id}/twilio/config`],
  (id, i) => ['PUT', `/api/companies/${id}/twilio/config`, { callRoutingMode: modes[i % 2] }],
  (id) => ['GET', `/api/companies/${id}/readiness`],
  (id, i) => ['PATCH', `/api/companies/${id}`, { companyName: `Company ${i}` }],
  (id) => ['GET', `/api/companies/${id}/calls?limit=20`],
];

/** Open loop: so many requests a second from the mix, each at its time. */
async function useApi(env, ids, perSecond, seconds) {
  const pending = [];
  const began = performance.now();
  for (let i = 0; i < perSecond * seconds; ++i) {
    const wait = began + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await delay(wait);
    pending.push(request(env, ...mix[i % mix.length](ids[i % ids.length], i)));
  }
  const all = (await Promise.all(pending)).map(({ ms }) => ms);
  return { requests: all.length, p50Ms: percentile(all, 0.5), p99Ms: percentile(all, 0.99) };
}

/** The simulator knows the accounts and numbers of the companies that are changed, so that what is stored can be tried. */
async function knowAccounts(env, simPort, targets, ids) {
  const lines = readFileSync(targets, 'utf8').trim().split('\n').map((line) => line.split(','));
  const tokens = new Map(lines.map(([, sid, authToken]) => [sid, authToken]));
  for (const id of ids) {
    const { accountSid: sid, phoneNumbers } = (await request(env, 'GET', `/api/companies/${id}/twilio/config`)).json;
    const account = { sid, authToken: tokens.get(sid), numbers: phoneNumbers.map(({ phoneNumber }) => phoneNumber) };
    const answer = await fetch(`http://127.0.0.1:${simPort}/sim/accounts`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account) });
    if (!answer.ok) throw new Error(`simulator: ${answer.status} ${await answer.text()}`);
  }
}

async function round(context, env, simPort, dir, targets, rate, seconds, { api, checks }) {
  const port = Number(env.TRUNKLINE_LISTEN.split(':')[1]);
  const pace = checks ? { TRUNKLINE_HEALTH_CHECKS_PER_SECOND: '100', TRUNKLINE_HEALTH_COMPANY_INTERVAL_SECONDS: '10' } : {};
  const { program } = await serve(context, { ...env, ...pace }, port, dir);
  return using(program, async () => {
    const target = { port, targets };
    assertClean(await load(context, target, { connections: context.connections, rate: rate / 2, warmup: 0, duration: 2 }), 'warm-up');
    const ids = (await request(env, 'GET', '/api/companies?limit=100')).json.data.map(({ id }) => id);
    await knowAccounts(env, simPort, targets, ids);
    const webhooks = load(context, target, { connections: context.connections, rate, warmup: 0, duration: seconds });
    const [loaded, used] = await Promise.all([webhooks, api ? useApi(env, ids, 50, seconds - 0.5) : null]);
    assertClean(loaded, 'webhooks');
    const perSecond = loaded.sent / seconds;
    return { p99Ms: loaded.latency_us.p99 / 1000, perSecond, unsentShare: loaded.unsent / (loaded.sent + loaded.unsent), api: used };
  });
}

/** A simulator and a database of its own: nothing that earlier rounds have left is checkpointed or vacuumed beside it. */
async function fresh(context, dir, work) {
  const simPort = await freePort();
  const sim = start(path.join(path.dirname(context.gatewayProgram), 'twilio-sim'), ['--listen', `127.0.0.1:${simPort}`, '--gateway', 'http://127.0.0.1:9'],
    { log: `${dir}/sim.log` });
  return using(sim, async () => {
    await waitUntil(accepts(simPort), sim);
    const database = context.postgres.url(await freshDatabase(context.postgres));
    const env = { ...gatewayEnvironment(context, { dir, port: await freePort(), apiPort: await freePort(), database }),
      TRUNKLINE_TWILIO_API_URL: `http://127.0.0.1:${simPort}` };
    const targets = await seed(context, env, { dir, companies: 1000 });
    return work((rate, seconds, beside) => round(context, env, simPort, dir, targets, rate, seconds, beside));
  });
}

export async function measureNeighbours(context) {
  const rounds = context.quick ? 1 : 3, seconds = context.quick ? 2 : 6, rate = 10_000;
  const dir = `${context.dir}/neighbours`;
  mkdirSync(dir);
  const measured = { alone: [], api: [], checks: [] };
  await fresh(context, dir, async (measure) => {
    for (let i = 0; i < rounds; ++i)
      for (const kind of Object.keys(measured)) measured[kind].push(await measure(rate, seconds, { api: kind === 'api', checks: kind === 'checks' }));
  });
  const of = (kind, value) => median(measured[kind].map(value));
  // The bar may be out of this machine's reach at that rate: where is it held?
  const held = { rate, p99Ms: of('api', (r) => r.api.p99Ms) };
  while (held.p99Ms > 20 && held.rate > 2_000 && !context.quick) {
    held.rate -= 2_000;
    await fresh(context, dir, async (measure) => {
      const again = [];
      for (let i = 0; i < rounds; ++i) again.push(await measure(held.rate, seconds, { api: true }));
      held.p99Ms = median(again.map((r) => r.api.p99Ms));
    });
  }
  return {
    held, rate, rounds: measured, webhooksPerSecond: of('api', (r) => r.perSecond), apiP50Ms: of('api', (r) => r.api.p50Ms), apiP99Ms: of('api', (r) => r.api.p99Ms),
    p99AloneMs: of('alone', (r) => r.p99Ms), p99BesideApiMs: of('api', (r) => r.p99Ms), p99BesideChecksMs: of('checks', (r) => r.p99Ms),
    checksRatio: of('checks', (r) => r.p99Ms) / of('alone', (r) => r.p99Ms),
  };
}
