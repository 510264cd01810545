// ./dev prove cluster [count]: what a cluster costs when a node is killed, frozen, drained or added, in figures. Signed
// webhooks by bench_load through two nodes, whatever happens to the third; every accepted CallSid is looked for afterwards.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { startCluster } from './lib/cluster.mjs';
import { addCompany, publicUrl } from './lib/gateway.mjs';
import { recordOwners } from './lib/history.mjs';
import { percentile } from './lib/load.mjs';
import { build, freePort, run, tempFolder, until } from './lib/process.mjs';
import { startProxy } from './lib/proxy.mjs';

const count = Number(process.argv[2] ?? 50), rate = Number(process.env.TL_RATE ?? 3000);
const folder = tempFolder();
const ledger = join(folder, 'ledger'), targets = join(folder, 'targets.csv');
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const spread = (values, show = seconds) => (values.length ? `p50 ${show(percentile(values, 0.5))}, p99 ${show(percentile(values, 0.99))}` : 'none');
const row = (what, ...figures) => console.log(`| ${what} | ${figures.join(' | ')} |`);
const complain = (what) => (console.log(`  WRONG: ${what}`), (process.exitCode = 1));
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

async function begin(lease) {
  // One third behind a wire of its own, so that its host can go on accepting when the node has crashed.
  const cluster = await startCluster(['n1', 'n2'], { TRUNKLINE_CLUSTER_LEASE_MS: String(lease), TRUNKLINE_LOG_LEVEL: 'warn' });
  const port = await freePort(), wire = await startProxy(port);
  cluster.third = async (behindWire) => {
    const more = { TRUNKLINE_CLUSTER_LISTEN: `127.0.0.1:${port}`, ...(behindWire ? { TRUNKLINE_CLUSTER_ADVERTISE: wire.address } : {}) };
    return cluster.add('n3', more);
  };
  cluster.history = await recordOwners(cluster.sql);
  cluster.end = async () => (await cluster.stop(), await wire.stop());
  return cluster;
}

async function makeTargets(cluster) {
  const lines = ['number,account_sid,auth_token,path'];
  for (let i = 0; i < 100; ++i) {
    const { number, accountSid, authToken } = await addCompany(cluster.nodes[0], { callRoutingMode: 'voicemail' });
    lines.push([number, accountSid, authToken, '/api/twilio/voice'].join(','));
  }
  writeFileSync(targets, lines.join('\n') + '\n');
}

/** Runs through the first two nodes for a while; { sent, failed, p99Ms } of both. */
async function load(cluster, duration, perSecond = rate) {
  const one = async (node) => {
    const { code, output } = await run(join(build, 'bench/bench_load'), ['--connect', node.webhooks.replace('http://', ''), '--targets', targets, '--public-url', publicUrl,
      '--connections', '64', '--rate', String(perSecond / 2), '--warmup', '0', '--duration', String(duration), '--ledger', ledger, '--timeout-ms', '15000']);
    if (code !== 0) throw new Error(output);
    return JSON.parse(output.trim().split('\n').at(-1));
  };
  const both = await Promise.all(cluster.nodes.slice(0, 2).map(one));
  const sum = (pick) => both.map(pick).reduce((a, b) => a + b, 0);
  const bad = ({ status, errors }) => [...Object.entries(status).filter(([s]) => s !== '200'), ...Object.entries(errors)].reduce((all, [, n]) => all + n, 0);
  for (const result of both.filter(bad)) complain(JSON.stringify([result.status, result.errors]));
  return { sent: sum((r) => r.sent), failed: sum(bad), p99Ms: Math.max(...both.map((r) => r.latency_us.p99)) / 1000, slowestMs: Math.max(...both.map((r) => r.latency_us.max)) / 1000 };
}

const hasShards = (cluster, n) => until(async () => {
  const { nodes, shards } = await cluster.status();
  return shards.unowned === 0 && nodes.filter((x) => x.status === 'active').length === 3 && nodes.find((x) => x.name === 'n3' && x.status === 'active').shardsOwned >= n;
}, `the third has ${n} shards`, 60);

/** Kills the third `times` under load; { sent, failed, gaps }. */
async function kills(cluster, third, times) {
  const all = { sent: 0, failed: 0, gaps: [], p99: [] };
  for (let i = 0; i < times; ++i) {
    await hasShards(cluster, 20);
    const victim = await cluster.incarnation(third);
    const loading = load(cluster, 3);
    await pause(700 + Math.random() * 600);
    const killed = Date.now();
    await third.kill('SIGKILL');
    await until(async () => (await cluster.owned(victim)) === 0, 're-owned', 40);
    all.gaps.push((await cluster.history.lastChange(victim, killed)) - killed);
    const { sent, failed, p99Ms } = await loading;
    all.sent += sent, all.failed += failed, all.p99.push(p99Ms);
    await third.startAgain();
  }
  return all;
}

/** Freezes the third for a while under load. */
async function freeze(cluster, third, length) {
  await hasShards(cluster, 20);
  const frozen = await cluster.incarnation(third);
  const loading = load(cluster, Math.min(length, 20) + 3);
  await pause(1000);
  const since = Date.now();
  third.process.child.kill('SIGSTOP');
  await pause(length * 1000);
  const woken = Date.now();
  third.process.child.kill('SIGCONT');
  const { sent, failed, slowestMs } = await loading;
  // As long as a lease lasts the last renewal before may have been too old: it ends itself although nobody has noticed.
  const end = await Promise.race([third.process.exited, pause(3000)]);
  const gap = end && (await cluster.history.lastChange(frozen, since));
  const ended = end ? `${end.code}` : 'goes on';
  const touched = await cluster.history.changesOf(frozen, woken);
  if (end) await third.startAgain();
  row(`SIGSTOP for ${length} s`, `${failed} of ${sent} failed, slowest ${Math.round(slowestMs)} ms`, gap ? `re-owned after ${seconds(gap - since)}` : 'keeps its shards', `ends with ${ended}, changed ${gap ? touched : 0} owners after waking`);
}

/** Drains the third under load; how long that took. */
async function drain(cluster, third) {
  await hasShards(cluster, 20);
  const loading = load(cluster, 4);
  await pause(1000);
  const begun = performance.now();
  const { code } = await third.kill('SIGTERM');
  const took = performance.now() - begun;
  const { sent, failed } = await loading;
  if (code !== 0) throw new Error(`drained with ${code}`);
  await third.startAgain();
  return { took, sent, failed };
}

/** How long shards that were handed over had no owner. */
async function handOffs(cluster) {
  const text = await cluster.sql(`select 1000 * extract(epoch from taken - at) from (select at, owner, lead(at) over w as taken, was from history_of_owners window w as (partition by shard order by n)) h
    where owner is null and was is not null and taken is not null`);
  return text.split('\n').filter(Boolean).map(Number);
}

async function checkLedger(cluster) {
  const accepted = new Set(readFileSync(ledger, 'utf8').match(/CA[0-9a-f]{32}/g));
  const stored = (await cluster.sql('select sid, count(*) from webhook_event group by sid')).split('\n').filter(Boolean).map((line) => line.split('|'));
  const there = new Map(stored);
  const lost = [...accepted].filter((sid) => !there.has(sid)).length, twice = stored.filter(([, n]) => n !== '1').length;
  writeFileSync(ledger, '');
  if (lost || twice) complain('lost or doubled');
  return `${accepted.size} accepted, ${lost} lost, ${twice} twice`;
}

async function shortLease() {
  const cluster = await begin(2000);
  await makeTargets(cluster);
  const third = await cluster.third(false);
  const all = await kills(cluster, third, count);
  row(`kill -9 of one of three, ${count} times, ${rate} webhooks/s through the others`, `${all.failed} of ${all.sent} failed`, await checkLedger(cluster), `re-owned after ${spread(all.gaps)}`);
  console.log(`  p99 of the survivors' answers, the worst of these runs: ${Math.max(...all.p99).toFixed(0)} ms`);
  const drains = [];
  for (let i = 0; i < 5; ++i) drains.push(await drain(cluster, third));
  row('SIGTERM of one of three, 5 times', `${drains.reduce((n, d) => n + d.failed, 0)} of ${drains.reduce((n, d) => n + d.sent, 0)} failed`, await checkLedger(cluster), `ended after ${spread(drains.map((d) => d.took))}`);
  const gaps = await handOffs(cluster);
  row(`${gaps.length} shards handed over`, '', '', 'without an owner for ' + spread(gaps, (ms) => `${ms.toFixed(1)} ms`));
  await hasShards(cluster, 60);
  await cluster.add('n4');
  const at = Date.now();
  const { nodes } = await cluster.settled(4);
  row('a fourth node joins', `has ${nodes.find((n) => n.name === 'n4').shardsOwned} of 256 shards`, '', `after ${seconds(Date.now() - at)}, a tenth of all shards each 2 s`);
  await cluster.history.check();
  await cluster.end();
}

async function usualLease() {
  const cluster = await begin(10_000);
  await makeTargets(cluster);
  const third = await cluster.third(true);
  await freeze(cluster, third, 3);
  await freeze(cluster, third, 9);
  const slow = await kills(cluster, third, 3);
  row('kill -9, and its host goes on accepting, 3 times', `${slow.failed} of ${slow.sent} failed`, await checkLedger(cluster), `re-owned after ${spread(slow.gaps)}`);
  await freeze(cluster, third, 15);
  await freeze(cluster, third, 60);
  row('all freezes', '', await checkLedger(cluster), '');
  await cluster.history.check();
  await cluster.end();
}

writeFileSync(ledger, '');
console.log(`${cpus().length} x ${cpus()[0].model}, load average ${loadavg()[0].toFixed(1)}, ${build}`);
const begun = performance.now();
const which = process.argv[3] ?? 'all';
if (which !== 'usual') await shortLease();
if (which !== 'short') await usualLease();
console.log(`in ${seconds(performance.now() - begun)}`);
process.exit(process.exitCode ?? 0);
