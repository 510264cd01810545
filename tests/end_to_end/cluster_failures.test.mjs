// What a cluster does when something breaks [R4 R5]: nodes that are killed, frozen, drained, started twice, strangers at
// the cluster's port. `./dev prove cluster` measures the same for long; lib/history.mjs reads the database afterwards.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import { startCluster } from './lib/cluster.mjs';
import { postWebhook, voiceParams } from './lib/gateway.mjs';
import { recordOwners } from './lib/history.mjs';
import { build, freePort, start, until } from './lib/process.mjs';
import { startBalancer } from './lib/traffic.mjs';
import { makeCompanies, spread, taken, underTraffic } from './lib/trials.mjs';

const voice = '/api/twilio/voice';
const lease = 2000; // ms, long enough for a busy machine with sanitizers

describe('three nodes and what breaks them [R4]', () => {
  let cluster, history, companies, n1, n2, n3;
  before(async () => {
    cluster = await startCluster(['n1', 'n2', 'n3'], { TRUNKLINE_CLUSTER_LEASE_MS: String(lease) });
    [n1, n2, n3] = cluster.nodes;
    history = await recordOwners(cluster.sql);
    companies = await makeCompanies(cluster);
  });
  after(async () => {
    try {
      assert.ok((await history.check()) > 256, 'too few owners changed to prove anything');
    } finally {
      assert.deepEqual(await cluster.stop(), [0, 0, 0]);
    }
  });

  test('a_killed_node_costs_the_others_no_request_and_comes_back_by_itself [R4]', async () => {
    await spread(cluster);
    const victim = await cluster.incarnation(n3);
    await underTraffic(cluster, () => [n1, n2], companies, async () => {
      const killed = Date.now();
      await n3.kill('SIGKILL');
      await taken(cluster, victim, 10);
      const gap = (await history.lastChange(victim, killed)) - killed;
      assert.equal(await cluster.sql(`select ended_because from cluster_node where incarnation = ${victim}`), 'crashed');
      assert.ok(gap < 3000, `re-owned only after ${gap} ms`);
      await n3.startAgain();
      await spread(cluster);
      assert.ok((await cluster.incarnation(n3)) > victim);
    });
  });

  test('a_freeze_shorter_than_the_lease_loses_nothing [R4]', async () => {
    await cluster.settled(); // nothing moves by itself any more
    const frozen = await cluster.incarnation(n2), owned = await cluster.owned(frozen);
    await underTraffic(cluster, () => [n1, n3], companies, async () => {
      const since = Date.now();
      n2.process.child.kill('SIGSTOP');
      await until(() => Date.now() - since > lease / 2, 'half a lease has passed');
      n2.process.child.kill('SIGCONT');
      await until(async () => (await fetch(`${n2.api}/readyz`)).status === 200, 'it is ready again', 5);
      assert.equal(await cluster.incarnation(n2), frozen);
      assert.equal(await cluster.owned(frozen), owned);
      assert.equal(await history.changes(since), 0);
    });
  });

  test('a_frozen_node_is_fenced_and_ends_itself_when_it_wakes [R4]', async () => {
    await spread(cluster);
    const zombie = await cluster.incarnation(n3);
    const traffic = await underTraffic(cluster, () => [n1, n2], companies, async () => {
      n3.process.child.kill('SIGSTOP');
      await taken(cluster, zombie, 10);
      assert.equal(await cluster.sql(`select ended_because from cluster_node where incarnation = ${zombie}`), 'expired');
      const woken = Date.now();
      n3.process.child.kill('SIGCONT');
      assert.equal((await n3.process.exited).code, 75, n3.process.output.slice(-2000));
      assert.match(n3.process.output, /declared dead/);
      assert.equal(await history.changesOf(zombie, woken), 0);
    });
    assert.ok(traffic.slowestMs < 3000, `a request took ${traffic.slowestMs} ms`);
    await n3.startAgain();
  });

  /** Ends by itself with 0 and leaves everything to others; no request of a balancer breaks. */
  const drains = async (node, drain) => {
    const leaving = await cluster.incarnation(node);
    const begun = performance.now();
    await drain();
    const { code } = await node.process.exited;
    const took = performance.now() - begun;
    assert.equal(code, 0, node.process.output.slice(-3000));
    assert.ok(took < 25_000, `drained only after ${took} ms`);
    assert.equal(await cluster.sql(`select status from cluster_node where incarnation = ${leaving}`), 'left');
    await taken(cluster, leaving, 3);
  };

  test('draining_through_another_node_breaks_no_request [R4]', async () => {
    await spread(cluster);
    const balancer = startBalancer(cluster.nodes);
    await underTraffic(cluster, () => balancer.ready, companies, () => drains(n3, async () => {
      const { status } = await n1.call('POST', '/api/admin/cluster/drain', { node: 'n3' });
      assert.equal(status, 202);
    })).finally(balancer.stop);
    await n3.startAgain();
  });

  test('a_rolling_restart_breaks_no_request [R4]', async () => {
    await spread(cluster);
    const balancer = startBalancer(cluster.nodes);
    await underTraffic(cluster, () => balancer.ready, companies, async () => {
      for (const node of cluster.nodes) {
        await drains(node, () => node.process.child.kill('SIGTERM'));
        await node.startAgain();
        await until(() => balancer.ready.includes(node), 'the balancer has it again');
      }
    }).finally(balancer.stop);
  });

  test('the_same_name_twice_is_refused_in_words_and_the_first_goes_on [R4]', async () => {
    const first = await cluster.incarnation(n1);
    const ports = { TRUNKLINE_LISTEN: `127.0.0.1:${await freePort()}`, TRUNKLINE_API_LISTEN: `127.0.0.1:${await freePort()}`, TRUNKLINE_CLUSTER_LISTEN: `127.0.0.1:${await freePort()}` };
    await underTraffic(cluster, () => [n1], companies, async () => {
      const second = start(join(build, 'trunkline'), ['serve'], { env: { ...n1.env, ...ports }, cwd: n1.folder });
      assert.equal((await second.exited).code, 1);
      assert.match(second.output, /A node named n1 is running at 127\.0\.0\.1:\d+ \(incarnation \d+\)\. Give this one another name/);
    });
    assert.equal(await cluster.incarnation(n1), first);
  });

  /** Another node for the time of `work`; it leaves in order. */
  const withFourth = async (environment, work) => {
    const n4 = await cluster.add('n4', environment);
    try {
      return await work(n4);
    } finally {
      cluster.nodes.splice(cluster.nodes.indexOf(n4), 1);
      const { code } = await n4.stop();
      assert.equal(code, 0, n4.process.output.slice(-3000));
    }
  };

  test('a_fourth_node_takes_at_most_30_percent_and_the_companies_go_on_answering [R4]', async () => {
    await cluster.settled();
    const joined = Date.now();
    await underTraffic(cluster, () => [n1, n2, n3], companies, () => withFourth({}, async () => {
      const { nodes } = await cluster.settled(4);
      const share = nodes.find(({ name }) => name === 'n4').shardsOwned / 256;
      const moved = Number(await cluster.sql(`select count(distinct shard) from history_of_owners where at > to_timestamp(${joined} / 1000.0)`)) / 256;
      assert.ok(share > 0.15 && moved <= 0.3, `it has ${share}, moved were ${moved}`);
    }));
  });

  test('a_wrong_cluster_key_never_links_and_its_webhooks_are_answered_all_the_same [R4]', async () => {
    await spread(cluster);
    await withFourth({ TRUNKLINE_CLUSTER_KEY: 'd'.repeat(32) }, async (n4) => {
      const stranger = await cluster.incarnation(n4);
      await underTraffic(cluster, () => [n1, n2, n3, n4], companies, async () => {
        await until(async () => (await cluster.owned(stranger)) > 10, 'it has companies', 20);
        const { nodes, links } = await cluster.status(n1);
        assert.ok(nodes.every(({ degraded }) => degraded), JSON.stringify(nodes));
        assert.deepEqual(links.filter(({ to, state }) => to === 'n4' && state !== 'down'), []);
        assert.deepEqual((await cluster.status(n4)).links.map(({ from, state }) => `${from} ${state}`), ['n4 down', 'n4 down', 'n4 down']);
      });
      assert.match(n4.process.output, /is down: it does not know the cluster's key/);
      assert.match(n1.process.output, /link to n4 .* is down: it does not know the cluster's key/);
    });
  });

  /** Owner and epoch of every shard. */
  const owners = () => cluster.sql('select shard, owner, epoch from shard_owner order by shard');

  test('a_restart_of_postgresql_moves_no_company_and_is_over_within_5_s [R4]', async () => {
    await cluster.settled();
    const before = await owners(), incarnations = await Promise.all(cluster.nodes.map(cluster.incarnation));
    await cluster.postgres.restart();
    const back = performance.now();
    for (const node of cluster.nodes)
      await until(async () => (await fetch(`${node.webhooks}/readyz`)).status === 200 && (await postWebhook(node, companies[0], voice, voiceParams(companies[0]))).status === 200, `${node.name} answers`, 10);
    const took = performance.now() - back;
    assert.ok(took < 5000, `answering only after ${took} ms`);
    await underTraffic(cluster, () => cluster.nodes, companies, async () => {});
    await cluster.settled();
    assert.equal(await owners(), before);
    assert.deepEqual(await Promise.all(cluster.nodes.map(cluster.incarnation)), incarnations);
  });

  test('all_killed_at_once_come_back_by_themselves_within_15_s [R4]', async () => {
    await spread(cluster);
    const broken = companies[5];
    await Promise.all(cluster.nodes.map((node) => node.kill('SIGKILL')));
    for (const node of cluster.nodes) node.env.TRUNKLINE_TESTING_FAILING_COMPANY = broken.id; // for the next story
    const killed = performance.now();
    await Promise.all(cluster.nodes.map((node) => node.startAgain()));
    for (const node of cluster.nodes) for (const company of companies) assert.equal((await postWebhook(node, company, voice, voiceParams(company))).status, 200);
    await until(async () => (await cluster.status()).shards.unowned === 0, 'every shard has an owner', 15);
    const took = performance.now() - killed;
    assert.ok(took < 15_000, `back only after ${took} ms`);
  });

  test('a_quarantine_on_one_node_is_seen_and_released_through_another [R2 R4]', async () => {
    await cluster.settled();
    const broken = companies[5];
    const state = async (node) => (await node.call('GET', `/api/companies/${broken.id}`)).json.state;
    await until(async () => {
      for (const node of cluster.nodes) assert.equal((await postWebhook(node, broken, voice, voiceParams(broken))).status, 200);
      return (await state(n1)) === 'quarantined';
    }, 'quarantined', 60);
    const rows = async (node) => (await node.call('GET', '/api/admin/actors?state=quarantined')).json.nodes
      .filter(({ root }) => JSON.stringify(root).includes(broken.id)).map(({ node: name }) => name);
    const [owner] = await rows(n1);
    const other = cluster.nodes.find(({ name }) => name !== owner);
    for (const node of cluster.nodes) assert.deepEqual([await state(node), await rows(node)], ['quarantined', [owner]]);
    const released = await other.call('POST', `/api/companies/${broken.id}/quarantine/release`);
    assert.deepEqual([released.status, released.json?.state], [200, 'active'], released.text);
    for (const node of cluster.nodes) {
      await until(async () => (await state(node)) === 'active', `${node.name} knows of the release`, 3);
      await until(async () => (await rows(node)).length === 0, `${node.name} shows no quarantine`, 3);
    }
  });
});
