// Messages out as they are commonly sent: a row for each, Twilio's own library, the row again with the sid. One process of
// several, for one run; the last line it prints is { from, took: [ms each], warmed, cpuSeconds }.
import http from 'node:http';
import pg from 'pg';
import twilio from 'twilio';
import { now, person, repeatFor } from '../runner/posts.mjs';

const { DATABASE_URL, TWILIO_URL, ACCOUNT_SID, AUTH_TOKEN, SENDER, RUN } = process.env;
const [atOnce, rate, warmup, seconds] = ['AT_ONCE', 'RATE', 'WARMUP', 'SECONDS'].map((name) => Number(process.env[name]));
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: atOnce });
const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
client.api.baseUrl = TWILIO_URL;
client.httpClient.axios.defaults.httpAgent = new http.Agent({ keepAlive: true, maxSockets: atOnce, noDelay: true }); // its own is for https

const insert = "insert into messages (id, recipient, body, status) values ($1, $2, $3, 'queued')";
const update = "update messages set status = $2, twilio_sid = $3, updated_at = now() where id = $1";

async function send(run, n) {
  const id = `${run}-${n}`, to = person(n);
  await pool.query({ name: 'insert', text: insert, values: [id, to, id] });
  const { status, sid } = await client.messages.create({ from: SENDER, to, body: id });
  await pool.query({ name: 'update', text: update, values: [id, status, sid] });
}

const before = process.cpuUsage(), ended = [];
const { begun: warmed } = await repeatFor(warmup, { atOnce }, (n) => send(`${RUN}-warm`, n));
const { from, begun } = await repeatFor(seconds, { atOnce, rate }, async (n) => {
  await send(RUN, n);
  ended[n] = now();
});
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ from, took: begun.map((at, n) => ended[n] - at), warmed: warmed.length, cpuSeconds: (user + system) / 1e6 }));
await pool.end();
process.exit(0);
