// What a cluster does when its wires break [R4]: between nodes, from one node alone to the database, and clocks that lie.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startCluster } from './lib/cluster.mjs';
import { recordOwners } from './lib/history.mjs';
import { freePort, until } from './lib/process.mjs';
import { startProxy } from './lib/proxy.mjs';
import { makeCompanies, spread, taken, underTraffic } from './lib/trials.mjs';

const lease = 2000; // ms, long enough for a busy machine with sanitizers

/** A cluster whose nodes reach each other, and n3 the database, through wires that can be cut. */
describe('three nodes, their wires and their clocks [R4]', () => {
  let cluster, history, companies, toDatabase;
  before(async () => {
    cluster = await startCluster([], { TRUNKLINE_CLUSTER_LEASE_MS: String(lease) });
    toDatabase = await startProxy(cluster.postgres.port);
    await Promise.all(['n1', 'n2', 'n3'].map(async (name) => {
      const port = await freePort(), wire = await startProxy(port);
      const database = name === 'n3' ? { TRUNKLINE_DATABASE: cluster.postgres.url('gw').replace(`:${cluster.postgres.port}/`, `:${toDatabase.port}/`) } : {};
      const node = await cluster.add(name, { TRUNKLINE_CLUSTER_LISTEN: `127.0.0.1:${port}`, TRUNKLINE_CLUSTER_ADVERTISE: wire.address, ...database });
      node.wire = wire;
    }));
    history = await recordOwners(cluster.sql);
    companies = await makeCompanies(cluster);
    await spread(cluster);
  });
  after(async () => {
    await history.check();
    assert.deepEqual(await cluster.stop(), [0, 0, 0]);
    for (const { wire } of cluster.nodes) await wire.stop();
    await toDatabase.stop();
  });

  const links = async (state) => (await Promise.all(cluster.nodes.map(async (node) => (await cluster.status(node)).links.filter((link) => link.from === node.name && link.state === state).length))).reduce((a, b) => a + b);
  const incarnations = () => Promise.all(cluster.nodes.map(cluster.incarnation));

  /** Webhooks at every node are answered while a wire is broken, nobody is evicted, and the links come back. */
  const survives = async (broken, down) => {
    const before = await incarnations();
    const traffic = await underTraffic(cluster, () => cluster.nodes, companies, async () => {
      await broken();
      await until(async () => (await links('up')) <= 6 - down, 'links are seen to be down', 10);
      const since = Date.now();
      await until(() => Date.now() - since > lease, 'a lease has passed'); // whoever was to be evicted would be by now
      for (const { wire } of cluster.nodes) wire.mend();
      await until(async () => (await links('up')) === 6, 'the links are back', 20).catch(async (late) => {
        const states = await Promise.all(cluster.nodes.map(async (node) => (await cluster.status(node)).links.map(({ from, to, state, inflight }) => `${node.name} says ${from} to ${to}: ${state}, ${inflight} in flight`)));
        throw new Error([late.message, ...states.flat(), ...cluster.nodes.flatMap(({ name, process: { output } }) => output.split('\n').filter((line) => /link to/.test(line)).slice(-6).map((line) => `${name} ${line}`))].join('\n'));
      });
    });
    assert.deepEqual(await incarnations(), before);
    assert.ok(traffic.slowestMs < 2500, `a request took ${traffic.slowestMs} ms`);
  };

  test('links_that_are_cut_cost_no_request_and_come_back [R4]', () => survives(() => cluster.nodes.forEach(({ wire }) => wire.cut()), 6));

  test('links_that_are_held_up_in_one_direction_cost_no_request_and_come_back [R4]', () => survives(() => cluster.nodes.forEach(({ wire }) => wire.holdUp('there')), 1));

  test('links_that_are_held_up_without_being_closed_cost_no_request_and_come_back [R4]', () =>
    survives(() => cluster.nodes.forEach(({ wire }) => wire.holdUp('there', 'back')), 6));

  test('a_node_that_loses_the_database_alone_is_not_ready_and_evicted [R4]', async () => {
    const [n1, n2, n3] = cluster.nodes;
    const lonely = await cluster.incarnation(n3);
    await underTraffic(cluster, () => [n1, n2], companies, async () => {
      const from = Date.now();
      toDatabase.holdUp('there', 'back');
      const seen = await until(async () => {
        const answer = await fetch(`${n3.webhooks}/readyz`, { headers: { connection: 'close' } });
        const { reasons } = await answer.json();
        return answer.status === 503 && reasons.includes('lease') && reasons;
      }, 'it is not ready', 10);
      assert.ok(Date.now() - from < 2 * lease, `not ready only after ${Date.now() - from} ms: ${seen}`);
      await taken(cluster, lonely, 10);
      assert.equal(await cluster.sql(`select ended_because from cluster_node where incarnation = ${lonely}`), 'expired');
      const opened = Date.now();
      toDatabase.mend();
      assert.equal((await n3.process.exited).code, 75, n3.process.output.slice(-2000));
      assert.equal(await history.changesOf(lonely, opened), 0);
      await n3.startAgain(); // and stores what it had taken in before it knew
    });
  });

  test('a_node_whose_database_refuses_it_costs_the_others_no_request [R4]', async () => {
    await spread(cluster);
    const [n1, n2, n3] = cluster.nodes;
    const lonely = await cluster.incarnation(n3);
    await underTraffic(cluster, () => [n1, n2], companies, async () => {
      toDatabase.cut(); // so that it fails at once what is forwarded to it, for as long as its lease lasts
      await taken(cluster, lonely, 10);
      toDatabase.mend();
      assert.equal((await n3.process.exited).code, 75, n3.process.output.slice(-2000));
      await n3.startAgain(); // and stores what it had taken in before it knew
    });
  });

  test('clocks_ten_minutes_apart_evict_nobody_and_cost_no_request [R4]', async () => {
    await spread(cluster);
    const before = await incarnations();
    for (const by of ['+600s', '-600s']) {
      const n4 = await cluster.add('n4', { TRUNKLINE_CLUSTER_LISTEN: `127.0.0.1:${await freePort()}`, FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: '1',
        LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', ASAN_OPTIONS: 'detect_leaks=0:verify_asan_link_order=0' });
      const run = await cluster.incarnation(n4);
      await underTraffic(cluster, () => cluster.nodes, companies, async () => {
        const since = Date.now();
        await until(async () => Date.now() - since > 2 * lease && (await cluster.owned(run)) >= 20, 'it has been there for two leases and has companies', 20);
        assert.deepEqual([await incarnations(), await cluster.incarnation(n4)], [[...before, run], run]);
        const said = JSON.parse(n4.process.output.split('\n')[0]).time;
        assert.ok(Math.abs(Date.parse(said) - Date.now()) > 500_000, `its clock is not wrong: ${said}`);
      });
      cluster.nodes.splice(cluster.nodes.indexOf(n4), 1);
      assert.equal((await n4.stop()).code, 0, n4.process.output.slice(-3000));
    }
  });
});
