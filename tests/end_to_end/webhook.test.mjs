// From a signed webhook to the archive, with Twilio's own SDK as signer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addCompany, moveNumber, postWebhook, publicUrl, smsParams, startGateway, voiceParams } from './lib/gateway.mjs';
import { startPostgres } from './lib/postgres.mjs';

const empty = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

function suite(name, prepare) {
  describe(name, () => {
    let gateway, forwarding, voicemail, release;
    before(async () => {
      const { environment, cleanUp } = await prepare();
      release = cleanUp;
      gateway = await startGateway(environment);
      forwarding = await addCompany(gateway, { callRoutingMode: 'forward', forwardNumber: '+12125550199', whisperMessage: 'From the website' });
      voicemail = await addCompany(gateway, { callRoutingMode: 'voicemail', autoReply: 'Thanks for your message!' });
    });
    after(async () => {
      const { code } = await gateway.stop();
      await release();
      assert.equal(code, 0, gateway.process.output);
    });

    const calls = async (company, query = '') => (await gateway.call('GET', `/api/companies/${company.id}/calls${query}`)).json.data;

    test('a_call_is_forwarded_with_whisper_and_recording_and_is_in_the_archive [C1 C3 C5 C8]', async () => {
      const params = voiceParams(forwarding);
      const answer = await postWebhook(gateway, forwarding, '/api/twilio/voice', params);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type'), /^text\/xml; charset=utf-8/);
      assert.match(answer.text, /<Dial [^>]*record="record-from-answer-dual"/);
      assert.ok(answer.text.includes(`url="${publicUrl}${forwarding.hooks}/whisper"`), answer.text);
      assert.ok(answer.text.includes('>+12125550199</Number>'));
      const [call] = await calls(forwarding);
      assert.equal(call.callSid, params.CallSid);
      assert.equal(call.status, 'ringing');
      assert.deepEqual([call.route.configured, call.route.taken, call.route.reason], ['forward', 'forward', null]);
    });

    test('a_busy_forward_goes_on_to_voicemail_and_the_archive_says_why [C4 C6 C8]', async () => {
      const params = voiceParams(forwarding);
      await postWebhook(gateway, forwarding, `${forwarding.hooks}/voice`, params);
      const after = { ...params, CallStatus: 'in-progress', DialCallStatus: 'busy', DialCallSid: voiceParams(forwarding).CallSid };
      const answer = await postWebhook(gateway, forwarding, `${forwarding.hooks}/dial/0`, after);
      assert.match(answer.text, /<Record /);
      const call = (await calls(forwarding)).find((c) => c.callSid === params.CallSid);
      assert.deepEqual([call.route.taken, call.route.reason, call.voicemail], ['voicemail', 'busy', true]);
      assert.deepEqual(call.route.steps.map((s) => [s.mode, s.result, s.reason]), [['forward', 'failed', 'busy'], ['voicemail', 'taken', null]]);
    });

    test('callbacks_in_any_order_and_twice_end_in_the_same_record [C8]', async () => {
      const params = voiceParams(voicemail);
      const sid = params.CallSid;
      const recording = { AccountSid: voicemail.accountSid, CallSid: sid, RecordingSid: sid.replace('CA', 'RE'), RecordingStatus: 'completed', RecordingDuration: '31', RecordingUrl: 'https://api.twilio.com/x' };
      const done = { ...params, CallStatus: 'completed', CallDuration: '42', Timestamp: 'Fri, 20 Nov 2026 17:24:05 +0000', SequenceNumber: '3' };
      const transcription = { AccountSid: voicemail.accountSid, CallSid: sid, TranscriptionSid: sid.replace('CA', 'TR'), TranscriptionStatus: 'completed', TranscriptionText: 'Please call me back.', RecordingSid: recording.RecordingSid };
      for (const [route, body] of [['transcription', transcription], ['status', done], ['recording', recording], ['status', { ...params, SequenceNumber: '1' }], ['voice', params], ['status', done], ['transcription', transcription]]) {
        const answer = await postWebhook(gateway, voicemail, `${voicemail.hooks}/${route}`, body);
        assert.equal(answer.status, route === 'voice' ? 200 : 204, `${route}: ${answer.text}`);
      }
      const call = (await calls(voicemail)).find((c) => c.callSid === sid);
      assert.equal(call.status, 'completed');
      assert.equal(call.durationSeconds, 42);
      assert.equal(call.endedAt, '2026-11-20T17:24:05.000Z');
      assert.deepEqual(call.transcription, { status: 'completed', text: 'Please call me back.' });
      assert.equal(call.recording.durationSeconds, 31);
      assert.equal(call.price, '0.01300');
      const one = await gateway.call('GET', `/api/companies/${voicemail.id}/calls/${call.id}`);
      assert.equal(one.json.events.length, 5); // the doubled ones are not there twice
    });

    test('a_duplicate_gets_the_first_answer_byte_for_byte_even_after_a_change [issue: durable inbox]', async () => {
      const company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
      const params = voiceParams(company);
      const first = await postWebhook(gateway, company, '/api/twilio/voice', params);
      await gateway.call('PUT', `/api/companies/${company.id}/twilio/config`, { callRoutingMode: 'forward', forwardNumber: '+12125550199' });
      const [again, other] = await Promise.all([postWebhook(gateway, company, '/api/twilio/voice', params), postWebhook(gateway, company, '/api/twilio/voice', voiceParams(company))]);
      assert.equal(again.text, first.text);
      assert.match(other.text, /<Dial/);
      assert.equal((await calls(company)).length, 2);
    });

    test('the_same_webhook_on_many_connections_at_once_is_one_event_with_one_answer', async () => {
      const params = voiceParams(forwarding);
      const answers = await Promise.all(Array.from({ length: 40 }, () => postWebhook(gateway, forwarding, '/api/twilio/voice', params)));
      assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
      assert.equal(new Set(answers.map((a) => a.text)).size, 1);
      const call = (await calls(forwarding)).filter((c) => c.callSid === params.CallSid);
      assert.equal(call.length, 1);
    });

    test('a_message_is_stored_and_answered_with_the_auto_reply_but_never_to_stop [S1]', async () => {
      const hello = await postWebhook(gateway, voicemail, '/api/twilio/sms', smsParams(voicemail, 'Grüße 👋'));
      assert.ok(hello.text.includes('<Message>Thanks for your message!</Message>'), hello.text);
      const stop = await postWebhook(gateway, voicemail, '/api/webhooks/sms', smsParams(voicemail, 'STOP'));
      assert.equal(stop.text, empty);
      const { data } = (await gateway.call('GET', `/api/companies/${voicemail.id}/messages`)).json;
      assert.deepEqual(data.map((m) => m.content).sort(), ['Grüße 👋', 'STOP']);
      assert.deepEqual([data[1].encoding, data[1].status, data[1].direction], ['UCS-2', 'received', 'inbound']);
    });

    test('a_whatsapp_message_is_told_apart_by_its_address [C1 S8]', async () => {
      const params = smsParams(voicemail, 'hi', { From: 'whatsapp:+15559876543', To: `whatsapp:${voicemail.number}`, ProfileName: 'Ana', WaId: '15559876543' });
      assert.equal((await postWebhook(gateway, voicemail, '/api/webhooks/whatsapp', params)).status, 200);
      const { data } = (await gateway.call('GET', `/api/companies/${voicemail.id}/messages?limit=1`)).json;
      assert.deepEqual([data[0].communication_type, data[0].user_phone_number], ['whatsapp', '+15559876543']);
    });

    test('a_companys_tag_changes_with_its_configuration_because_the_answer_does [C9]', async () => {
      const company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
      const path = `/api/companies/${company.id}`;
      const etag = (await gateway.call('GET', path)).headers.get('etag');
      assert.equal((await gateway.call('GET', path, undefined, { 'if-none-match': etag })).status, 304);
      await gateway.call('PUT', `${path}/twilio/config`, { phoneNumbers: [] });
      const changed = await gateway.call('GET', path, undefined, { 'if-none-match': etag });
      assert.deepEqual([changed.status, changed.json.smsEnabled], [200, false]);
    });

    test('a_number_given_up_frees_it_for_another_company_and_running_calls_still_report [C13]', async () => {
      const first = await addCompany(gateway, { callRoutingMode: 'voicemail' });
      const second = await addCompany(gateway, { callRoutingMode: 'voicemail' });
      const put = (company, body) => gateway.call('PUT', `/api/companies/${company.id}/twilio/config`, body);
      const params = voiceParams(first);
      assert.equal((await postWebhook(gateway, first, `${first.hooks}/voice`, params)).status, 200);
      const wanted = { phoneNumbers: [{ phoneNumber: second.number, isPrimary: true }, { phoneNumber: first.number }] };
      assert.deepEqual([(await put(second, wanted)).json.code, (await put(second, { whatsappNumber: first.number })).json.code], ['phone_number_taken', 'phone_number_taken']);
      assert.equal((await put(first, { phoneNumbers: [] })).status, 200);
      assert.equal((await put(second, wanted)).json.code, 'number_not_in_account');
      await moveNumber(gateway.sim, first.number, first, second);
      assert.equal((await put(second, wanted)).status, 200);
      assert.equal((await postWebhook(gateway, second, '/api/twilio/voice', voiceParams(second, { To: first.number }))).status, 200);
      assert.equal((await postWebhook(gateway, first, `${first.hooks}/status`, { ...params, CallStatus: 'completed', CallDuration: '7' })).status, 204);
    });

    test('what_is_not_twilios_is_refused_at_the_door [C1 C3]', async () => {
      const params = voiceParams(forwarding);
      const cases = [
        [403, 'no signature', '/api/twilio/voice', params, { signature: null }],
        [403, 'wrong signature', '/api/twilio/voice', params, { signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' }],
        [403, 'signature of another company', '/api/twilio/voice', voiceParams(forwarding, { To: voicemail.number, AccountSid: forwarding.accountSid }), {}],
        [403, 'foreign AccountSid', '/api/twilio/voice', voiceParams({ ...forwarding, accountSid: voicemail.accountSid }), {}],
        [403, 'unknown token', '/hooks/0123456789abcdefghijklmnop/voice', params, {}],
        [404, 'unknown number', '/api/twilio/voice', voiceParams(forwarding, { To: '+12125559999' }), {}],
        [400, 'no CallSid', '/api/twilio/voice', { ...params, CallSid: '' }, {}],
        [400, 'SQL for a CallSid', '/api/twilio/voice', { ...params, CallSid: "CA' or 1=1--" }, {}],
        [404, 'no such route', '/api/twilio/fax', params, {}],
        [404, 'a step that is no number', `${forwarding.hooks}/dial/x`, params, {}],
      ];
      for (const [status, what, path, body, options] of cases) {
        const answer = await postWebhook(gateway, forwarding, path, body, options);
        assert.equal(answer.status, status, `${what}: ${answer.text}`);
        if (status === 403) assert.equal(answer.text, '', what);
        else assert.equal(JSON.parse(answer.text).status, status, what);
      }
      const unknown = await postWebhook(gateway, forwarding, '/api/twilio/voice', voiceParams(forwarding, { To: '+12125559999' }));
      assert.deepEqual([JSON.parse(unknown.text).code, JSON.parse(unknown.text).detail], ['company_not_found', 'No company found for this number']);
      assert.equal((await fetch(`${gateway.webhooks}/api/twilio/voice`)).status, 405);
    });

    test('to_is_understood_in_any_usual_notation [C1]', async () => {
      const digits = forwarding.number.slice(2);
      for (const to of [forwarding.number, `+1 (${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`, digits, `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`]) {
        const answer = await postWebhook(gateway, forwarding, '/api/twilio/voice', voiceParams(forwarding, { To: to }));
        assert.equal(answer.status, 200, `${to}: ${answer.text}`);
      }
    });
  });
}

suite('SQLite', async () => ({ environment: {}, cleanUp: async () => {} }));
suite('PostgreSQL', async () => {
  const server = await startPostgres();
  await server.createDatabase('trunkline');
  return { environment: { TRUNKLINE_DATABASE: server.url('trunkline') }, cleanUp: server.stop };
});
