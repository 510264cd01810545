// What a company whose handler always throws costs the others: their latency with and without it, in turn.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gatewayEnvironment, seed, serve } from './gateway.mjs';
import { assertClean, load, median } from './load.mjs';
import { freshDatabase } from './postgres.mjs';
import { freePort, using } from './procs.mjs';

async function api(env, method, path) {
  const answer = await fetch(`http://${env.TRUNKLINE_API_LISTEN}${path}`, {
    method, headers: { authorization: `Bearer ${env.TRUNKLINE_ADMIN_KEY}` }, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.json();
}

const idOf = async (env, number) => (await api(env, 'GET', `/api/companies?phoneNumber=${encodeURIComponent(number)}`)).data[0].id;

function writeTargets(dir, name, lines) {
  writeFileSync(`${dir}/${name}.csv`, lines.join('\n') + '\n');
  return `${dir}/${name}.csv`;
}

async function stateOf(env, company) {
  return (await api(env, 'GET', `/api/companies/${company}`)).state;
}

/** One round: the others' p99, and what became of the thrower. Its webhooks are answered by the safe chain all the time. */
async function round(context, env, rate, seconds, targets, thrower) {
  const port = Number(env.TRUNKLINE_LISTEN.split(':')[1]);
  const { program } = await serve(context, thrower ? { ...env, TRUNKLINE_TESTING_FAILING_COMPANY: thrower } : env, port, context.isolationDir);
  return using(program, async () => {
    if (thrower && (await stateOf(env, thrower)) === 'quarantined') await api(env, 'POST', `/api/companies/${thrower}/quarantine/release`);
    const warm = { connections: context.connections, rate, warmup: 0, duration: 2 };
    assertClean(await load(context, { port, targets: targets.others }, warm), 'warm-up');
    const both = [load(context, { port, targets: targets.others }, { connections: context.connections, rate, warmup: 0, duration: seconds })];
    if (thrower)
      both.push(load(context, { port, targets: targets.thrower }, { connections: 4, rate: rate / 20, warmup: 0, duration: seconds }));
    const [others, throwing] = await Promise.all(both);
    assertClean(others, 'the others');
    if (throwing) assertClean(throwing, 'the company that throws');
    const state = thrower ? await stateOf(env, thrower) : 'active';
    return { p99Ms: others.latency_us.p99 / 1000, p50Ms: others.latency_us.p50 / 1000, state };
  });
}

export async function measureIsolation(context) {
  const companies = 1000, rate = 3000, rounds = context.quick ? 1 : 5, seconds = context.quick ? 2 : 5;
  const dir = (context.isolationDir = `${context.dir}/isolation`);
  mkdirSync(dir);
  const database = context.postgres.url(await freshDatabase(context.postgres));
  const env = gatewayEnvironment(context, { dir, port: await freePort(), apiPort: await freePort(), database });
  const all = readFileSync(await seed(context, env, { dir, companies: companies + 1 }), 'utf8').trim().split('\n').filter((line) => !line.startsWith('number,'));
  const targets = { thrower: writeTargets(dir, 'thrower', [all[0]]), others: writeTargets(dir, 'others', all.slice(1)) };
  const measured = { with: [], without: [] };
  let thrower;
  for (let i = 0; i < rounds; ++i) {
    measured.without.push(await round(context, env, rate, seconds, targets));
    thrower ??= await lookUp(context, env, all[0].split(',')[0]);
    measured.with.push(await round(context, env, rate, seconds, targets, thrower));
  }
  if (measured.with.some(({ state }) => state !== 'quarantined')) throw new Error('the company that throws was not quarantined');
  const p99 = (which) => median(measured[which].map(({ p99Ms }) => p99Ms));
  return { companies, rate, rounds: measured, p99WithoutMs: p99('without'), p99WithMs: p99('with'), ratio: p99('with') / p99('without') };
}

async function lookUp(context, env, number) {
  const { program } = await serve(context, env, Number(env.TRUNKLINE_LISTEN.split(':')[1]), context.isolationDir);
  return using(program, () => idOf(env, number));
}
