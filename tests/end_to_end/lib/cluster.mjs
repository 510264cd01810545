// Several nodes on one PostgreSQL and one simulated Twilio, as an operator has them, with leases short enough to watch.
import { addCompany, postWebhook, startGateway, voiceParams } from './gateway.mjs';
import { freePort, until } from './process.mjs';
import { startPostgres } from './postgres.mjs';
import { startSim } from './sim.mjs';

const hex = (length, digit) => digit.repeat(length);
const inTurn = (a, b) => a.name.localeCompare(b.name);

/** { nodes, postgres, sim, sql(text), add(name, environment), incarnation(node), owned(incarnation), status(node), settled(count), shards(node), ownerOf(company), companyOfEach(), stop() } */
export async function startCluster(names = ['n1', 'n2', 'n3'], environment = {}) {
  const postgres = await startPostgres();
  await postgres.createDatabase('gw');
  const sim = await startSim();
  const cluster = { postgres, sim, nodes: [], shared: {} };
  cluster.environment = (name, port) => ({
    TRUNKLINE_DATABASE: postgres.url('gw'), TRUNKLINE_TWILIO_API_URL: sim.url, TRUNKLINE_NODE_NAME: name,
    TRUNKLINE_ADMIN_KEY: hex(32, 'a'), TRUNKLINE_MASTER_KEY: hex(64, 'b'), TRUNKLINE_CLUSTER_KEY: hex(32, 'c'),
    TRUNKLINE_CLUSTER_LISTEN: `127.0.0.1:${port}`, TRUNKLINE_CLUSTER_LEASE_MS: '3000', TRUNKLINE_CLUSTER_QUIET_SECONDS: '1',
    ...environment,
  });
  cluster.add = async (name, more = {}) => {
    const node = await startGateway({ ...cluster.environment(name, await freePort()), ...more });
    node.name = name;
    node.sim = sim;
    cluster.nodes.push(node);
    cluster.nodes.sort(inTurn);
    return node;
  };
  cluster.sql = (text) => postgres.psql('gw', text);
  /** The run of this name that the database has as alive; undefined if there is none. */
  cluster.incarnation = async ({ name }) => Number(await cluster.sql(`select incarnation from cluster_node where name = '${name}' and cluster_is_live(status)`)) || undefined;
  cluster.owned = async (incarnation) => Number(await cluster.sql(`select count(*) from shard_owner where owner = ${incarnation}`));
  cluster.status = async (node = cluster.nodes[0]) => (await node.call('GET', '/api/admin/cluster')).json;
  /** So many nodes, all shards owned and where they should be, all links up. */
  cluster.settled = (count = cluster.nodes.length, node = cluster.nodes[0], seconds = 60) => until(async () => {
    const status = await cluster.status(node);
    const active = status.nodes.filter((n) => n.status === 'active');
    const links = status.links.filter((l) => l.state === 'up');
    return active.length === count && status.shards.unowned === 0 && status.shards.moving === 0 && links.length === count * (count - 1) &&
      (await misplaced(node)) === 0 && status;
  }, `${count} nodes have settled`, seconds);
  const shards = async (node) => {
    const all = [];
    for (let cursor = ''; cursor !== null;) {
      const { json } = await node.call('GET', `/api/admin/shards?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      all.push(...json.data), cursor = json.nextCursor;
    }
    return all;
  };
  const misplaced = async (node) => (await shards(node)).filter((s) => s.owner !== s.wanted).length;
  cluster.shards = shards;
  /** The node whose actor has answered for a company; it must have been called. */
  cluster.ownerOf = async (company, node = cluster.nodes[0]) => {
    const { json } = await node.call('GET', `/api/admin/actors?kind=TENANT&companyId=${company.id}`);
    const owner = json.nodes.find(({ root }) => root && JSON.stringify(root).includes(`"id":"${company.id}"`));
    return cluster.nodes.find(({ name }) => name === owner?.node);
  };
  /** For each node a company that it acts for. */
  cluster.companyOfEach = async (config = { callRoutingMode: 'voicemail' }) => {
    const found = new Map();
    while (found.size < cluster.nodes.length) {
      const company = await addCompany(cluster.nodes[0], config);
      const { status } = await postWebhook(cluster.nodes[0], company, '/api/twilio/voice', voiceParams(company));
      if (status !== 200) throw new Error(`a first call: ${status}`);
      found.set((await cluster.ownerOf(company)).name, company);
    }
    return cluster.nodes.map(({ name }) => found.get(name));
  };
  cluster.stop = async () => {
    const codes = await Promise.all(cluster.nodes.map(async (node) => (node.stopped ? 0 : (await node.stop()).code)));
    await sim.stop();
    await postgres.stop();
    return codes;
  };
  await Promise.all(names.map((name) => cluster.add(name))); // at once, on an empty database
  return cluster;
}
