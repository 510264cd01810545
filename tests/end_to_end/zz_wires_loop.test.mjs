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
    assert.ok(traffic.slowestMs < 6000, `a request took ${traffic.slowestMs} ms`);
  };

for (let k = 0; k < 8; ++k) {
  test('links_that_are_cut_cost_no_request_and_come_back [R4]', () => survives(() => cluster.nodes.forEach(({ wire }) => wire.cut()), 6));

  test('links_that_are_held_up_in_one_direction_cost_no_request_and_come_back [R4]', () => survives(() => cluster.nodes.forEach(({ wire }) => wire.holdUp('there')), 1));

  test('links_that_are_held_up_without_being_closed_cost_no_request_and_come_back [R4]', () =>
    survives(() => cluster.nodes.forEach(({ wire }) => wire.holdUp('there', 'back')), 6));

}
});
