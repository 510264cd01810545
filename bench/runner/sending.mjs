// Messages out, through a simulated Twilio that answers at once: Trunkline beside an ordinary Node loop. The simulator's
// ledger says what Twilio has accepted, PostgreSQL when its answer was stored.
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gatewayEnvironment, seed, serve } from './gateway.mjs';
import { median } from './load.mjs';
import { now, person, postConnections, repeatFor } from './posts.mjs';
import { freshDatabase, startPostgres } from './postgres.mjs';
import { accepts, cpuSeconds, freePort, run, start, using, waitUntil } from './procs.mjs';

const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1];
const patienceMs = 300_000; // for what has been taken to be sent

const messagesTable = `create table messages (id text primary key, recipient text not null, body text not null, status text not null,
  twilio_sid text, created_at timestamptz not null default now(), updated_at timestamptz not null default now())`;

async function json(url, method, body, headers = {}) {
  const answer = await fetch(url, { method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers }, signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** A simulated Twilio that keeps a ledger of all it accepts: { url, program, know(account), callbacks(wanted), hasAccepted(count), accepted() }. */
async function startSimulator(context, dir, webhooks) {
  const program = path.join(path.dirname(context.gatewayProgram), 'twilio-sim');
  const port = await freePort(), url = `http://127.0.0.1:${port}`;
  const sim = start(program, ['--listen', `127.0.0.1:${port}`, '--gateway', `http://127.0.0.1:${webhooks}`, '--public-url', context.publicUrl, '--ledger-entries', '5000000'],
    { log: `${dir}/sim.log` });
  await waitUntil(accepts(port), sim);
  const bodies = new Map(); // body -> how often it was accepted
  let seen = 0, lastMs = 0;
  return {
    url, program: sim,
    know: (account) => json(`${url}/sim/accounts`, 'POST', account),
    callbacks: (wanted) => json(`${url}/sim/faults`, ...(wanted ? ['DELETE'] : ['POST', { rules: [{ match: { on: 'callback' }, action: 'drop' }] }])),
    /** Until so many have been accepted since the start; a question that costs it little. */
    hasAccepted: async (count) => {
      for (const until = now() + patienceMs; (await json(`${url}/sim/health`, 'GET')).ledgerEntries < count; await delay(50))
        if (now() > until) throw new Error(`not within ${patienceMs} ms: ${count} messages accepted`);
    },
    /** Reads on: how often each body has been accepted, and when the last was. */
    accepted: async () => {
      for (let next = seen; next !== null; ) {
        const page = await json(`${url}/sim/ledger?kind=message&limit=5000&after=${seen}`, 'GET');
        if (page.dropped > 0) throw new Error('the ledger has dropped entries');
        for (const { at, seq, detail } of page.entries) bodies.set(detail.body, (bodies.get(detail.body) ?? 0) + 1), (seen = seq), (lastMs = Date.parse(at));
        next = page.next;
      }
      return { bodies, lastMs };
    },
  };
}

/** A PostgreSQL that also knows when each transaction was committed, a simulator, and one account with one number. */
async function withTwilio(context, name, work) {
  const dir = `${context.dir}/${name}`;
  mkdirSync(dir);
  const files = mkdtempSync(path.join(context.openDir, 'postgres-'));
  context.giveAway(files);
  const postgres = await startPostgres(files, ['track_commit_timestamp=on']);
  return using(postgres.program, async () => {
    const webhooks = await freePort();
    const sim = await startSimulator(context, dir, webhooks);
    return using(sim.program, () => work({ dir, postgres, sim, webhooks }));
  });
}

/** Nobody's message is missing and nobody got one twice; a figure of a sender that loses something is none. */
function assertEachOnce(posted, bodies) {
  const lost = posted.filter((body) => !bodies.has(body)).length, twice = [...bodies.values()].filter((times) => times > 1).length;
  if (lost > 0 || twice > 0) throw new Error(`${lost} lost and ${twice} twice of ${posted.length}`);
  return { messages: posted.length, lost, twice };
}

/** Full load `repeats` times, then 70 % of its median as often. `once(seconds, rate)` is one run to its very end:
 * { count, from, took, serverCpu }; `rate` undefined means as many as there are connections. */
async function measureRuns(context, sim, once) {
  await sim.callbacks(false);
  await once(context.quick ? 0.5 : 2);
  const full = [], steady = [];
  for (let i = 0; i < context.repeats; ++i) {
    const { count, from, serverCpu } = await once(context.seconds);
    full.push({ perSecond: (count * 1000) / ((await sim.accepted()).lastMs - from), serverCpuUs: (serverCpu * 1e6) / count });
  }
  const rps = median(full.map(({ perSecond }) => perSecond));
  for (let i = 0; i < context.repeats; ++i) {
    const { took } = await once(context.seconds, rps * 0.7);
    steady.push({ p50Ms: percentile(took, 0.5), p99Ms: percentile(took, 0.99) });
  }
  const of = (all, field) => median(all.map((one) => one[field]));
  return { rps, runs: full, steady, serverCpuUs: of(full, 'serverCpuUs'), sidP50Ms: of(steady, 'p50Ms'), sidP99Ms: of(steady, 'p99Ms') };
}

// -- Trunkline

/** A company whose rates are no limit, and what its account is called. */
async function makeSender(context, env, dir, sim) {
  const [number, sid, authToken] = readFileSync(await seed(context, env, { dir, companies: 1 }), 'utf8').trim().split('\n').at(-1).split(',');
  await sim.know({ sid, authToken, numbers: [number] });
  return number;
}

async function lift(env, number) {
  const api = `http://${env.TRUNKLINE_API_LISTEN}`, headers = { authorization: `Bearer ${env.TRUNKLINE_ADMIN_KEY}` };
  const { data: [company] } = await json(`${api}/api/companies?phoneNumber=${encodeURIComponent(number)}`, 'GET', undefined, headers);
  const limits = { numberSegmentsPerSecond: 100_000, companySegmentsPerSecond: null, campaignSegmentsPerSecond: null };
  await json(`${api}/api/companies/${company.id}/twilio/config`, 'PUT', { rateLimit: limits }, headers);
  return { 'X-Company-Id': company.id, Authorization: headers.authorization };
}

/** Polls the database until every message of a run has got that far; when each did, in ms of the epoch by its number. */
async function storedAt(sql, prefix, count, isThere) {
  const rows = `from message where content like '${prefix}-%' and ${isThere}`;
  for (const until = now() + patienceMs; Number(await sql(`select count(*) ${rows}`)) < count; await delay(20))
    if (now() > until) throw new Error(`only ${await sql(`select count(*) ${rows}`)} of ${count} have ${isThere}`);
  const lines = (await sql(`select content, 1000 * extract(epoch from pg_xact_commit_timestamp(xmin)) ${rows}`)).trim().split('\n');
  return new Map(lines.map((line) => line.split('|')).map(([body, at]) => [Number(body.slice(prefix.length + 1)), Number(at)]));
}

export async function measureSendGateway(context) {
  return withTwilio(context, 'send_gateway', async ({ dir, postgres, sim, webhooks }) => {
    const database = await freshDatabase(postgres), port = await freePort();
    const env = { ...gatewayEnvironment(context, { dir, port: webhooks, apiPort: port, database: postgres.url(database) }), TRUNKLINE_TWILIO_API_URL: sim.url };
    const number = await makeSender(context, env, dir, sim);
    const { program } = await serve(context, env, webhooks, dir);
    return using(program, async () => {
      const connections = postConnections(port, '/api/messages', await lift(env, number), context.connections);
      const sql = (text) => postgres.sql(database, text), posted = [];
      const server = () => cpuSeconds(program) + cpuSeconds(postgres.program);
      let runs = 0;
      const once = async (seconds, rate, isThere = "twilio_sid <> ''") => {
        const prefix = `run${++runs}`, before = server();
        const { from, begun } = await repeatFor(seconds, { atOnce: context.connections, rate }, async (n) => {
          const { status, text } = await connections.post({ user_phone_number: person(n), content: `${prefix}-${n}` });
          if (status !== 202) throw new Error(`POST /api/messages: ${status} ${text}`);
          posted.push(`${prefix}-${n}`);
        });
        await sim.hasAccepted(posted.length);
        const ended = await storedAt(sql, prefix, begun.length, isThere);
        return { count: begun.length, from, took: begun.map((at, n) => ended.get(n) - at), serverCpu: server() - before, lastMs: Math.max(...ended.values()) };
      };
      try {
        const result = await measureRuns(context, sim, once);
        await sim.callbacks(true);
        const followed = await once(context.seconds, undefined, "status = 'delivered'");
        return { ...result, followedPerSecond: (followed.count * 1000) / (followed.lastMs - followed.from), ...assertEachOnce(posted, (await sim.accepted()).bodies) };
      } finally {
        connections.close();
      }
    });
  });
}

// -- a plain Node loop

export async function measureSendNode(context) {
  return withTwilio(context, 'send_node', async ({ dir, postgres, sim }) => {
    const database = await freshDatabase(postgres);
    await postgres.sql(database, messagesTable);
    const account = { sid: `AC${'5'.repeat(32)}`, authToken: '6'.repeat(32), numbers: ['+15550000000'] };
    await sim.know(account);
    const processes = 2, peer = path.resolve(import.meta.dirname, '../peers/send_node.mjs');
    const env = { DATABASE_URL: postgres.url(database), TWILIO_URL: sim.url, ACCOUNT_SID: account.sid, AUTH_TOKEN: account.authToken, SENDER: account.numbers[0], NODE_ENV: 'production' };
    let runs = 0;
    const one = async (prefix, seconds, rate) => {
      const more = { RUN: prefix, AT_ONCE: Math.ceil(context.connections / processes), RATE: (rate ?? 0) / processes, WARMUP: context.quick ? 0.5 : 2, SECONDS: seconds };
      const output = await run(process.execPath, [peer], { env: { ...env, ...Object.fromEntries(Object.entries(more).map(([k, v]) => [k, String(v)])) }, log: `${dir}/peer.log`, deadlineMs: patienceMs + 1000 * seconds });
      return JSON.parse(output.trim().split('\n').at(-1));
    };
    const once = async (seconds, rate) => {
      ++runs;
      const before = cpuSeconds(postgres.program);
      const all = await Promise.all(Array.from({ length: processes }, (_, i) => one(`run${runs}_${i}`, seconds, rate)));
      const took = all.flatMap((each) => each.took), total = (field) => all.reduce((sum, each) => sum + each[field], 0);
      // Some of both CPU times was for messages of the warm-up.
      const serverCpu = ((cpuSeconds(postgres.program) - before + total('cpuSeconds')) * took.length) / (took.length + total('warmed'));
      return { count: took.length, from: Math.min(...all.map(({ from }) => from)), took, serverCpu };
    };
    const result = await measureRuns(context, sim, once);
    const posted = (await postgres.sql(database, "select id from messages where twilio_sid <> ''")).trim().split('\n');
    return { ...result, ...assertEachOnce(posted, (await sim.accepted()).bodies) };
  });
}
