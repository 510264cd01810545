// A node that is told to stop answers what it has, and what it answered is there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCompany, startGateway, voiceParams } from './lib/gateway.mjs';
import { startLoad } from './lib/load.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { until } from './lib/process.mjs';

/** What a balancer sees that asks the webhook listener itself, on a new connection each time. */
async function readiness(gateway) {
  const answer = await fetch(`${gateway.webhooks}/readyz`, { headers: { connection: 'close' } });
  return { status: answer.status, reasons: (await answer.json()).reasons };
}

async function storedCalls(gateway, company) {
  const stored = new Set();
  for (let cursor = ''; cursor !== null; ) {
    const { json } = await gateway.call('GET', `/api/companies/${company.id}/calls?limit=200${cursor && `&cursor=${cursor}`}`);
    for (const call of json.data) stored.add(call.callSid);
    cursor = json.nextCursor;
  }
  return stored;
}

test('under_load_sigterm_breaks_no_request_of_a_balancer_that_asks_for_readiness', async () => {
  const gateway = await startGateway();
  const company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
  const answered = new Set(), broken = [];
  const make = () => {
    const params = voiceParams(company);
    return { sid: params.CallSid, company, path: '/api/twilio/voice', params };
  };
  const load = startLoad(gateway, 16, make, (event, answer) => {
    if (answer.status === 200) answered.add(event.sid);
    else broken.push(String(answer.error ?? answer.status));
  });
  await until(() => answered.size > 200, 'some answers');
  const begun = performance.now();
  const ended = gateway.kill('SIGTERM');
  const seen = await until(async () => {
    const now = await readiness(gateway).catch((error) => ({ reasons: [`not seen: ${error.cause ?? error}`] }));
    return now.reasons?.length && now;
  }, 'not ready');
  await load.stop();
  assert.deepEqual(seen, { status: 503, reasons: ['draining'] });
  assert.deepEqual(broken, []);
  const { code } = await ended;
  const took = performance.now() - begun;
  assert.equal(code, 0, gateway.process.output);
  assert.ok(took < 10_000, `stopped only after ${took} ms`);
  await gateway.startAgain();
  const stored = await storedCalls(gateway, company);
  assert.deepEqual([...answered].filter((sid) => !stored.has(sid)), []);
  await gateway.stop();
});

test('a_change_in_hand_at_sigterm_is_answered_and_done', async () => {
  const server = await startPostgres();
  try {
    await server.createDatabase('trunkline');
    const gateway = await startGateway({ TRUNKLINE_DATABASE: server.url('trunkline') });
    const company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
    server.signalAll('SIGSTOP');
    const change = gateway.call('PUT', `/api/companies/${company.id}/twilio/config`, { callRoutingMode: 'forward', forwardNumber: '+12125550199' })
      .catch((error) => ({ text: String(error.cause ?? error) }));
    const workers = async () => (await gateway.call('GET', '/api/admin/actors?kind=STORE')).json;
    await workers(); // the listener takes one request after the other, so it has that change now
    const ended = gateway.kill('SIGTERM');
    await until(() => /draining/.test(gateway.process.output), 'draining');
    await new Promise((wake) => setTimeout(wake, 1000)); // longer than a node takes that has nothing in hand
    assert.equal(gateway.process.child.exitCode, null);
    server.signalAll('SIGCONT');
    const answer = await change;
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await ended).code, 0, gateway.process.output);
    await gateway.startAgain();
    assert.equal((await gateway.call('GET', `/api/companies/${company.id}/twilio/config`)).json.callRoutingMode, 'forward');
    await gateway.stop();
  } finally {
    server.signalAll('SIGCONT');
    await server.stop();
  }
});
