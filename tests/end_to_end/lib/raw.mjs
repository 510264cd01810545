// Requests as bytes, for what no well-behaved client would send.
import { connect } from 'node:net';

/** The text of a request; `headers` is a list of [name, value], so that a name may come twice. */
export function request(method, target, headers = [], body = '') {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1'), Buffer.isBuffer(body) ? body : Buffer.from(body)]);
}

/**
 * Sends bytes on a connection of their own: {statuses, status, head, body, ms}. `status` is 'closed' when the other side
 * closed without a word and 'silent' when it said nothing for `patience` ms and only closed when our side did.
 */
export function exchange(url, bytes, { patience = 1500 } = {}) {
  const { hostname, port } = new URL(url);
  return new Promise((done) => {
    const begun = performance.now();
    const chunks = [];
    let last = 0;
    let gaveUp = false;
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let timer = setTimeout(() => { gaveUp = true; socket.destroy(); }, patience);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      last = performance.now();
      clearTimeout(timer); // a second answer would follow at once
      timer = setTimeout(() => socket.destroy(), 100);
    });
    socket.on('error', () => {}); // a reset is as closed as closed can be
    socket.on('close', () => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).toString('latin1');
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
      const [head, ...rest] = text.split('\r\n\r\n');
      done({ statuses, status: statuses[0] ?? (gaveUp ? 'silent' : 'closed'), head, body: rest.join('\r\n\r\n'), ms: (last || performance.now()) - begun });
    });
  });
}
