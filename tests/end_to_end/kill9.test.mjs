// Whatever moment the process dies at: what was answered with 2xx is in the database, and nothing is there twice.
// TL_KILLS says how often (default 5); `./dev prove kill9` does it 200 times on each database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { addCompany, smsParams, startGateway, voiceParams } from './lib/gateway.mjs';
import { startLoad } from './lib/load.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { run } from './lib/process.mjs';

const kills = Number(process.env.TL_KILLS ?? 5);

async function survive(gateway, query) {
  const companies = [];
  for (let i = 0; i < 4; ++i) companies.push(await addCompany(gateway, { callRoutingMode: i % 2 ? 'voicemail' : 'forward', forwardNumber: '+12125550199', autoReply: 'Thanks!' }));

  const answered = new Map(); // sid -> the first answer's body
  const unanswered = []; // sent, fate unknown: sent again later, as Twilio does
  let differing = 0, refused = 0;
  const make = () => {
    if (unanswered.length > 50) return unanswered.shift();
    const company = companies[Math.floor(Math.random() * companies.length)];
    if (Math.random() < 0.3) {
      const params = smsParams(company, `hello ${Math.random()}`);
      return { sid: params.MessageSid, company, path: '/api/twilio/sms', params };
    }
    const params = voiceParams(company);
    return { sid: params.CallSid, company, path: '/api/twilio/voice', params };
  };
  const seen = (event, answer) => {
    if (answer.error || answer.status === 503) return unanswered.push(event);
    if (answer.status !== 200) return ++refused;
    if ((answered.get(event.sid) ?? answer.text) !== answer.text) ++differing;
    answered.set(event.sid, answer.text);
    if (Math.random() < 0.02) unanswered.push(event); // and some that were answered come twice
  };

  const load = startLoad(gateway, 24, make, seen);
  for (let i = 0; i < kills; ++i) {
    await new Promise((wake) => setTimeout(wake, 50 + Math.random() * 350));
    const { signal } = await gateway.kill('SIGKILL');
    assert.equal(signal, 'SIGKILL', gateway.process.output);
    await gateway.startAgain();
  }
  await load.stop();

  const rows = (await query("select sid || ' ' || count(*) from webhook_event group by sid")).split('\n').filter(Boolean).map((row) => row.split(' '));
  const stored = new Map(rows.map(([sid, count]) => [sid, Number(count)]));
  const archived = new Set((await query('select call_sid from call union all select twilio_sid from message')).split('\n'));
  const lost = [...answered.keys()].filter((sid) => !stored.has(sid) || !archived.has(sid));
  const twice = [...stored].filter(([, count]) => count !== 1);
  console.log(`${kills} kills: ${answered.size} answered, ${stored.size} stored, ${lost.length} lost, ${twice.length} twice, ${differing} answered differently`);
  assert.deepEqual([lost, twice, differing, refused], [[], [], 0, 0]);
  assert.ok(answered.size > kills * 5, `too little load to prove anything: ${answered.size}`);
}

test(`sqlite_loses_and_doubles_nothing_over_${kills}_kills`, async () => {
  const gateway = await startGateway();
  await survive(gateway, async (sql) => {
    const answer = await run('sqlite3', ['-readonly', join(gateway.folder, 'trunkline.db'), sql]);
    assert.equal(answer.code, 0, answer.output);
    return answer.output;
  });
  await gateway.stop();
});

test(`postgresql_loses_and_doubles_nothing_over_${kills}_kills`, async () => {
  const server = await startPostgres();
  try {
    await server.createDatabase('trunkline');
    const gateway = await startGateway({ TRUNKLINE_DATABASE: server.url('trunkline') });
    await survive(gateway, (sql) => server.psql('trunkline', sql));
    await gateway.stop();
  } finally {
    await server.stop();
  }
});
