// Strangers at the port where nodes talk to each other [R4]: whatever they send, the node lives, does not grow and keeps
// its lease. What CAF makes of a header is measured in docs/decisions/0008.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { startCluster } from './lib/cluster.mjs';
import { recordOwners } from './lib/history.mjs';
import { until } from './lib/process.mjs';
import { makeCompanies, underTraffic } from './lib/trials.mjs';

/** A header as CAF's protocol has it: 32 bytes, of which four say how much follows. */
function header(operation, length, { flags = 0, data = 4n, from = 0n, to = 0n } = {}) {
  const bytes = Buffer.alloc(32);
  bytes[0] = operation, bytes[3] = flags, bytes.writeUInt32BE(length, 4);
  for (const [i, value] of [data, from, to].entries()) bytes.writeBigUInt64BE(value, 8 + 8 * i);
  return bytes;
}

const operations = Array.from({ length: 9 }, (_, i) => i).concat(255);
const greetings = [
  ['random bytes', () => randomBytes(4096)],
  ['an HTTP request', () => Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ...operations.map((op) => [`operation ${op} announces 4 GiB`, () => header(op, 0xffffffff)]),
  ...operations.map((op) => [`operation ${op} announces 64 MiB`, () => header(op, 64 << 20)]),
  ...operations.map((op) => [`operation ${op} with rubbish`, () => Buffer.concat([header(op, 64), randomBytes(64)])]),
  ...operations.map((op) => [`operation ${op} with every bit set`, () => Buffer.alloc(32, 0xff).fill(op, 0, 1).fill(0, 4, 8)]),
  ['an actor is told to exit', () => Buffer.concat([header(2, 16, { from: 1n, to: 1n }), Buffer.alloc(16)])],
];

describe('strangers at the cluster\'s port [R4]', () => {
  let cluster, companies, history;
  before(async () => {
    // A small quarantine, or AddressSanitizer's own memory would hide the node's.
    cluster = await startCluster(['n1', 'n2'], { TRUNKLINE_CLUSTER_LEASE_MS: '2000', ASAN_OPTIONS: 'detect_leaks=0:quarantine_size_mb=4:thread_local_quarantine_size_kb=64' });
    companies = await makeCompanies(cluster);
    await cluster.settled();
    history = await recordOwners(cluster.sql);
  });
  after(async () => assert.deepEqual(await cluster.stop(), [0, 0]));

  const connect = () => new Promise((connected, failed) => {
    const [host, port] = cluster.nodes[0].env.TRUNKLINE_CLUSTER_LISTEN.split(':');
    const socket = net.connect(Number(port), host, () => connected(socket));
    socket.ended = new Promise((ended) => socket.on('close', ended));
    socket.on('error', failed).resume();
  });
  const residentMiB = () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${cluster.nodes[0].process.pid}/status`))[1]) / 1024;

  /** All of them at once, and the most memory there was meanwhile. */
  const greetAll = async () => {
    let most = 0;
    const sockets = [];
    for (const [, bytes] of greetings) {
      const socket = await connect();
      socket.write(bytes());
      sockets.push(socket);
      most = Math.max(most, residentMiB());
    }
    const begun = Date.now();
    await until(() => ((most = Math.max(most, residentMiB())), Date.now() - begun > 1000), 'a second has passed');
    for (const socket of sockets) socket.destroy();
    return most;
  };

  test('cost_it_neither_memory_nor_its_lease_nor_a_request', async () => {
    const since = Date.now(), runs = await Promise.all(cluster.nodes.map(cluster.incarnation));
    await underTraffic(cluster, () => cluster.nodes, companies, async () => {
      await greetAll(); // what is needed once is there now
      const before = residentMiB();
      const grown = (await greetAll()) - before;
      assert.ok(grown < 16, `it grew by ${grown} MiB`);
    });
    assert.deepEqual(await Promise.all(cluster.nodes.map(cluster.incarnation)), runs);
    assert.equal(await history.changes(since), 0);
    assert.doesNotMatch(cluster.nodes[0].process.output, /lease has run out|declared dead/);
    assert.match(cluster.nodes[0].process.output, /announced \d{8,} bytes at once: it is closed/);
  });

  test('a_thousand_that_say_nothing_cost_little_and_make_room_for_others', async () => {
    await underTraffic(cluster, () => cluster.nodes, companies, async () => {
      const before = residentMiB();
      const silent = await Promise.all(Array.from({ length: 1000 }, connect));
      const grown = residentMiB() - before;
      assert.ok(grown < 16, `it grew by ${grown} MiB`);
      let closed = 0;
      for (const socket of silent) socket.ended.then(() => ++closed);
      await until(async () => ((await connect()).destroy(), closed > 900), 'the silent are gone', 10);
      for (const socket of silent) socket.destroy();
    });
    const { links } = await cluster.status();
    assert.deepEqual(links.map(({ state }) => state), ['up', 'up']);
  });
});
