// The health of what the gateway depends on against a real simulator, row by row of feature C14, and the alerts that
// come of it (C15): opened once, resolved by themselves, told to the outside with a signature.
import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addAccount, addCompany, postWebhook, startGateway, voiceParams } from './lib/gateway.mjs';
import { until } from './lib/process.mjs';
import { demo, startSim } from './lib/sim.mjs';

const health = '/api/admin/notifications/dependency-health';
const alertsPath = '/api/admin/notifications/alerts';

/** Everything about one dependency but its times. */
const row = ({ status, critical, message, action, details }) => ({ status, critical, message, action, ...details });
const healthy = (source) => ({ status: 'HEALTHY', critical: false, message: 'OK', action: 'None', credentialSource: source, accountStatus: 'active' });
const down = (source, message, accountStatus = null) => ({ status: 'DOWN', critical: true, message, action: 'Fix credentials or Twilio account', credentialSource: source, accountStatus });

async function checked(gateway, company) {
  const answer = await gateway.call('POST', `${health}/run`, { companyId: company.id });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json.dependencies.map((d) => [d.name, d.companyId]), [['twilio', company.id]]);
  return answer.json.dependencies[0];
}

async function alerts(gateway, query) {
  const answer = await gateway.call('GET', `${alertsPath}?${new URLSearchParams(query)}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.data;
}

const alertBecomes = (gateway, query, count) => until(async () => {
  const all = await alerts(gateway, query);
  return all.length === count && all;
}, `${count} alerts ${JSON.stringify(query)}`);

describe('the health of dependencies [C14]', () => {
  let gateway, acme;
  const source = 'company:Acme Corporation';
  const twilioIs = (state) => addAccount(gateway.sim, { ...acme, ...state });
  const slowBy = (ms) => gateway.sim.faults({ match: { path_contains: acme.accountSid }, action: 'delay', delay_ms: ms });

  before(async () => {
    gateway = await startGateway();
  });
  after(async () => {
    const { code } = await gateway.stop();
    assert.equal(code, 0, gateway.process.output);
  });

  test('nothing_configured_is_one_entry_and_not_critical', async () => {
    const { json } = await gateway.call('GET', health);
    assert.equal(json.status, 'HEALTHY');
    assert.deepEqual(json.counts, { HEALTHY: 1, DEGRADED: 0, DOWN: 0, NOT_CONFIGURED: 2 });
    const twilio = json.dependencies.filter((d) => d.name === 'twilio');
    assert.deepEqual(twilio.map(row), [{ status: 'NOT_CONFIGURED', critical: false, message: 'Twilio not configured (per-company system)', action: 'Configure if needed', credentialSource: null, accountStatus: null }]);
    const database = json.dependencies.find((d) => d.name === 'database');
    assert.deepEqual(row(database), { status: 'HEALTHY', critical: false, message: 'OK', action: 'None', dialect: 'sqlite' });
    assert.ok(database.latencyMs < 1000);
    assert.ok(json.dependencies.some((d) => d.name === 'vapi' && d.status === 'NOT_CONFIGURED' && !d.critical));
  });

  test('an_active_account_is_healthy', async () => {
    acme = await addCompany(gateway, { companyName: 'Acme Corporation' });
    const found = await checked(gateway, acme);
    assert.deepEqual(row(found), healthy(source));
    assert.ok(found.latencyMs < 2000);
    const all = (await gateway.call('GET', health)).json;
    assert.deepEqual(all.dependencies.filter((d) => d.name === 'twilio').map((d) => d.companyId), [acme.id]);
  });

  test('a_slow_one_is_degraded', async () => {
    await slowBy(2500);
    const found = await checked(gateway, acme);
    await gateway.sim.noFaults();
    assert.deepEqual(row(found), { status: 'DEGRADED', critical: false, message: 'Twilio answers slowly', action: 'Monitor', credentialSource: source, accountStatus: 'active' });
    assert.ok(found.latencyMs >= 2500 && found.latencyMs < 9000, `${found.latencyMs} ms`);
  });

  test('a_changed_token_is_down', async () => {
    await twilioIs({ authToken: 'another token' });
    assert.deepEqual(row(await checked(gateway, acme)), down(source, 'Twilio authentication failed'));
    await twilioIs({});
    assert.deepEqual(row(await checked(gateway, acme)), healthy(source));
  });

  test('an_account_that_is_not_active_is_down', async () => {
    for (const status of ['suspended', 'closed']) {
      await twilioIs({ status });
      assert.deepEqual(row(await checked(gateway, acme)), down(source, `Twilio account is ${status}`, status));
    }
    await twilioIs({ status: 'active' });
    assert.deepEqual(row(await checked(gateway, acme)), healthy(source));
  });

  test('an_error_of_twilio_is_down', async () => {
    await gateway.sim.faults({ match: { path_contains: acme.accountSid }, action: 'status', status: 503 });
    const found = await checked(gateway, acme);
    await gateway.sim.noFaults();
    assert.deepEqual(row(found), down(source, 'Twilio does not answer'));
  });

  test('no_answer_in_ten_seconds_is_down_and_told_within_fifteen', async () => {
    await slowBy(30_000);
    const begun = performance.now();
    const [first, second] = await Promise.all([checked(gateway, acme), checked(gateway, acme)]);
    const took = performance.now() - begun;
    await gateway.sim.noFaults();
    assert.deepEqual(row(first), down(source, 'Twilio does not answer'));
    assert.deepEqual(second, first); // one run for both
    assert.ok(took > 8000 && took < 15_000, `${took} ms`);
  });

  test('a_run_of_everything_and_what_is_not_understood', async () => {
    const all = await until(async () => {
      const { json } = await gateway.call('POST', `${health}/run`);
      return json.status === 'HEALTHY' && json; // the account's breaker gives it another chance after a while
    }, 'healthy again');
    assert.deepEqual(all.dependencies.filter((d) => d.name === 'twilio').map(row), [healthy(source)]);
    assert.equal((await gateway.call('POST', `${health}/run`, { companyId: 'co_nobody00' })).json.code, 'company_not_found');
    assert.equal((await gateway.call('POST', `${health}/run`, { company: acme.id })).json.code, 'invalid_request');
    assert.equal((await gateway.call('GET', `${health}?companyId=${acme.id}`)).json.dependencies.length, 1);
    const tree = (await gateway.call('GET', '/api/admin/actors?kind=HEALTH_MONITOR')).json;
    assert.deepEqual(tree.counts.HEALTH_MONITOR, { running: 1 });
  });
});

describe('the platform\'s own account and a Twilio that is gone', () => {
  test('are_global_and_one_alert_for_all [C14 C15]', async () => {
    const sim = await startSim();
    const { platform } = demo();
    const gateway = await startGateway({ TRUNKLINE_TWILIO_API_URL: sim.url, TWILIO_ACCOUNT_SID: platform.accountSid,
      TWILIO_AUTH_TOKEN: platform.authToken, TRUNKLINE_HEALTH_INTERVAL_SECONDS: '5' });
    gateway.sim = sim;
    for (let i = 0; i < 5; ++i) await addCompany(gateway);
    const run = async () => (await gateway.call('POST', `${health}/run`)).json;
    const fine = await run();
    assert.deepEqual(row(fine.dependencies.find((d) => d.name === 'twilio' && d.companyId === null)), healthy('global'));
    assert.equal(fine.counts.HEALTHY, 7);

    await sim.stop(); // connection refused
    const gone = await run();
    assert.equal(gone.counts.DOWN, 6);
    assert.ok(gone.dependencies.filter((d) => d.status === 'DOWN').every((d) => d.message === 'Twilio does not answer' && d.critical));
    const [alert] = await alertBecomes(gateway, { state: 'open' }, 1);
    assert.deepEqual([alert.code, alert.companyId, alert.title, alert.severity], ['DEPENDENCY_HEALTH_CRITICAL', null, 'Twilio is DOWN', 'critical']);
    await run();
    assert.deepEqual((await alerts(gateway, {})).map((a) => a.id), [alert.id]);

    const back = await startSim({ args: ['--listen', sim.url.replace('http://', '')] });
    const [resolved] = await alertBecomes(gateway, { state: 'resolved' }, 1); // by itself
    assert.equal(resolved.id, alert.id);
    await back.stop();
    await gateway.stop();
  });
});

/** Whoever is told of alerts: keeps what he gets and answers what `status` says. */
async function startReceiver(port = 0) {
  const receiver = { letters: [], status: 204 };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    receiver.letters.push({ headers: request.headers, body, path: request.url, status: receiver.status });
    response.writeHead(receiver.status).end();
  });
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
  receiver.url = `http://127.0.0.1:${server.address().port}`;
  receiver.stop = () => (server.closeAllConnections(), server.close());
  return receiver;
}

/** The Standard Webhooks scheme, written down once more from its specification. */
function verify({ headers, body }, secret) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest();
  const [version, signature] = headers['webhook-signature'].split(',');
  assert.equal(version, 'v1');
  assert.ok(timingSafeEqual(Buffer.from(signature, 'base64'), mac), 'the signature');
  assert.ok(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 60);
  assert.equal(headers['content-type'], 'application/json');
  return JSON.parse(body);
}

describe('alerts [C15]', () => {
  const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
  let gateway, receiver;
  const told = (count) => until(() => receiver.letters.filter((l) => l.status < 300).length >= count && receiver.letters, `${count} letters`, 120);

  before(async () => {
    receiver = await startReceiver();
    gateway = await startGateway({ TRUNKLINE_ALERTS_WEBHOOK_URL: `${receiver.url}/hooks/alerts?team=ops`, TRUNKLINE_ALERTS_WEBHOOK_SECRET: secret });
  });
  after(async () => {
    const { code } = await gateway.stop();
    receiver.stop();
    assert.equal(code, 0, gateway.process.output);
  });
  beforeEach(() => {
    receiver.letters.length = 0;
    receiver.status = 204;
  });

  test('one_opens_once_is_acknowledged_resolves_by_itself_and_is_told_with_a_signature', async () => {
    const acme = await addCompany(gateway, { companyName: 'Acme Corporation' });
    await addAccount(gateway.sim, { ...acme, authToken: 'another token' });
    for (let i = 0; i < 3; ++i) await checked(gateway, acme);
    const [open] = await until(async () => {
      const all = await alerts(gateway, { companyId: acme.id });
      return all[0]?.occurrences >= 3 && all;
    }, 'three occurrences');
    assert.equal((await alerts(gateway, { companyId: acme.id })).length, 1);
    assert.deepEqual([open.code, open.severity, open.state, open.title, open.detail, open.fix],
      ['DEPENDENCY_HEALTH_CRITICAL', 'critical', 'open', 'Twilio is DOWN for Acme Corporation', 'Twilio authentication failed', 'Update the Auth Token']);
    assert.ok(open.lastSeenAt > open.openedAt);

    const path = `${alertsPath}/${open.id}/acknowledge`;
    const seen = await gateway.call('POST', path);
    assert.deepEqual([seen.status, seen.json.state, seen.json.acknowledgedBy], [200, 'acknowledged', 'key_platform']);
    await checked(gateway, acme);
    assert.deepEqual((await alerts(gateway, { companyId: acme.id })).map((a) => [a.id, a.state]), [[open.id, 'acknowledged']]);

    await addAccount(gateway.sim, acme);
    await checked(gateway, acme);
    const [resolved] = await alertBecomes(gateway, { state: 'resolved', companyId: acme.id }, 1);
    assert.equal(resolved.id, open.id);
    assert.equal((await gateway.call('POST', path)).json.code, 'invalid_state');
    const own = await gateway.call('GET', `/api/companies/${acme.id}/alerts?code=DEPENDENCY_HEALTH_CRITICAL`);
    assert.deepEqual(own.json, { data: [resolved], nextCursor: null });
    const log = (await gateway.call('GET', `/api/admin/audit?companyId=${acme.id}`)).json.data;
    assert.deepEqual(log.filter((e) => e.action === 'alert.acknowledge').map((e) => e.target), [open.id]);

    await told(2);
    assert.deepEqual(receiver.letters.map((l) => l.path), ['/hooks/alerts?team=ops', '/hooks/alerts?team=ops']);
    const bodies = receiver.letters.map((letter) => verify(letter, secret));
    assert.deepEqual(bodies.map((b) => [b.id, b.state]), [[open.id, 'open'], [open.id, 'resolved']]);
    assert.deepEqual(Object.keys(bodies[0]), Object.keys(open));
    assert.notEqual(receiver.letters[0].headers['webhook-id'], receiver.letters[1].headers['webhook-id']);
  });

  test('one_that_is_not_heard_is_told_again_under_the_same_id_also_after_a_crash', async () => {
    const beta = await addCompany(gateway, { companyName: 'Beta' });
    receiver.status = 500;
    await addAccount(gateway.sim, { ...beta, status: 'suspended' });
    await checked(gateway, beta);
    await until(() => receiver.letters.length >= 1, 'the first attempt');
    await until(() => /not delivered \(attempt 1\)/.test(gateway.process.output), 'noted');
    await gateway.kill('SIGKILL');
    receiver.status = 204;
    await gateway.startAgain();
    await told(1);
    const [first, ...rest] = receiver.letters.map((l) => l.headers['webhook-id']);
    assert.ok(rest.length >= 1 && rest.every((id) => id === first));
    assert.equal(verify(receiver.letters.at(-1), secret).title, 'Twilio is DOWN for Beta');
  });

  test('refused_webhooks_of_a_company_are_one_warning_however_many', async () => {
    const gamma = await addCompany(gateway, { companyName: 'Gamma' });
    const forge = () => postWebhook(gateway, gamma, '/api/twilio/voice', voiceParams(gamma), { signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' });
    for (let i = 0; i < 50; ++i) assert.equal((await forge()).status, 403);
    const [alert] = await alertBecomes(gateway, { code: 'SIGNATURE_REJECTED' }, 1);
    assert.deepEqual([alert.severity, alert.companyId, alert.occurrences, alert.title], ['warning', gamma.id, 1, 'Webhooks for Gamma refused']);
  });

  test('a_rotated_token_is_told_of_until_it_is_promoted', async () => {
    const delta = await addCompany(gateway, { companyName: 'Delta' });
    const config = `/api/companies/${delta.id}/twilio/config`;
    const next = { ...delta, authToken: 'f'.repeat(32) };
    assert.equal((await gateway.call('PUT', config, { nextAuthToken: next.authToken })).status, 200);
    assert.equal((await postWebhook(gateway, delta, '/api/twilio/voice', voiceParams(delta))).status, 200);
    assert.deepEqual(await alerts(gateway, { code: 'NEXT_TOKEN_MATCHED' }), []);
    assert.equal((await postWebhook(gateway, next, '/api/twilio/voice', voiceParams(delta))).status, 200);
    const [alert] = await alertBecomes(gateway, { code: 'NEXT_TOKEN_MATCHED', state: 'open' }, 1);
    assert.deepEqual([alert.severity, alert.companyId], ['warning', delta.id]);
    assert.match(alert.fix, /promoteNextAuthToken/);
    await addAccount(gateway.sim, next);
    assert.equal((await gateway.call('PUT', config, { promoteNextAuthToken: true })).status, 200);
    await alertBecomes(gateway, { code: 'NEXT_TOKEN_MATCHED', state: 'resolved' }, 1);
  });

  test('a_quarantined_company_is_an_alert_until_it_is_released', async () => {
    const broken = await addCompany(gateway, { companyName: 'Broken' });
    await gateway.kill('SIGTERM');
    gateway.env.TRUNKLINE_TESTING_FAILING_COMPANY = broken.id;
    await gateway.startAgain();
    const [alert] = await until(async () => {
      assert.equal((await postWebhook(gateway, broken, '/api/twilio/voice', voiceParams(broken))).status, 200);
      const all = await alerts(gateway, { code: 'COMPANY_QUARANTINED', state: 'open' });
      return all.length === 1 && all;
    }, 'quarantined');
    assert.deepEqual([alert.companyId, alert.title, alert.severity], [broken.id, 'Broken is quarantined', 'critical']);
    assert.equal((await gateway.call('POST', `/api/companies/${broken.id}/quarantine/release`)).status, 200);
    await alertBecomes(gateway, { code: 'COMPANY_QUARANTINED', state: 'resolved' }, 1);
  });
});
