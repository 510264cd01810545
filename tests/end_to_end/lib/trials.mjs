// What the stories of broken clusters have in common: companies on every node, and traffic that nothing may break.
import assert from 'node:assert/strict';
import { addCompany, postWebhook, voiceParams } from './gateway.mjs';
import { checkWebhooks } from './history.mjs';
import { until } from './process.mjs';
import { startTraffic } from './traffic.mjs';

const voice = '/api/twilio/voice';

/** Until a node has heard of a company that another was told of. */
const knows = (node, company) =>
  until(async () => (await postWebhook(node, company, voice, voiceParams(company))).status === 200, `${node.name} knows a number`, 5);

/** Enough that every node acts for some. */
export async function makeCompanies(cluster) {
  const companies = [];
  for (let i = 0; i < 24; ++i) companies.push(await addCompany(cluster.nodes[0], { callRoutingMode: i % 2 ? 'voicemail' : 'forward', forwardNumber: '+12125550199' }));
  for (const node of cluster.nodes) for (const company of companies) await knows(node, company);
  return companies;
}

/** Every node has enough companies for its loss to be felt, and every link is up. */
export const spread = (cluster) => until(async () => {
  const { nodes, links, shards } = await cluster.status();
  const active = nodes.filter(({ status }) => status === 'active');
  return active.length === 3 && shards.unowned === 0 && links.filter(({ state }) => state === 'up').length === 6 && active.every((n) => n.shardsOwned >= 30);
}, 'every node has shards and links', 40);

/** Traffic to `targets()` while `work` breaks something: no request may fail, each is stored once as it was answered. */
export async function underTraffic(cluster, targets, companies, work) {
  const traffic = startTraffic(targets, companies);
  try {
    await until(() => traffic.answered.size > 100, 'traffic flows');
    await work(traffic);
    const enough = traffic.answered.size + 100; // and goes on afterwards
    await until(() => traffic.answered.size > enough, 'traffic flows on');
  } finally {
    await traffic.stop();
  }
  assert.deepEqual(traffic.failures.slice(0, 5), [], `${traffic.failures.length} of ${traffic.sent} failed`);
  assert.deepEqual(traffic.differing, []);
  await checkWebhooks(cluster.sql, traffic.answered);
  return traffic;
}

/** Until nothing belongs to a run any more. */
export const taken = (cluster, incarnation, seconds) => until(async () => (await cluster.owned(incarnation)) === 0, 'others have its shards', seconds);
