// What the simulator breaks on request, judged by its ledger; and that what it signs is what Twilio's own library takes.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import twilio from 'twilio';
import { until } from './lib/process.mjs';
import { demo, startSim } from './lib/sim.mjs';

const [company, other] = demo().companies;
const publicUrl = 'https://gw.example.com/base';
let sim, client, gateway, received;

/// A gateway that keeps what it gets and answers with TwiML.
const startGateway = () => new Promise(resolve => {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ path: request.url, method: request.method, headers: request.headers,
      params: Object.fromEntries(new URLSearchParams(body)) });
    response.writeHead(200, {'content-type': 'text/xml' }).end('<Response/>');
  }).listen(0, '127.0.0.1', () => resolve(server));
});

before(async () => {
  gateway = await startGateway();
  sim = await startSim({gateway: `http://127.0.0.1:${gateway.address().port}`, publicUrl});
  client = twilio(company.accountSid, company.authToken);
  client.api.baseUrl = sim.url;
});

after(async () => {
  await sim?.stop();
  gateway?.closeAllConnections();
  gateway?.close();
});

beforeEach(async () => {
  received = [];
  await sim.noFaults();
  await sim.clearLedger();
});

const creates = { method: 'POST', path_contains: '/Messages.json' };
const send = (more = {}) => client.messages.create({ to: '+15551230001', from: company.phoneNumber, body: 'x', ...more });

test('a 429 is never processed', async () => {
  await sim.faults({ match: creates, action: 'status', status: 429, retry_after_s: 1, count: 1 });
  await assert.rejects(send(), error => error.status === 429 && error.code === 20429);
  assert.equal((await sim.ledger({ kind: 'message' })).length, 0);
  await send();
  assert.equal((await sim.ledger({ kind: 'message' })).length, 1);
});

test('a reset before and a reset after look the same to the client and not to the ledger', async () => {
  await sim.faults({ match: creates, action: 'reset_before', count: 1 }, { match: creates, action: 'reset_after', count: 1 });
  await assert.rejects(send(), error => error.code === 'ECONNRESET' || /hang up|reset/i.test(error.message));
  assert.equal((await sim.ledger({ kind: 'message' })).length, 0);
  await assert.rejects(send(), error => error.code === 'ECONNRESET' || /hang up|reset/i.test(error.message));
  assert.equal((await sim.ledger({ kind: 'message' })).length, 1);
});

test('a reset is a real RST, not an end', async () => {
  await sim.faults({ action: 'reset_before', count: 1 });
  const { hostname, port } = new URL(sim.url);
  const how = await new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write('GET /2010-04-01/Accounts.json HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.on('error', (error) => resolve(error.code)).on('end', () => resolve('end')).resume();
  });
  assert.equal(how, 'ECONNRESET');
});

test('a 502 with HTML may have been processed', async () => {
  await sim.faults({ match: creates, action: 'status', status: 502, html: true, processed: true, count: 1 });
  await assert.rejects(send(), error => error.status === 502);
  assert.equal((await sim.ledger({ kind: 'message' })).length, 1);
});

test('a truncated answer is noticed', async () => {
  await sim.faults({ match: creates, action: 'truncate', count: 1 });
  await assert.rejects(send());
  assert.equal((await sim.ledger({ kind: 'message' })).length, 1);
});

test('a late answer comes after the callback that tells of the same message', async () => {
  await sim.faults({ match: creates, answer_delay_ms: 1000, count: 1 });
  const waiting = send({statusCallback: `${publicUrl}/status`});
  await until(() => received.length > 0, 'the callback came');
  const early = received[0].params.MessageSid;
  assert.equal((await waiting).sid, early);
});

test('a list lags behind while a fetch does not', async () => {
  await sim.faults({ match: { method: 'GET', path_contains: '/Messages' }, action: 'list_lag', list_lag_ms: 3_600_000 });
  const { sid } = await send({ to: '+15551230009' });
  assert.equal((await client.messages.list({ to: '+15551230009' })).length, 0);
  assert.equal((await client.messages(sid).fetch()).sid, sid);
  await sim.noFaults();
  assert.equal((await client.messages.list({ to: '+15551230009' })).length, 1);
});

test('wrong credentials are 401 with code 20003', async () => {
  for (const [user, password] of [[company.accountSid, 'wrong'], [company.accountSid, other.authToken]]) {
    const stranger = twilio(user, password);
    stranger.api.baseUrl = sim.url;
    await assert.rejects(stranger.api.v2010.accounts(user).fetch(), error => error.status === 401 && error.code === 20003);
  }
  const neighbour = twilio(other.accountSid, other.authToken);
  neighbour.api.baseUrl = sim.url;
  await assert.rejects(neighbour.api.v2010.accounts(company.accountSid).messages.list(), error => error.status === 401);
});

test('webhooks are signed as Twilio signs them', async () => {
  const voice = await sim.webhook('voice', { to: company.phoneNumber, from: '+15551230001' });
  assert.equal(voice.status, 200);
  assert.equal(voice.body, '<Response/>');
  await sim.webhook('sms', { to: company.phoneNumber, from: '+15551230001', body: 'Olá 👋 & "quotes" +=' });
  await sim.webhook('raw', {account: company.accountSid, url: `${publicUrl}/hooks/k/dial/1`, params: {CallSid: voice.callSid}});
  await sim.webhook('raw', {account: company.accountSid, url: `${publicUrl}/get?x=1`, method: 'GET', params: {a: 'b c'}});
  assert.equal(received.length, 4);
  for (const { path, params, headers } of received)
    assert.ok(twilio.validateRequest(company.authToken, headers['x-twilio-signature'], publicUrl + path, params), path);
  assert.equal(received[0].path, '/api/twilio/voice');
  assert.equal(received[0].params.CallSid, voice.callSid);
  assert.equal(received[1].params.Body, 'Olá 👋 & "quotes" +=');
  assert.match(received[0].headers['i-twilio-idempotency-token'], /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  await sim.webhook('sms', { to: company.phoneNumber, signature: 'forged' });
  assert.ok(!twilio.validateRequest(company.authToken, received[4].headers['x-twilio-signature'],
    publicUrl + received[4].path, received[4].params));
});

test('status callbacks come signed and in order, and the ledger has their answers', async () => {
  const {sid} = await send({statusCallback: `${publicUrl}/hooks/k/status`});
  const entries = await until(async () => {
    const found = await sim.ledger({ kind: 'webhook', sid });
    return found.length === 2 && found;
  }, 'two callbacks came');
  assert.deepEqual(received.map(r => r.params.MessageStatus), ['sent', 'delivered']);
  for (const { path, params, headers } of received)
    assert.ok(twilio.validateRequest(company.authToken, headers['x-twilio-signature'], publicUrl + path, params));
  assert.deepEqual(entries.map(e => e.detail.status), [200, 200]);
});

test('kept connections carry a thousand callbacks', async () => {
  await Promise.all(Array.from({length: 500}, () => send({statusCallback: `${publicUrl}/status`})));
  await until(() => received.length === 1000, '1000 callbacks came', 60);
  const webhooks = await sim.ledger({ kind: 'webhook' });
  assert.equal(new Set(webhooks.map(w => w.sid + w.detail.params.MessageStatus)).size, 1000);
});

test('oversized requests are refused, and what is no HTTP is closed', async () => {
  const post = body => fetch(`${sim.url}/sim/faults`, {method: 'POST', body});
  assert.equal((await post('x'.repeat(70_000))).status, 413);
  const head = await fetch(`${sim.url}/sim/health`, {headers: {'x-long': 'x'.repeat(20_000)}});
  assert.equal(head.status, 431);
  assert.equal((await fetch(`${sim.url}/sim/health`)).status, 200);
});
