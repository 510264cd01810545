// What a platform engineer does with a new company, through the API alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAccount, postWebhook, smsParams, startGateway, voiceParams } from './lib/gateway.mjs';

const account = { accountSid: `AC${'a1'.repeat(16)}`, authToken: 'first-token-0123456789abcdef0123' };
const next = 'second-token-0123456789abcdef012';
const number = '+12125550401';

describe('a company from nothing to a rotated token', () => {
  let gateway, id;
  const put = (body, headers) => gateway.call('PUT', `/api/companies/${id}/twilio/config`, body, headers);
  const get = (path = '') => gateway.call('GET', `/api/companies/${id}${path}`);
  const check = async (code) => (await get('/readiness')).json.checks.find((c) => c.code === code);
  const company = { ...account, number };

  before(async () => {
    gateway = await startGateway();
    await addAccount(gateway.sim, account, [number]);
    id = (await gateway.call('POST', '/api/companies', { companyName: 'Walk-through', menuUrl: 'https://example.com/menu' })).json.id;
  });
  after(() => gateway.stop());

  test('a_wrong_token_is_refused_and_nothing_is_stored [C10]', async () => {
    const refused = await put({ accountSid: account.accountSid, authToken: 'wrong-token' });
    assert.deepEqual([refused.status, refused.json.code, refused.json.title], [422, 'twilio_credentials_rejected', 'Twilio authentication failed']);
    assert.deepEqual([refused.json.twilio.httpStatus, refused.json.twilio.code], [401, 20003]);
    const stored = (await get('/twilio/config')).json;
    assert.deepEqual([stored.accountSid, stored.authTokenSet, stored.credentialSource], [null, false, 'none']);
  });

  test('while_twilio_does_not_answer_nothing_is_stored [C10]', async () => {
    await gateway.sim.faults({ match: { path_contains: account.accountSid }, action: 'status', status: 500, count: 1 });
    const answer = await put({ accountSid: account.accountSid, authToken: account.authToken });
    assert.deepEqual([answer.status, answer.json.code, answer.headers.get('retry-after') >= '1'], [503, 'twilio_unreachable', true]);
    assert.equal((await get('/twilio/config')).json.accountSid, null);
    await gateway.sim.noFaults();
  });

  test('the_right_token_and_a_number_of_the_account_are_stored [C9 P4]', async () => {
    assert.equal((await put({ accountSid: account.accountSid, authToken: account.authToken })).status, 200);
    const foreign = await put({ phoneNumbers: [{ phoneNumber: '+12125550499' }] });
    assert.deepEqual([foreign.json.code, foreign.json.numbers], ['number_not_in_account', ['+12125550499']]);
    const stored = await put({ phoneNumbers: [{ phoneNumber: number, friendlyName: 'Main line' }], callRoutingMode: 'voicemail' });
    assert.deepEqual(stored.json.phoneNumbers, [{ phoneNumber: number, friendlyName: 'Main line', status: 'active', isPrimary: true }]);
    assert.equal((await check('number_in_account')).status, 'ok');
  });

  test('a_signed_call_and_a_message_are_answered_and_nothing_is_missing_any_more [P5 C17]', async () => {
    assert.equal((await check('test_call')).status, 'warning');
    const call = await postWebhook(gateway, company, '/api/twilio/voice', voiceParams(company));
    assert.equal(call.status, 200);
    assert.match(call.text, /<Record /);
    assert.equal((await postWebhook(gateway, company, '/api/twilio/sms', smsParams(company, 'hello'))).status, 200);
    const readiness = (await get('/readiness')).json;
    const open = readiness.checks.filter((c) => c.status !== 'ok').map((c) => `${c.code} ${c.status}`);
    assert.deepEqual(open, ['webhook_voice unknown', 'webhook_sms unknown']); // they come with provisioning
    assert.equal(readiness.ready, true);
    assert.equal((await get()).json.warnings, 0);
  });

  test('no_answer_holds_a_secret [C12]', async () => {
    for (const path of ['', '/twilio/config', '/readiness', '/calls', '/messages', '/usage']) {
      const answer = await get(path);
      assert.equal(answer.status, 200, path);
      for (const secret of [account.authToken, next, gateway.adminKey]) assert.ok(!answer.text.includes(secret), path);
    }
    const audit = await gateway.call('GET', `/api/admin/audit?companyId=${id}`);
    assert.match(audit.text, /"authToken":"\(changed\)"/);
    assert.ok(!audit.text.includes(account.authToken));
  });

  test('a_token_is_rotated_without_a_webhook_refused [C3 C12]', async () => {
    const call = async (authToken) => (await postWebhook(gateway, { ...company, authToken }, '/api/twilio/voice', voiceParams(company))).status;
    let running = true, sent = 0;
    const refused = [];
    let current = account.authToken;
    const load = (async () => {
      while (running) {
        const status = await call(current);
        if (status !== 200) refused.push(status);
        ++sent;
      }
    })();
    assert.equal((await put({ nextAuthToken: next })).status, 200);
    assert.deepEqual([await call(account.authToken), await call(next)], [200, 200]);
    await gateway.sim.accounts({ sid: account.accountSid, authToken: next }); // promoted at Twilio
    current = next;
    assert.equal((await put({ promoteNextAuthToken: true })).status, 200);
    assert.deepEqual([await call(next), await call(account.authToken)], [200, 403]);
    running = false;
    await load;
    assert.deepEqual(refused, []);
    assert.ok(sent > 5, `${sent} calls`);
    const stored = (await get('/twilio/config')).json;
    assert.deepEqual([stored.authTokenSet, stored.nextAuthTokenSet], [true, false]);
  });

  test('a_lost_update_is_told_as_such [C9]', async () => {
    const read = await get('/twilio/config');
    const guard = { 'if-match': read.headers.get('etag') };
    assert.equal((await put({ recordingEnabled: false }, guard)).status, 200);
    assert.deepEqual([(await put({ recordingEnabled: true }, guard)).status, (await put({ recordingEnabled: true })).status], [412, 200]);
  });

  test('a_hundred_requests_with_one_idempotency_key_create_one_company', async () => {
    const body = { companyName: 'Only one' }, headers = { 'idempotency-key': 'only-one' };
    const answers = await Promise.all(Array.from({ length: 100 }, () => gateway.call('POST', '/api/companies', body, headers)));
    assert.ok(answers.every((a) => a.status === 201 || a.json.code === 'idempotency_in_progress'), answers.map((a) => a.text).find((t) => !t.includes('co_')));
    const ids = new Set(answers.filter((a) => a.status === 201).map((a) => a.json.id));
    assert.equal(ids.size, 1);
    assert.equal((await gateway.call('GET', '/api/companies?q=Only%20one')).json.data.length, 1);
    await gateway.kill('SIGKILL');
    await gateway.startAgain();
    const again = await gateway.call('POST', '/api/companies', body, headers);
    assert.deepEqual([again.status, again.json.id, again.headers.get('idempotency-replayed')], [201, [...ids][0], 'true']);
  });
});
