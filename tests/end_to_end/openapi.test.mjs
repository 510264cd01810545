// Every operation of the API against its own description: what is answered is what is described, no more and no less.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAccount, addCompany, postWebhook, smsParams, startGateway, voiceParams } from './lib/gateway.mjs';
import { Contract } from './lib/openapi.mjs';
import { until } from './lib/process.mjs';

describe('OpenAPI', () => {
  let gateway, contract, company;
  const driven = new Set();

  /** Asks for an operation and judges the answer; the status must be the expected one. */
  async function drive(operationId, status, { path = {}, query = '', body, headers } = {}) {
    const operation = contract.operations.get(operationId);
    assert.ok(operation, operationId);
    const target = operation.path.replace(/\{(\w+)\}/g, (_, name) => path[name]) + query;
    const answer = await gateway.call(operation.method, target, body, headers);
    assert.equal(answer.status, status, `${operation.method} ${target}: ${answer.text}`);
    contract.check(operationId, answer);
    driven.add(operationId);
    return answer;
  }
  const of = (id) => ({ path: { companyId: id } });

  before(async () => {
    gateway = await startGateway();
    contract = new Contract((await gateway.call('GET', '/api/openapi.json')).json);
    company = await addCompany(gateway, { callRoutingMode: 'forward', forwardNumber: '+12125550199', autoReply: 'Thanks!' });
  });
  after(async () => {
    const { code } = await gateway.stop();
    assert.equal(code, 0, gateway.process.output);
  });

  test('the_description_and_the_open_routes', async () => {
    await drive('openapi', 200);
    await drive('healthz', 200);
    await drive('readyz', 200);
    await drive('metrics', 200);
  });

  test('a_company_is_created_listed_and_read', async () => {
    const body = { companyName: 'Müller & Söhne <script>', country: 'DE', timeZone: 'Europe/Berlin', menuUrl: 'https://example.com/menu', assignPhone: false };
    assert.equal(contract.requestProblems('create_company', body), '');
    const made = await drive('create_company', 201, { body });
    assert.equal(made.headers.get('location'), `/api/companies/${made.json.id}`);
    const read = await drive('get_company', 200, of(made.json.id));
    assert.deepEqual(read.json, made.json);
    assert.equal(read.headers.get('etag'), made.headers.get('etag'));
    await drive('get_company', 304, { ...of(made.json.id), headers: { 'if-none-match': read.headers.get('etag') } });
    const list = await drive('list_companies', 200, { query: '?q=müller'.replace('ü', '%C3%BC') });
    assert.deepEqual(list.json.data.map((c) => c.id), [made.json.id]);
    assert.equal(list.json.nextCursor, null);
    const first = await drive('list_companies', 200, { query: '?limit=1' });
    const second = await drive('list_companies', 200, { query: `?limit=1&cursor=${first.json.nextCursor}` });
    assert.deepEqual([first.json.data[0].id, second.json.data[0].id, second.json.nextCursor], [made.json.id, company.id, null]);
    for (const query of ['?state=active', '?credentialSource=company', `?phoneNumber=${company.number}`, '?state=quarantined'])
      await drive('list_companies', 200, { query });
    await drive('list_companies', 400, { query: `?state=active&cursor=${first.json.nextCursor}` });
  });

  test('a_configuration_is_read_changed_and_put_back', async () => {
    const fresh = await drive('create_company', 201, { body: { companyName: 'Fresh' } });
    await drive('get_twilio_config', 200, of(fresh.json.id)); // nothing set: every null
    const full = {
      accountSid: `AC${'0f'.repeat(16)}`, authToken: 'a'.repeat(32), nextAuthToken: 'b'.repeat(32), apiKey: `SK${'0f'.repeat(16)}`, apiSecret: 'c'.repeat(32),
      phoneNumber: '(212) 555-0301', phoneNumbers: [{ phoneNumber: '+12125550302', friendlyName: 'Main', status: 'active', isPrimary: true }, { phoneNumber: '212-555-0303', status: 'inactive' }],
      callRoutingMode: 'forward', fallbackChain: ['forward', 'ai-agent', 'voicemail'], recordingEnabled: false, forwardNumber: '+12125550199',
      forwardTimeoutSeconds: 30, forwardTimeLimitSeconds: 600, whisperMessage: 'From the website',
      voicemail: { greeting: 'Hallo', greetingUrl: 'https://example.com/a.mp3', language: 'de-DE', voice: 'Polly.Vicki', maxLengthSeconds: 60, timeoutSeconds: 3, finishOnKey: '*#', playBeep: false, transcribe: false },
      agent: { engine: 'stream', url: 'wss://agent.example.com/x', language: 'de-DE', welcomeGreeting: 'Hallo', knowledgeBaseId: 'kb', vapiAssistantId: 'va', voice: { provider: 'ElevenLabs', voiceId: 'x', model: 'flash_v2_5', speed: 1.1, stability: 0.5, similarity: 1 } },
      rateLimit: { numberSegmentsPerSecond: 1, companySegmentsPerSecond: 0.5, campaignSegmentsPerSecond: null }, dailySpendCap: '12.5', quietHours: { start: '21:00', end: '08:00' },
      allowedCountries: ['US', 'DE'], autoReply: 'Danke', whatsappNumber: '+12125550304', smartEncoding: true, unknownOutcome: 'resend', signatureMode: 'shadow', mockMode: true,
    };
    assert.equal(contract.requestProblems('put_twilio_config', full), '');
    await addAccount(gateway.sim, full, ['+12125550301', '+12125550302']);
    const missing = await drive('put_twilio_config', 422, { ...of(fresh.json.id), body: full });
    assert.deepEqual([missing.json.code, missing.json.numbers], ['number_not_in_account', ['+12125550303']]);
    await addAccount(gateway.sim, full, ['+12125550303']);
    const put = await drive('put_twilio_config', 200, { ...of(fresh.json.id), body: full });
    const read = await drive('get_twilio_config', 200, of(fresh.json.id));
    assert.deepEqual(read.json, put.json);
    assert.deepEqual([read.json.phoneNumber, read.json.dailySpendCap, read.json.apiSecretSet], ['+12125550301', '12.50000', true]);
    assert.ok(!read.text.includes('a'.repeat(32)) && !read.text.includes('SK0f'), 'a credential in an answer');
    assert.equal(contract.requestProblems('put_twilio_config', read.json), '');
    const back = await drive('put_twilio_config', 200, { ...of(fresh.json.id), body: read.json, headers: { 'if-match': read.headers.get('etag') } });
    assert.deepEqual({ ...back.json, lastUpdated: null }, { ...read.json, lastUpdated: null });
    await drive('get_twilio_config', 304, { ...of(fresh.json.id), headers: { 'if-none-match': back.headers.get('etag') } });
    await drive('put_twilio_config', 412, { ...of(fresh.json.id), body: { mockMode: false }, headers: { 'if-match': '"v0"' } });
    await drive('put_twilio_config', 409, { ...of(fresh.json.id), body: { phoneNumbers: [{ phoneNumber: company.number }] } });
    await drive('put_twilio_config', 422, { ...of(fresh.json.id), body: { forwardNumber: null } });
    const nulls = Object.fromEntries(Object.keys(full).map((name) => [name, null]));
    assert.equal(contract.requestProblems('put_twilio_config', nulls), '');
    const reset = await drive('put_twilio_config', 200, { ...of(fresh.json.id), body: nulls });
    assert.deepEqual([reset.json.accountSid, reset.json.callRoutingMode, reset.json.phoneNumbers], [null, 'ai-agent', []]);
  });

  test('what_the_description_refuses_the_gateway_refuses_too', async () => {
    const cases = {
      create_company: [{}, { companyName: '' }, { companyName: 'x'.repeat(201) }, { companyName: 1 }, { companyName: 'A', country: 'usa' }, { companyName: 'A', menuUrl: 'ftp://x' }, { companyName: 'A', assignPhone: 'yes' }, { companyName: 'A', color: 'red' }],
      put_twilio_config: [{ accountSid: 'AC1' }, { authToken: '' }, { authToken: 'ü' }, { apiKey: 'x', apiSecret: 'y' }, { phoneNumber: 5 }, { phoneNumbers: [{}] }, { phoneNumbers: [{ phoneNumber: '+12125550101', sid: 'x' }] }, { phoneNumbers: {} },
        { callRoutingMode: 'fax' }, { fallbackChain: [] }, { fallbackChain: ['voicemail', 'voicemail'] }, { recordingEnabled: 1 }, { forwardTimeoutSeconds: 4 }, { forwardTimeoutSeconds: 601 }, { forwardTimeoutSeconds: 25.5 }, { forwardTimeLimitSeconds: 59 }, { whisperMessage: 'x'.repeat(1001) },
        { voicemail: { finishOnKey: 'a' } }, { voicemail: { maxLengthSeconds: 0 } }, { voicemail: { beep: true } }, { agent: { engine: 'x' } }, { agent: { url: 'https://x' } }, { agent: { voice: { speed: 2 } } }, { rateLimit: { numberSegmentsPerSecond: 0 } }, { rateLimit: { numberSegmentsPerSecond: -1 } }, { rateLimit: { numberSegmentsPerSecond: 1e9 } }, { rateLimit: { numberSegmentsPerSecond: '1' } },
        { dailySpendCap: 5 }, { dailySpendCap: '-1' }, { dailySpendCap: '1.123456' }, { quietHours: { start: '24:00', end: '08:00' } }, { quietHours: { start: '21:00' } }, { allowedCountries: ['us'] }, { autoReply: '' }, { unknownOutcome: 'x' }, { signatureMode: 'off' }, { mockMode: 'yes' }, { inAccount: true }],
    };
    for (const [operationId, bodies] of Object.entries(cases))
      for (const body of bodies) {
        assert.notEqual(contract.requestProblems(operationId, body), '', `the description takes ${JSON.stringify(body)}`);
        const answer = await drive(operationId, 400, { ...of(company.id), body });
        assert.ok(answer.json.errors.every((e) => e.pointer.startsWith('/')), answer.text);
      }
    await drive('create_company', 413, { body: { companyName: 'x'.repeat(70_000) } });
    await drive('create_company', 415, { body: {}, headers: { 'content-type': 'text/plain' } });
    await drive('put_twilio_config', 413, { ...of(company.id), body: { autoReply: 'x'.repeat(70_000) } });
    await drive('put_twilio_config', 415, { ...of(company.id), body: {}, headers: { 'content-type': 'application/xml' } });
  });

  test('calls_and_messages_in_every_shape_they_take', async () => {
    const call = voiceParams(company);
    const sid = call.CallSid;
    const dialled = { ...call, CallStatus: 'in-progress', DialCallStatus: 'no-answer', DialCallSid: voiceParams(company).CallSid };
    const recording = { AccountSid: company.accountSid, CallSid: sid, RecordingSid: sid.replace('CA', 'RE'), RecordingStatus: 'completed', RecordingDuration: '31', RecordingUrl: 'https://api.twilio.com/x' };
    const transcription = { AccountSid: company.accountSid, CallSid: sid, TranscriptionSid: sid.replace('CA', 'TR'), TranscriptionStatus: 'completed', TranscriptionText: 'Hi', RecordingSid: recording.RecordingSid };
    const done = { ...call, CallStatus: 'completed', CallDuration: '42', Timestamp: 'Fri, 20 Nov 2026 17:24:05 +0000', SequenceNumber: '3' };
    const early = { ...voiceParams(company), CallStatus: 'initiated', SequenceNumber: '0' };
    for (const [route, params] of [['voice', call], ['dial/0', dialled], ['recording', recording], ['transcription', transcription], ['status', done], ['status', early], ['voice', voiceParams(company, { From: 'client:Ana' })], ['voice', voiceParams(company, { From: '' })], ['sms', smsParams(company, 'Grüße')],
      ['whatsapp', smsParams(company, '', { From: 'whatsapp:+12125559876', To: `whatsapp:${company.number}`, NumMedia: '1', MediaUrl0: 'https://api.twilio.com/m' })]]) {
      const answer = await postWebhook(gateway, company, `${company.hooks}/${route}`, params);
      assert.ok(answer.status < 300, `${route}: ${answer.status} ${answer.text}`);
    }
    const list = await drive('list_calls', 200, of(company.id));
    assert.equal(list.json.data.length, 4);
    for (const row of list.json.data) {
      const one = await drive('get_call', 200, { path: { companyId: company.id, callId: row.id } });
      assert.deepEqual({ ...one.json, events: undefined }, { ...row, events: undefined });
      assert.ok(one.json.events.length >= 1);
    }
    const recorded = list.json.data.find((row) => row.recording?.status === 'completed');
    const sound = await drive('get_recording', 200, { path: { companyId: company.id, callId: recorded.id } });
    assert.equal(recorded.recording.url, `/api/companies/${company.id}/calls/${recorded.id}/recording`);
    assert.deepEqual([sound.headers.get('content-type'), sound.headers.get('x-content-type-options')], ['audio/mpeg', 'nosniff']);
    await drive('get_recording', 404, { path: { companyId: company.id, callId: list.json.data.find((row) => !row.recording).id } });
    for (const query of ['?limit=2', '?status=completed', '?voicemail=true', '?after=2026-01-01T00:00:00Z&before=2036-01-01T00:00:00Z', `?number=${company.number}`]) await drive('list_calls', 200, { ...of(company.id), query });
    const messages = await drive('list_messages', 200, of(company.id));
    assert.equal(messages.json.data.length, 2);
    for (const query of ['?limit=1', '?status=received', '?direction=inbound', '?number=%2B12125559876', '?campaignId=sms_x']) await drive('list_messages', 200, { ...of(company.id), query });
  });

  test('a_message_is_sent_and_nobody_has_to_decide_on_it', async () => {
    const body = { user_phone_number: '+16465551234', content: 'Hello!', media: ['https://example.com/menu.png'], sender: 'ana' };
    assert.equal(contract.requestProblems('send_message', body), '');
    const sender = await addCompany(gateway);
    const headers = { 'x-company-id': sender.id };
    const { json } = await drive('send_message', 202, { body, headers });
    const again = { channel_id: json.channel_id, content: 'And again' };
    assert.equal((await drive('send_message', 202, { body: again, headers })).json.channel_id, json.channel_id);
    assert.equal((await drive('send_message', 422, { body: { ...again, user_phone_number: '+16465559999' }, headers })).json.code, 'invalid_configuration');
    assert.equal((await drive('send_message', 404, { body: { ...again, channel_id: 'ch_nobody00' }, headers })).json.code, 'not_found');
    await drive('send_message', 400, { body: { ...body, media: ['http://example.com'] }, headers });
    await drive('send_message', 422, { body: { ...body, content: 'x'.repeat(1601) }, headers });
    await until(async () => (await gateway.call('GET', `/api/companies/${sender.id}/messages`)).json.data[0].twilio_sid, 'it is sent');
    await drive('resolve_message', 409, { path: { messageId: json.id }, body: { outcome: 'sent' }, headers });
    await drive('resolve_message', 404, { path: { messageId: 'msg_0000000000' }, body: { outcome: 'not_sent' }, headers });
    await drive('resolve_message', 400, { path: { messageId: json.id }, body: { outcome: 'perhaps' }, headers });
  });

  test('conversations_and_who_is_to_be_left_alone', async () => {
    const as = { headers: { 'x-company-id': company.id } };
    const { json: { data } } = await drive('list_channels', 200, as);
    assert.deepEqual(data.map((channel) => channel.communication_type).sort(), ['sms', 'whatsapp']);
    for (const query of ['?communicationType=whatsapp', '?unread=true', '?unread=false', '?limit=1']) await drive('list_channels', 200, { ...as, query });
    for (const query of ['?communicationType=fax', '?unread=1', '?limit=0', '?cursor=x']) await drive('list_channels', 400, { ...as, query });
    assert.equal((await drive('list_channels', 400)).json.code, 'company_required');
    await drive('list_channels', 404, { headers: { 'x-company-id': 'co_nobody00' } });
    const [channel] = data;
    const one = { ...as, path: { channelId: channel.id } };
    assert.deepEqual((await drive('get_channel', 200, one)).json, channel);
    const said = await drive('list_channel_messages', 200, one);
    assert.deepEqual(said.json.data[0], channel.last_message);
    assert.deepEqual((await drive('get_message', 200, { ...as, path: { messageId: channel.last_message.id } })).json, channel.last_message);
    await drive('mark_channel_read', 204, one);
    assert.equal((await drive('get_channel', 200, one)).json.unread_count, 0);
    const path = { channelId: 'ch_nobody00', messageId: 'msg_nobody0' };
    for (const operation of ['get_channel', 'list_channel_messages', 'get_message', 'mark_channel_read']) assert.equal((await drive(operation, 404, { ...as, path })).json.code, 'not_found');
    const added = await drive('add_opt_out', 201, { ...of(company.id), body: { phoneNumber: '(212) 555-0909' } });
    assert.deepEqual([added.json.phoneNumber, added.json.source], ['+12125550909', 'api']);
    assert.deepEqual((await drive('list_opt_outs', 200, of(company.id))).json.data, [added.json]);
    for (const body of [{}, { phoneNumber: 'x' }, { phoneNumber: '+12125550909', source: 'api' }]) await drive('add_opt_out', 400, { ...of(company.id), body });
    await drive('remove_opt_out', 204, { path: { companyId: company.id, number: '%2B12125550909' } });
    await drive('remove_opt_out', 404, { path: { companyId: company.id, number: '12125550909' } });
    assert.deepEqual((await drive('list_opt_outs', 200, of(company.id))).json.data, []);
    for (const more of [{}, { ...as, query: '?limit=1' }, { headers: { ...as.headers, 'last-event-id': 'x' } }]) await drive('live_events', 400, more);
    await drive('live_events', 404, { ...as, query: '?channel_id=ch_nobody00' });
  });

  test('the_tree_of_actors', async () => {
    const tree = await drive('list_actors', 200);
    assert.equal(tree.json.nodes[0].root.kind, 'NODE');
    assert.ok(tree.json.counts.TENANT);
    for (const query of ['?kind=TENANT', '?state=running', `?companyId=${company.id}`]) await drive('list_actors', 200, { query });
    await drive('list_actors', 400, { query: '?kind=DEMON' });
    await drive('release_quarantine', 409, of(company.id));
  });

  test('one_node_is_a_cluster_of_one', async () => {
    const { json } = await drive('get_cluster', 200);
    assert.deepEqual([json.mode, json.nodes.map((n) => [n.name, n.status, n.shardsOwned]), json.shards, json.links],
      ['single', [['n1', 'active', 256]], { total: 256, owned: 256, unowned: 0, moving: 0 }, []]);
    const first = await drive('list_shards', 200, { query: '?limit=200' });
    const rest = await drive('list_shards', 200, { query: `?limit=200&cursor=${first.json.nextCursor}` });
    const all = [...first.json.data, ...rest.json.data];
    assert.deepEqual(all.map((s) => s.shard), Array.from({ length: 256 }, (_, i) => i));
    assert.ok(all.every((s) => s.owner === 'n1' && s.wanted === 'n1' && s.state === 'owned'));
    await drive('list_shards', 400, { query: '?limit=0' });
    await drive('drain_node', 404, { body: { node: 'n9' } });
    for (const body of [{}, { node: '' }, { node: 7 }, { node: 'n1', now: true }]) await drive('drain_node', 400, { body });
    await drive('drain_node', 415, { body: { node: 'n1' }, headers: { 'content-type': 'text/plain' } });
  });

  test('a_company_is_changed_checked_and_removed', async () => {
    const made = await drive('create_company', 201, { body: { companyName: 'Short-lived' }, headers: { 'idempotency-key': 'short-lived' } });
    const again = await drive('create_company', 201, { body: { companyName: 'Short-lived' }, headers: { 'idempotency-key': 'short-lived' } });
    assert.deepEqual([again.json, again.headers.get('idempotency-replayed')], [made.json, 'true']);
    const { json: other } = await drive('create_company', 422, { body: { companyName: 'Other' }, headers: { 'idempotency-key': 'short-lived' } });
    assert.equal(other.code, 'idempotency_key_reused');
    await drive('create_company', 400, { body: { companyName: 'Other' }, headers: { 'idempotency-key': 'k'.repeat(256) } });
    const changed = await drive('patch_company', 200, { ...of(made.json.id), body: { companyName: 'Changed', menuUrl: 'https://example.com/menu', country: null }, headers: { 'if-match': made.headers.get('etag') } });
    assert.deepEqual([changed.json.companyName, changed.json.menuUrl, changed.json.country], ['Changed', 'https://example.com/menu', 'US']);
    await drive('patch_company', 412, { ...of(made.json.id), body: { companyName: 'Late' }, headers: { 'if-match': made.headers.get('etag') } });
    await drive('patch_company', 400, { ...of(made.json.id), body: { companyName: '' } });
    const checks = (await drive('get_readiness', 200, of(made.json.id))).json;
    assert.deepEqual([checks.ready, checks.checks[0].code, checks.checks[5].title], [false, 'credentials_present', 'Phone number missing']);
    await drive('test_twilio_config', 409, of(made.json.id));
    const usage = await drive('get_usage', 200, { ...of(company.id), query: '?from=2026-01-01&to=2026-12-31' });
    assert.equal(usage.json.data.length, 365);
    for (const query of ['?from=2026-02-30', '?from=2026-02-02&to=2026-02-01', '?from=2024-01-01&to=2026-01-01']) await drive('get_usage', 400, { ...of(company.id), query });
    await drive('delete_company', 204, of(made.json.id));
    await drive('get_company', 404, of(made.json.id));
    const kept = await drive('delete_company', 409, of(company.id));
    assert.deepEqual([kept.json.code, kept.json.numbers, kept.json.campaigns], ['company_has_numbers', [company.number], []]);
    assert.equal((await drive('test_twilio_config', 200, of(company.id))).json.ok, true);
    const second = '+12125550777';
    assert.equal((await drive('add_number', 422, { ...of(company.id), body: { phoneNumber: second } })).json.code, 'number_not_in_account');
    await addAccount(gateway.sim, company, [second]);
    const added = await drive('add_number', 201, { ...of(company.id), body: { phoneNumber: '(212) 555-0777', friendlyName: 'Bar' } });
    assert.deepEqual([added.json.phoneNumber, added.json.inAccount, added.json.country, added.json.isPrimary], [second, true, 'US', false]);
    await drive('add_number', 409, { ...of(company.id), body: { phoneNumber: second } });
    await drive('add_number', 400, { ...of(company.id), body: { phoneNumber: 'x' } });
    const page = await drive('list_numbers', 200, { ...of(company.id), query: '?limit=1' });
    const rest = await drive('list_numbers', 200, { ...of(company.id), query: `?limit=1&cursor=${page.json.nextCursor}` });
    assert.deepEqual([page.json.data[0], rest.json.data[0].phoneNumber, rest.json.nextCursor], [added.json, company.number, null]);
    assert.equal((await gateway.call('PUT', `/api/companies/${company.id}/twilio/config`, { phoneNumbers: [{ phoneNumber: company.number }] })).status, 200);
    assert.equal((await drive('get_readiness', 200, of(company.id))).json.checks.find((c) => c.code === 'credentials_accepted').status, 'ok');
    assert.deepEqual((await drive('list_conflicts', 200)).json.data, []);
    const log = (await drive('list_audit', 200, { query: `?companyId=${made.json.id}` })).json.data;
    assert.deepEqual(log.map((entry) => entry.action), ['company.delete', 'company.update', 'company.create']);
    assert.deepEqual([log[1].before.companyName, log[1].after.companyName, log[1].actor.id], ['Short-lived', 'Changed', 'key_platform']);
  });

  test('keys_and_sessions_open_what_their_role_may', async () => {
    const made = await drive('create_key', 201, { body: { role: 'company_viewer', companyId: company.id, label: 'screen' } });
    const viewer = { authorization: `Bearer ${made.json.key}` };
    await drive('get_company', 200, { ...of(company.id), headers: viewer });
    await drive('patch_company', 403, { ...of(company.id), body: {}, headers: viewer });
    await drive('list_audit', 403, { headers: viewer });
    await drive('get_company', 404, { ...of('co_nobody00000'), headers: viewer });
    assert.deepEqual((await drive('list_companies', 200, { headers: viewer })).json.data.map((c) => c.id), [company.id]);
    const shown = (await drive('list_keys', 200)).json.data;
    assert.ok(shown.find((key) => key.id === made.json.id).lastUsedAt);
    assert.ok(!JSON.stringify(shown).includes(made.json.key));
    await drive('delete_key', 204, { path: { keyId: made.json.id } });
    await drive('get_company', 401, { ...of(company.id), headers: viewer });
    for (const body of [{}, { role: 'company_admin' }, { role: 'king' }, { role: 'platform_admin', companyId: company.id }]) await drive('create_key', 400, { body });
    await drive('create_key', 404, { body: { role: 'company_admin', companyId: 'co_nobody00000' } });

    const user = { user: 'ana', password: 'correct horse battery', role: 'company_admin', companyId: company.id };
    await drive('put_user', 201, { body: user });
    assert.deepEqual((await drive('list_users', 200)).json.data.map((u) => u.user), ['ana']);
    await drive('create_session', 401, { body: { user: 'ana', password: 'wrong' }, headers: { authorization: '' } });
    await drive('create_session', 401, { body: { user: 'nobody', password: user.password } });
    await drive('create_session', 400, { body: { user: 'ana' } });
    const session = await drive('create_session', 200, { body: { user: user.user, password: user.password } });
    const cookie = session.headers.get('set-cookie').split(';')[0];
    const as = async (method, path, body, headers = {}) => fetch(gateway.api + path, { method, body: body && JSON.stringify(body), headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}), ...headers } });
    assert.equal((await as('GET', `/api/companies/${company.id}`)).status, 200);
    assert.equal((await (await as('PATCH', `/api/companies/${company.id}`, {})).json()).code, 'csrf_failed');
    assert.equal((await as('PATCH', `/api/companies/${company.id}`, {}, { 'x-csrf-token': session.json.csrfToken })).status, 200);
    assert.deepEqual(await (await as('GET', '/api/session')).json(), session.json);
    await drive('get_session', 404);
    await drive('delete_session', 404);
    assert.equal((await as('DELETE', '/api/session', undefined, { 'x-csrf-token': session.json.csrfToken })).status, 204);
    assert.equal((await as('GET', `/api/companies/${company.id}`)).status, 401);
    await drive('delete_user', 204, { path: { user: 'ana' } });
    await drive('delete_user', 404, { path: { user: 'ana' } });
  });

  test('the_health_of_dependencies_and_alerts', async () => {
    const report = await drive('run_dependency_health', 200, { body: {} });
    assert.deepEqual(report.json.dependencies.map((d) => d.name).sort().slice(0, 2), ['database', 'twilio']);
    await drive('run_dependency_health', 200);
    await drive('get_dependency_health', 200, { query: `?companyId=${company.id}` });
    for (const query of ['?companyId=co_nobody00']) await drive('get_dependency_health', 404, { query });
    await drive('get_dependency_health', 400, { query: '?color=red' });
    for (const body of [{ companyId: 7 }, { companyId: '' }, { color: 'red' }]) {
      assert.notEqual(contract.requestProblems('run_dependency_health', body), '');
      await drive('run_dependency_health', 400, { body });
    }
    await drive('run_dependency_health', 415, { body: {}, headers: { 'content-type': 'text/plain' } });
    const forged = await postWebhook(gateway, company, '/api/twilio/voice', voiceParams(company), { signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' });
    assert.equal(forged.status, 403);
    const [alert] = await until(async () => {
      const { data } = (await drive('list_alerts', 200, { query: `?companyId=${company.id}&code=SIGNATURE_REJECTED` })).json;
      return data.length > 0 && data;
    }, 'an alert');
    assert.equal((await drive('acknowledge_alert', 200, { path: { alertId: alert.id } })).json.state, 'acknowledged');
    await drive('acknowledge_alert', 404, { path: { alertId: 'al_nobody00' } });
    assert.deepEqual((await drive('list_company_alerts', 200, { ...of(company.id), query: '?state=acknowledged' })).json.data.map((a) => a.id), [alert.id]);
    for (const query of ['?state=closed', '?code=X']) {
      await drive('list_alerts', 400, { query });
      await drive('list_company_alerts', 400, { ...of(company.id), query });
    }
  });

  test('the_master_key_is_rotated_and_everything_still_opens', async () => {
    const before = await drive('list_companies', 200);
    const rotated = await drive('rotate_master_key', 200);
    assert.deepEqual(rotated.json, { version: 2, companies: before.json.data.length });
    assert.equal((await drive('test_twilio_config', 200, of(company.id))).json.ok, true);
    const viewer = await drive('create_key', 201, { body: { role: 'company_admin', companyId: company.id } });
    await drive('rotate_master_key', 403, { headers: { authorization: `Bearer ${viewer.json.key}` } });
  });

  test('no_key_and_no_such_company_are_the_same_everywhere', async () => {
    for (const [operationId, operation] of contract.operations) {
      if (operation.security?.length === 0) continue;
      const path = { companyId: 'co_nobody00', callId: 'call_nobody0', keyId: 'key_nobody00', user: 'nobody', alertId: 'al_nobody00', channelId: 'ch_nobody00', messageId: 'msg_nobody0', number: '12125550100' };
      const body = operation.requestBody ? {} : undefined;
      await drive(operationId, 401, { path, body, headers: { authorization: 'Bearer wrong' } });
      if (operation.path.includes('{companyId}')) {
        const answer = await drive(operationId, 404, { path, body });
        assert.equal(answer.json.code, 'company_not_found', operationId);
      }
      if (operation.path.includes('{callId}'))
        assert.equal((await drive(operationId, 404, { path: { ...path, companyId: company.id } })).json.code, 'not_found');
      if (operation.parameters?.some((p) => p.$ref?.endsWith('/limit'))) for (const query of ['?limit=0', '?limit=201', '?sort=name', '?cursor=x']) await drive(operationId, 400, { path: { companyId: company.id }, query });
    }
  });

  test('every_operation_was_driven', () => assert.deepEqual([...driven].sort(), [...contract.operations.keys()].sort()));
});
