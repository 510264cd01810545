// Several nodes on one database [R4]: any of them takes any webhook, one acts for a company, what one is told all know.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startCluster } from './lib/cluster.mjs';
import { addCompany, postWebhook, voiceParams } from './lib/gateway.mjs';
import { until } from './lib/process.mjs';

const voice = '/api/twilio/voice';

describe('three nodes [R4]', () => {
  let cluster, companies;
  before(async () => {
    cluster = await startCluster();
    await cluster.settled();
    companies = await cluster.companyOfEach();
  });
  after(async () => assert.deepEqual(await cluster.stop(), [0, 0, 0]));

  test('share_the_companies_and_say_who_has_which', async () => {
    const status = await cluster.settled();
    assert.deepEqual(status.nodes.map((n) => [n.name, n.status, n.degraded]), [['n1', 'active', false], ['n2', 'active', false], ['n3', 'active', false]]);
    assert.ok(status.nodes.every((n) => n.shardsOwned > 50 && n.shardsOwned < 130), JSON.stringify(status.nodes));
    const shards = await cluster.shards(cluster.nodes[2]);
    assert.deepEqual(shards.map((s) => s.shard), Array.from({ length: 256 }, (_, i) => i));
    assert.ok(shards.every((s) => s.owner === s.wanted && s.state === 'owned' && s.epoch > 0));
    assert.deepEqual(status.links.map((l) => `${l.from}-${l.to}`).sort(), ['n1-n2', 'n1-n3', 'n2-n1', 'n2-n3', 'n3-n1', 'n3-n2']);
  });

  test('answer_a_webhook_wherever_it_arrives_and_a_repeated_one_alike', async () => {
    for (const company of companies) {
      const params = voiceParams(company);
      const answers = [];
      for (const node of cluster.nodes) answers.push(await postWebhook(node, company, voice, params));
      assert.deepEqual(answers.map((a) => a.status), [200, 200, 200]);
      assert.equal(new Set(answers.map((a) => a.text)).size, 1);
      const calls = (await cluster.nodes[1].call('GET', `/api/companies/${company.id}/calls`)).json.data;
      assert.equal(calls.filter((c) => c.callSid === params.CallSid).length, 1);
    }
  });

  test('act_for_a_company_on_one_node_alone', async () => {
    for (const company of companies) for (const node of cluster.nodes) await postWebhook(node, company, voice, voiceParams(company));
    const { json } = await cluster.nodes[0].call('GET', '/api/admin/actors?kind=TENANT');
    assert.deepEqual(json.nodes.map((n) => [n.node, n.error]).sort(), [['n1', null], ['n2', null], ['n3', null]]);
    const text = JSON.stringify(json.nodes);
    for (const company of companies) assert.equal(text.split(`"id":"${company.id}"`).length - 1, 1);
  });

  test('know_at_once_what_one_of_them_is_told', async () => {
    const company = await addCompany(cluster.nodes[1], { callRoutingMode: 'voicemail' });
    for (const node of cluster.nodes)
      await until(async () => (await postWebhook(node, company, voice, voiceParams(company))).status === 200, `${node.name} knows the number`, 2);
    const config = `/api/companies/${company.id}/twilio/config`;
    assert.equal((await cluster.nodes[2].call('PUT', config, { callRoutingMode: 'forward', forwardNumber: '+12125550199' })).status, 200);
    for (const node of cluster.nodes)
      await until(async () => (await postWebhook(node, company, voice, voiceParams(company))).text.includes('+12125550199'), `${node.name} forwards`, 2);
    assert.equal((await cluster.nodes[0].call('PUT', config, { phoneNumbers: [] })).status, 200);
    assert.equal((await cluster.nodes[0].call('DELETE', `/api/companies/${company.id}`)).status, 204);
    for (const node of cluster.nodes)
      await until(async () => (await postWebhook(node, company, voice, voiceParams(company))).status === 404, `${node.name} has forgotten it`, 2);
  });

  test('refuse_a_forged_webhook_at_every_door', async () => {
    for (const node of cluster.nodes)
      assert.equal((await postWebhook(node, companies[0], voice, voiceParams(companies[0]), { signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' })).status, 403);
  });

  test('a_message_taken_by_another_node_leaves_at_once', async () => {
    const [company] = companies;
    const owner = await cluster.ownerOf(company);
    const other = cluster.nodes.find((node) => node !== owner);
    await other.call('PUT', `/api/companies/${company.id}/twilio/config`, { rateLimit: { numberSegmentsPerSecond: 10_000 } });
    const took = [];
    for (let i = 0; i < 15; ++i) {
      const to = `+1646555${2000 + i}`;
      const from = Date.now();
      assert.equal((await other.call('POST', '/api/messages', { user_phone_number: to, content: 'Hello!' }, { 'X-Company-Id': company.id })).status, 202);
      await until(async () => (await cluster.sim.ledger({ kind: 'message' })).some(({ detail }) => detail.to === to), 'it has left', 10);
      took.push(Date.now() - from);
    }
    took.sort((a, b) => a - b); // by the owner's own look at the database, once a second, half of them would take longer
    assert.ok(took[7] < 300, `ms: ${took}`);
  });
});
