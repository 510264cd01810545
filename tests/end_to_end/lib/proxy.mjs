// A TCP proxy on loopback whose wire can be cut, held up in either direction, and mended.
import net from 'node:net';

/** { port, address, cut(), holdUp(...directions), mend(), stop() }. 'there' is from whoever connects to the target, 'back'
 * the other direction. */
export async function startProxy(targetPort) {
  const pairs = new Set();
  const held = new Set();
  let isCut = false;

  // What ends on a wire that is held up is not told to the other end before the wire is mended, as in a real network.
  const relay = (pair, from, to, direction) => {
    from.on('data', (bytes) => {
      if (to.write(bytes) || from.destroyed) return;
      from.pause();
      to.once('drain', () => held.has(direction) || from.resume());
    });
    const end = () => (pair.ended.add(direction), held.has(direction) || drop(pair));
    from.on('close', end).on('error', () => {});
    if (held.has(direction)) from.pause();
  };
  const drop = (pair) => (pairs.delete(pair), pair.client.destroy(), pair.target.destroy());

  const server = net.createServer((client) => {
    if (isCut) return void client.destroy();
    const target = net.connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) socket.setNoDelay(true);
    const pair = { client, target, ended: new Set() };
    pairs.add(pair);
    relay(pair, client, target, 'there');
    relay(pair, target, client, 'back');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  const sources = (direction) => [...pairs].map((pair) => (direction === 'there' ? pair.client : pair.target));
  return {
    port,
    address: `127.0.0.1:${port}`,
    connections: () => pairs.size,
    /** Every connection is reset, and new ones as soon as they are made. */
    cut: () => ((isCut = true), [...pairs].forEach(drop)),
    /** Nothing passes in these directions, and nothing is said about it. */
    holdUp: (...directions) => {
      for (const direction of directions) held.add(direction), sources(direction).forEach((socket) => socket.pause());
    },
    mend: () => {
      const directions = [...held];
      isCut = false, held.clear();
      for (const direction of directions) sources(direction).forEach((socket) => socket.resume());
      [...pairs].filter(({ ended }) => ended.size).forEach(drop);
    },
    stop: () => new Promise((closed) => (server.close(closed), [...pairs].forEach(drop))),
  };
}
