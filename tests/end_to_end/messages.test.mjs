// Messages out [S2 S6 M7 M9 P3]: stored, sent once, followed to their end, through everything that can go wrong on the way.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addCompany, postWebhook, publicUrl, smsParams, startGateway } from './lib/gateway.mjs';
import { freePort, until } from './lib/process.mjs';
import { startSim } from './lib/sim.mjs';

const unlimited = { rateLimit: { numberSegmentsPerSecond: 10000, companySegmentsPerSecond: null, campaignSegmentsPerSecond: null } };
const soon = { TRUNKLINE_OUTBOX_FIRST_LOOK_SECONDS: '1', TRUNKLINE_OUTBOX_LIST_LAG_SECONDS: '3' };
const person = (i) => `+1646555${String(1000 + i).padStart(4, '0')}`;

/** A gateway and a simulator that know each other's addresses. */
async function startBoth(environment = {}) {
  const listen = `127.0.0.1:${await freePort()}`;
  const sim = await startSim({ gateway: `http://${listen}`, publicUrl });
  const gateway = await startGateway({ TRUNKLINE_LISTEN: listen, TRUNKLINE_TWILIO_API_URL: sim.url, ...soon, ...environment });
  gateway.webhooks = `http://${listen}`;
  gateway.sim = sim;
  return { gateway, sim, stop: async () => (await gateway.stop(), await sim.stop()) };
}

const send = (gateway, company, to, content = 'Hello!', more = {}, headers = {}) =>
  gateway.call('POST', '/api/messages', { user_phone_number: to, content, ...more }, { 'X-Company-Id': company.id, ...headers });

const messagesOf = async (gateway, company) => {
  const all = [];
  let cursor = '';
  do {
    const { json } = await gateway.call('GET', `/api/companies/${company.id}/messages?direction=outbound&limit=200${cursor && `&cursor=${cursor}`}`);
    all.push(...json.data);
    cursor = json.nextCursor;
  } while (cursor);
  return all;
};

const allAre = (gateway, company, status, count, seconds = 60) => until(async () => {
  const all = await messagesOf(gateway, company);
  return all.length === count && all.every((m) => m.status === status) && all;
}, `${count} messages are ${status}`, seconds);

/** How often each person got a message, as the simulator's ledger has it. */
const received = async (sim, company) => {
  const counts = new Map();
  for (const { account, detail: data } of await sim.ledger({ kind: 'message' })) if (account === company.accountSid) counts.set(data.to, (counts.get(data.to) ?? 0) + 1);
  return counts;
};

async function assertEachOnce(sim, company, people) {
  const counts = await received(sim, company);
  assert.deepEqual([...counts.values()].filter((n) => n !== 1), [], 'somebody got it twice');
  assert.equal(counts.size, people);
}

describe('messages out [S2 S6]', () => {
  let gateway, sim, stop;
  before(async () => ({ gateway, sim, stop } = await startBoth()));
  after(() => stop());

  test('a_message_is_answered_when_it_is_stored_and_then_sent_and_followed_to_its_end', async () => {
    const company = await addCompany(gateway);
    const answer = await send(gateway, company, person(1));
    assert.equal(answer.status, 202, answer.text);
    assert.equal(answer.json.status, 'queued');
    assert.equal(answer.json.twilio_number, company.number);
    assert.equal(answer.json.price, '0.00750');
    assert.equal(answer.headers.get('location'), `/api/messages/${answer.json.id}`);
    const [message] = await allAre(gateway, company, 'delivered', 1);
    assert.match(message.twilio_sid, /^SM[0-9a-f]{32}$/);
    assert.ok(message.sent_at && message.delivered_at);
    const [entry] = (await sim.ledger({ kind: 'message' })).filter((e) => e.account === company.accountSid);
    assert.equal(entry.detail.to, person(1));
    assert.equal(entry.detail.body, 'Hello!');
    assert.equal(entry.detail.statusCallback, `${publicUrl}${company.hooks}/status/${message.id}/1`);
  });

  test('what_can_not_be_sent_is_refused_with_the_reason [P3 S7]', async () => {
    const bare = (await gateway.call('POST', '/api/companies', { companyName: 'Bare' })).json;
    const refused = async (company, to, content, more, headers) => {
      const { status, json } = await send(gateway, company, to, content, more, headers);
      return [status, json.code];
    };
    assert.deepEqual(await refused(bare, person(1), 'x'), [409, 'company_has_no_number']);
    const company = await addCompany(gateway, { allowedCountries: ['US'] });
    assert.deepEqual(await refused(company, '12', 'x'), [400, 'invalid_request']);
    assert.deepEqual(await refused(company, person(1), ''), [400, 'invalid_request']);
    assert.deepEqual(await refused(company, person(1), 'x'.repeat(1601)), [422, 'message_too_long']);
    assert.deepEqual(await refused(company, '+4915112345678', 'x'), [422, 'country_not_allowed']);
    assert.deepEqual(await refused(company, person(1), 'x', { twilio_number: '+12125550000' }), [422, 'number_not_in_account']);
    assert.deepEqual(await refused(company, person(1), 'x', { companyId: 'co_000000000000' }), [404, 'company_not_found']);
    const stopped = await postWebhook(gateway, company, '/api/twilio/sms', smsParams(company, 'STOP', { From: person(7) }));
    assert.equal(stopped.status, 200);
    assert.deepEqual(await refused(company, person(7), 'x'), [422, 'recipient_opted_out']);
    const capped = await addCompany(gateway, { dailySpendCap: '0.01000' });
    assert.equal((await send(gateway, capped, person(1))).status, 202);
    await allAre(gateway, capped, 'delivered', 1);
    assert.deepEqual(await refused(capped, person(2), 'x'), [409, 'spend_cap_reached']);
    assert.equal((await received(sim, company)).size, 0);
  });

  test('a_refusal_of_twilio_is_said_in_words', async () => {
    const company = await addCompany(gateway);
    await send(gateway, company, '+15005550001');
    const [message] = await allAre(gateway, company, 'failed', 1);
    assert.equal(message.error_code, 21211);
    assert.equal(message.error_message, 'Invalid phone number format');
  });

  test('an_idempotency_key_sends_once', async () => {
    const company = await addCompany(gateway);
    const once = () => send(gateway, company, person(1), 'once', {}, { 'Idempotency-Key': 'once-1' });
    const [first, second] = [await once(), await once()];
    assert.equal(second.json.id, first.json.id);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    await allAre(gateway, company, 'delivered', 1);
    await assertEachOnce(sim, company, 1);
  });

  test('mock_mode_sends_nothing_and_says_so [M9 S5]', async () => {
    const company = await addCompany(gateway, { mockMode: true });
    const answer = await send(gateway, company, person(1));
    assert.equal(answer.json.simulated, true);
    const [message] = await allAre(gateway, company, 'delivered', 1);
    assert.equal(message.simulated, true);
    assert.equal((await received(sim, company)).size, 0);
  });

  test('a_number_sends_no_faster_than_its_kind_may [M6]', async () => {
    const company = await addCompany(gateway, { rateLimit: { numberSegmentsPerSecond: 4, companySegmentsPerSecond: null, campaignSegmentsPerSecond: null } });
    for (let i = 0; i < 12; ++i) await send(gateway, company, person(i), 'x'.repeat(160));
    await allAre(gateway, company, 'delivered', 12);
    const times = (await sim.ledger({ kind: 'message' })).filter((e) => e.account === company.accountSid).map((e) => Date.parse(e.at)).sort((a, b) => a - b);
    for (let i = 0; i < times.length; ++i) {
      const within = times.filter((t) => t >= times[i] && t < times[i] + 1000).length;
      assert.ok(within <= 4 + 4 + 1, `${within} within a second`); // the rate, one burst, and one that is owed
    }
    assert.ok(times.at(-1) - times[0] >= 1700, `12 messages within ${times.at(-1) - times[0]} ms`);
  });
});

describe('messages of which nobody says what became of them [S6]', () => {
  const path = { on: 'request', method: 'POST', path_contains: '/Messages' };
  const people = 40;
  let gateway, sim, stop;
  before(async () => ({ gateway, sim, stop } = await startBoth()));
  after(() => stop());

  const sendAll = async (company) => {
    for (let i = 0; i < people; ++i) assert.equal((await send(gateway, company, person(i))).status, 202);
  };

  for (const [name, rule] of [
    ['the_answer_is_lost_with_the_connection', { action: 'reset_after', probability: 0.3 }],
    ['the_answer_is_cut_in_two', { action: 'truncate', probability: 0.3 }],
    ['something_else_answers_502_although_it_was_processed', { action: 'status', status: 502, processed: true, html: true, probability: 0.3 }],
    ['something_else_answers_502_and_it_was_not_processed', { action: 'status', status: 502, probability: 0.3 }],
    ['the_connection_breaks_before', { action: 'reset_before', probability: 0.3 }],
    ['twilio_wants_it_slower', { action: 'status', status: 429, code: 20429, probability: 0.3 }],
  ])
    for (const callbacks of [true, false])
      test(`${name}_${callbacks ? 'and_callbacks_tell' : 'and_only_the_list_tells'}`, async () => {
        const company = await addCompany(gateway, unlimited);
        await sim.faults({ match: { ...path, account: company.accountSid }, ...rule },
          ...(callbacks ? [] : [{ match: { on: 'callback', account: company.accountSid }, action: 'drop' }]));
        await sendAll(company);
        await until(async () => {
          const all = await messagesOf(gateway, company);
          return all.every((m) => m.twilio_sid && (!callbacks || m.status === 'delivered'));
        }, 'all have gone out', 90);
        await sim.noFaults();
        await assertEachOnce(sim, company, people);
      });

  test('a_list_that_lags_is_waited_for', async () => {
    const company = await addCompany(gateway, unlimited);
    const account = company.accountSid;
    await sim.faults({ match: { ...path, account }, action: 'reset_after', count: 5 }, { match: { on: 'callback', account }, action: 'drop' },
      { match: { on: 'request', method: 'GET', path_contains: '/Messages', account }, action: 'list_lag', list_lag_ms: 2000 });
    await sendAll(company);
    await until(async () => (await messagesOf(gateway, company)).every((m) => m.twilio_sid), 'all have gone out', 60);
    await sim.noFaults();
    await assertEachOnce(sim, company, people);
  });

  test('callbacks_that_come_twice_and_in_any_order_end_alike', async () => {
    const company = await addCompany(gateway, unlimited);
    await sim.faults({ match: { on: 'callback', account: company.accountSid }, action: 'duplicate', probability: 0.5 },
      { match: { on: 'callback', account: company.accountSid }, action: 'delay', delay_ms: 300, probability: 0.5 });
    await sendAll(company);
    await allAre(gateway, company, 'delivered', people);
    await sim.noFaults();
    await assertEachOnce(sim, company, people);
  });
});

describe('a node that is killed while it sends [S6]', () => {
  let gateway, sim, stop;
  before(async () => ({ gateway, sim, stop } = await startBoth()));
  after(() => stop());

  test('everybody_gets_it_exactly_once', async () => {
    const company = await addCompany(gateway, unlimited);
    const people = 150;
    for (let killed = 0; killed < 5; ++killed) {
      const first = killed * (people / 5);
      await Promise.all(Array.from({ length: people / 5 }, (_, i) => send(gateway, company, person(first + i))));
      await until(async () => (await received(sim, company)).size > first + Math.random() * 20, 'some are out', 30);
      await gateway.kill('SIGKILL');
      await gateway.startAgain();
    }
    // A callback that came while the node was away is lost; the message went out all the same.
    await until(async () => (await messagesOf(gateway, company)).every((m) => m.twilio_sid), 'all have gone out', 60);
    await assertEachOnce(sim, company, people);
  });
});
