// POST over kept connections with as little JavaScript as possible, so that the client takes little of the machine.
import net from 'node:net';

/** One connection; post(bytes) resolves to { status, text }, one at a time. Rejects when it ends or says nothing for 30 s. */
function connect(port) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let waiting = null, heard = '';
  const give = (settle) => {
    const { resolve, reject } = waiting;
    waiting = null, heard = '';
    settle(resolve, reject);
  };
  const fail = (why) => waiting && give((_, reject) => reject(new Error(why)));
  socket.setEncoding('latin1').setTimeout(30_000, () => socket.destroy(new Error('timeout')));
  socket.on('error', ({ message }) => fail(message)).on('close', () => fail('the connection ended'));
  socket.on('data', (text) => {
    heard += text;
    const head = heard.indexOf('\r\n\r\n');
    if (head < 0 || !waiting) return;
    const length = Number(/content-length: *(\d+)/i.exec(heard.slice(0, head))?.[1] ?? 0);
    if (heard.length < head + 4 + length) return;
    const status = Number(heard.slice(9, 12)), body = heard.slice(head + 4);
    give((resolve) => resolve({ status, text: body }));
  });
  return {
    post: (bytes) => new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(new Error('the connection ended'));
      waiting = { resolve, reject };
      socket.write(bytes);
    }),
    close: () => socket.destroy(),
  };
}

/** Ten thousand people in turn. */
export const person = (n) => `+16465${String(n % 10_000).padStart(6, '0')}`;

/** `count` connections to a path of a server; post(json) waits for a free one. Always close() it. */
export function postConnections(port, path, headers, count) {
  const head = [`POST ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Content-Type: application/json', ...Object.entries(headers).map(([k, v]) => `${k}: ${v}`)].join('\r\n');
  const all = Array.from({ length: count }, () => connect(port));
  const free = [...all], queue = [];
  const post = async (json) => {
    const one = free.pop() ?? (await new Promise((wake) => queue.push(wake)));
    try {
      const body = JSON.stringify(json);
      return await one.post(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    } finally {
      const next = queue.shift();
      next ? next(one) : free.push(one);
    }
  };
  return { post, close: () => all.forEach((one) => one.close()) };
}

/** Milliseconds of the epoch, with fractions. */
export const now = () => performance.timeOrigin + performance.now();

/** Runs `work(n)` for `seconds`: `at once` of them all the time, or with `rate` so many begun each second, none of them
 * earlier or later than its time however long the others take. { from: ms of the first, begun: ms of each } */
export async function repeatFor(seconds, { atOnce, rate }, work) {
  const begun = [], from = now(), until = from + seconds * 1000;
  if (!rate) {
    const loop = async () => {
      while (now() < until) {
        const n = begun.push(now()) - 1;
        await work(n);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, loop));
    return { from, begun };
  }
  const pending = [], failures = [], total = Math.floor(rate * seconds);
  const dueMs = () => from + (begun.length * 1000) / rate;
  while (begun.length < total) {
    while (begun.length < total && dueMs() <= now()) {
      const n = begun.push(dueMs()) - 1;
      pending.push(work(n).catch((failure) => failures.push(failure)));
    }
    await new Promise((wake) => setTimeout(wake, 1));
  }
  await Promise.all(pending);
  if (failures.length > 0) throw failures[0];
  return { from, begun };
}
