// Three nodes whose links go through stunnel with mutual TLS [R4], as packaging/stunnel.conf has it: what breaks a cluster
// breaks it no more than without. A tunnel accepts connections for a node that is gone, so nobody sees a crash at once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { startCluster } from './lib/cluster.mjs';
import { postWebhook, voiceParams } from './lib/gateway.mjs';
import { recordOwners } from './lib/history.mjs';
import { endAll, freePort, until } from './lib/process.mjs';
import { startBalancer } from './lib/traffic.mjs';
import { makeCompanies, spread, taken, underTraffic } from './lib/trials.mjs';
import { makeAuthority, startStunnel, startTunnel } from './lib/tunnel.mjs';

const voice = '/api/twilio/voice';
const lease = 2000; // ms, long enough for a busy machine with sanitizers
const dialers = { n1: 'n2', n2: 'n3', n3: 'n1' };

describe('three nodes through stunnel [R4]', () => {
  let cluster, history, companies, n1, n2, n3, authority, foreign;
  const tunnels = {};
  before(async () => {
    [authority, foreign] = await Promise.all([makeAuthority(), makeAuthority()]);
    for (const name of Object.keys(dialers)) await Promise.all([authority.issue(name), foreign.issue(name)]);
    for (const [name, dialer] of Object.entries(dialers)) tunnels[name] = await startTunnel(authority, name, dialer);
    cluster = await startCluster([], { TRUNKLINE_CLUSTER_LEASE_MS: String(lease) });
    await Promise.all(Object.entries(tunnels).map(([name, { listen, advertise }]) => cluster.add(name, { TRUNKLINE_CLUSTER_LISTEN: listen, TRUNKLINE_CLUSTER_ADVERTISE: advertise })));
    [n1, n2, n3] = cluster.nodes;
    history = await recordOwners(cluster.sql);
    companies = await makeCompanies(cluster);
  });
  after(async () => {
    try {
      assert.ok((await history.check()) > 256, 'too few owners changed to prove anything');
      assert.deepEqual(await cluster.stop(), [0, 0, 0]);
    } finally {
      await endAll();
      await Promise.all(Object.values(tunnels).map((tunnel) => tunnel.stop()));
      for (const one of [authority, foreign]) one?.forget();
    }
  });

  const reason = (incarnation) => cluster.sql(`select ended_because from cluster_node where incarnation = ${incarnation}`);
  const incarnations = () => Promise.all(cluster.nodes.map(cluster.incarnation));
  const linksUp = async () => {
    const all = await Promise.all(cluster.nodes.map(async (node) => (await cluster.status(node)).links.filter(({ from, state }) => from === node.name && state === 'up').length));
    return all.reduce((a, b) => a + b);
  };
  /** A node is lost by `lose`; the others take what it had when its lease has run out, and fail no request. */
  const isLost = async (node, lose) => {
    await spread(cluster);
    const victim = await cluster.incarnation(node);
    let gap;
    const traffic = await underTraffic(cluster, () => cluster.nodes.filter((one) => one !== node), companies, async () => {
      const since = Date.now();
      await lose();
      await taken(cluster, victim, 12);
      gap = (await history.lastChange(victim, since)) - since;
    });
    assert.equal(await reason(victim), 'expired');
    assert.ok(gap < 6000, `re-owned only after ${gap} ms`);
    assert.ok(traffic.slowestMs < 3000, `a request took ${traffic.slowestMs} ms`);
    return victim;
  };

  test('link_by_their_tunnels_and_answer_a_webhook_wherever_it_arrives', async () => {
    const { nodes, links } = await spread(cluster).then(() => cluster.settled());
    assert.deepEqual(nodes.map(({ address }) => address), Object.values(tunnels).map(({ advertise }) => advertise));
    for (const { name } of nodes) {
      assert.ok(tunnels[name].arrived() >= 2, tunnels[name].server.output);
      assert.match(tunnels[name].server.output, new RegExp(`Certificate accepted at depth=0: CN=${dialers[name]}.internal`));
      assert.match(tunnels[name].client.output, new RegExp(`Certificate accepted at depth=0: CN=${name}.internal`));
    }
    assert.ok(links.every(({ rttMs }) => rttMs > 0 && rttMs < 500), JSON.stringify(links));
    for (const company of companies) {
      const params = voiceParams(company);
      const answers = [];
      for (const node of cluster.nodes) answers.push(await postWebhook(node, company, voice, params));
      assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
      assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    }
  });

  test('lose_one_that_is_killed_without_a_request_although_its_tunnel_goes_on_accepting', async () => {
    const victim = await isLost(n3, () => n3.kill('SIGKILL'));
    assert.equal(tunnels.n3.client.child.exitCode, null);
    await n3.startAgain();
    await spread(cluster);
    assert.ok((await cluster.incarnation(n3)) > victim);
  });

  test('lose_one_with_its_host_without_a_request', async () => {
    const { network, server } = tunnels.n3;
    await isLost(n3, async () => {
      network.holdUp('there', 'back'); // nobody is left there who could say that a connection has ended
      await Promise.all([n3.kill('SIGKILL'), server.kill('SIGKILL')]);
    });
    network.mend();
    await tunnels.n3.serve();
    await n3.startAgain();
    await spread(cluster);
  });

  test('fence_one_that_is_frozen_beyond_its_lease', async () => {
    const zombie = await isLost(n3, () => n3.process.child.kill('SIGSTOP'));
    const woken = Date.now();
    n3.process.child.kill('SIGCONT');
    assert.equal((await n3.process.exited).code, 75, n3.process.output.slice(-2000));
    assert.match(n3.process.output, /declared dead/);
    assert.equal(await history.changesOf(zombie, woken), 0);
    await n3.startAgain();
  });

  test('let_one_go_that_is_drained_and_break_no_request', async () => {
    await spread(cluster);
    const leaving = await cluster.incarnation(n3), balancer = startBalancer(cluster.nodes);
    await underTraffic(cluster, () => balancer.ready, companies, async () => {
      assert.equal((await n1.call('POST', '/api/admin/cluster/drain', { node: 'n3' })).status, 202);
      assert.equal((await n3.process.exited).code, 0, n3.process.output.slice(-3000));
      await taken(cluster, leaving, 3);
    }).finally(balancer.stop);
    assert.equal(await cluster.sql(`select status from cluster_node where incarnation = ${leaving}`), 'left');
    await n3.startAgain();
  });

  /** All links are broken between living nodes, longer than a lease: it costs no request and nobody his place. */
  const isBorneBy = async (breaks, mends) => {
    await spread(cluster);
    const before = await incarnations(), all = Object.values(tunnels);
    const traffic = await underTraffic(cluster, () => cluster.nodes, companies, async () => {
      await Promise.all(all.map(breaks));
      try {
        await until(async () => (await linksUp()) === 0, 'links are seen to be down', 10);
        const since = Date.now();
        await until(() => Date.now() - since > lease, 'a lease has passed'); // whoever was to be evicted would be by now
      } finally {
        await Promise.all(all.map(mends));
      }
      await until(async () => (await linksUp()) === 6, 'the links are back', 20);
    });
    assert.deepEqual(await incarnations(), before);
    assert.ok(traffic.slowestMs < 3000, `a request took ${traffic.slowestMs} ms`);
  };

  // Connections are refused although the nodes live, as if they had crashed: PostgreSQL, which is asked, knows better.
  test('bear_the_loss_of_their_own_ends_of_the_tunnels', () => isBorneBy(({ client }) => client.kill('SIGKILL'), (tunnel) => tunnel.dial()));

  test('bear_the_loss_of_the_far_ends_of_the_tunnels', () => isBorneBy(({ server }) => server.kill('SIGKILL'), (tunnel) => tunnel.serve()));

  test('bear_a_network_that_is_silent_between_the_tunnels', () => isBorneBy(({ network }) => network.holdUp('there', 'back'), ({ network }) => network.mend()));

  /** Greets n1's tunnel as CAF does, with TLS if there are options for it; how much was heard, and how it ended. */
  const greet = (options) => new Promise((ended) => {
    const port = tunnels.n1.tlsPort;
    const socket = options ? tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }) : net.connect(port, '127.0.0.1');
    let heard = 0, error = '';
    socket.on(options ? 'secureConnect' : 'connect', () => socket.write(Buffer.alloc(32, 1)));
    socket.on('data', ({ length }) => (heard += length)).on('error', ({ message }) => (error = message)).on('close', () => ended({ heard, error }));
  });
  const as = (who, name) => ({ cert: readFileSync(who.path(name, 'pem')), key: readFileSync(who.path(name, 'key')) });
  const comesThrough = async (options) => {
    const before = tunnels.n1.arrived();
    await greet(options);
    return tunnels.n1.arrived() > before;
  };

  test('hear_nothing_of_a_stranger_without_a_certificate_of_theirs', async () => {
    await spread(cluster);
    const before = await incarnations(), arrived = tunnels.n1.arrived();
    await underTraffic(cluster, () => cluster.nodes, companies, async () => {
      for (let i = 0; i < 20; ++i) {
        assert.match((await greet({})).error, /certificate required/);
        assert.match((await greet(as(foreign, 'n2'))).error, /unknown ca/);
        assert.match((await greet(as(foreign, 'ca'))).error, /unknown ca/);
        assert.match((await greet({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })).error, /version/);
        assert.ok((await greet(null)).heard <= 7, 'more than an alert');
      }
    });
    assert.equal(tunnels.n1.arrived(), arrived);
    assert.deepEqual([await incarnations(), await linksUp()], [before, 6]);
    assert.ok(await comesThrough(as(authority, 'n2')), 'with a certificate of theirs it would');
  });

  test('go_on_beside_strangers_who_take_every_place_and_say_nothing', async () => {
    await spread(cluster);
    const before = await incarnations();
    let closed = 0;
    const connect = () => new Promise((connected) => net.connect(tunnels.n1.tlsPort, '127.0.0.1', connected).on('error', () => {}).on('close', () => ++closed).resume());
    await underTraffic(cluster, () => cluster.nodes, companies, async () => {
      await Promise.all(Array.from({ length: 1000 }, connect));
      assert.equal(await comesThrough(as(authority, 'n2')), false);
      assert.match(tunnels.n1.server.output, /too many/);
      assert.equal(await linksUp(), 6);
      await until(() => closed === 1000, 'the strangers are out', 20);
      assert.ok(await comesThrough(as(authority, 'n2')), 'there is room again');
    });
    assert.deepEqual([await incarnations(), await linksUp()], [before, 6]);
  });

  test('do_not_talk_to_one_node_in_the_place_of_another', async () => {
    const listens = `127.0.0.1:${await freePort()}`, dials = `127.0.0.1:${await freePort()}`;
    const impostor = await startStunnel(authority, 'n2', 'in', { accept: listens, connect: n2.env.TRUNKLINE_CLUSTER_LISTEN });
    const client = await startStunnel(authority, 'n3', 'n2', { accept: dials, connect: listens, checkHost: 'n1.internal' });
    try {
      const heard = await new Promise((ended) => {
        const socket = net.connect(Number(dials.split(':')[1]), '127.0.0.1');
        let all = 0;
        socket.on('data', ({ length }) => (all += length)).on('error', () => {}).on('close', () => ended(all));
      });
      assert.equal(heard, 0);
      assert.match(client.output, /Rejected by CERT at depth=0: CN=n2.internal/);
      assert.doesNotMatch(impostor.output, /connected remote server/);
    } finally {
      await Promise.all([impostor.kill(), client.kill()]);
    }
  });
});
