// What a stranger, a broken client or an attacker may send: the stated answer, quickly, and nothing else happens.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { addCompany, callSid, messageSid, postWebhook, publicUrl, smsParams, startGateway, voiceParams } from './lib/gateway.mjs';
import { exchange, request } from './lib/raw.mjs';

const customer = '+12125550987'; // a canary: no log line may have it in full
const form = ['Content-Type', 'application/x-www-form-urlencoded'];
const injection = '</Message><Redirect>http://evil.example</Redirect><Message>&"\'';

describe('bad inputs', () => {
  let gateway, company, other, rssBefore;

  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8'))[1]) / 1024;
  const sign = (target, params, url = publicUrl) => twilio.getExpectedTwilioSignature(company.authToken, url + target, params);
  const encode = (params) => new URLSearchParams(params).toString();
  const call = (more = {}) => voiceParams(company, { From: customer, Caller: customer, ...more });
  const sms = (body, more = {}) => smsParams(company, body, { From: customer, ...more });

  /** A signed webhook as bytes; `raw` replaces the body, `headers` come on top. */
  const webhook = (target, params, { headers = [], raw, signature = sign(target, params) } = {}) => {
    const body = Buffer.from(raw ?? encode(params));
    const signed = [signature].flat().filter((s) => s !== null).map((s) => ['X-Twilio-Signature', s]);
    const host = headers.some(([name]) => name === 'Host') ? [] : [['Host', 'gw.example.com']];
    return request('POST', target, [...host, form, ...signed, ['Content-Length', body.length], ['Connection', 'close'], ...headers], body);
  };

  /** Runs a table of [what, wanted statuses, bytes, ...]; every row must be answered within two seconds. */
  async function table(url, rows) {
    for (const [what, wanted, bytes, check] of rows) {
      const answer = await exchange(url, bytes);
      assert.ok([wanted].flat().includes(answer.status), `${what}: ${answer.status}, not ${wanted}: ${answer.body.slice(0, 300)}`);
      assert.ok(answer.ms < 2000, `${what}: ${answer.ms} ms`);
      assert.ok(answer.statuses.length <= 1, `${what}: ${answer.statuses.length} answers`);
      if (answer.status === 403) assert.equal(answer.body, '', what);
      else if (answer.status >= 400) assert.equal(JSON.parse(answer.body).status, answer.status, what);
      check?.(answer);
      assert.equal((await fetch(`${url}/healthz`)).status, 200, `alive after: ${what}`);
    }
  }

  before(async () => {
    // A small quarantine, or AddressSanitizer's own memory would hide the gateway's.
    gateway = await startGateway({ ASAN_OPTIONS: 'detect_leaks=0:quarantine_size_mb=4:thread_local_quarantine_size_kb=64' });
    company = await addCompany(gateway, { callRoutingMode: 'forward', forwardNumber: '+12125550988', whisperMessage: injection, autoReply: injection });
    other = await addCompany(gateway);
    for (let i = 0; i < 200; ++i) await postWebhook(gateway, company, '/api/twilio/sms', sms('warm'));
    rssBefore = rss();
  });
  after(async () => {
    const { code } = await gateway.stop();
    assert.equal(code, 0, gateway.process.output);
  });

  test('signatures_and_accounts', async () => {
    const params = call();
    const good = sign('/api/twilio/voice', params);
    const voice = '/api/twilio/voice';
    const moved = Object.keys(params).sort().map((name) => name + params[name]).join('');
    await table(gateway.webhooks, [
      ['AccountSid of another company', 403, webhook(voice, call({ AccountSid: other.accountSid }))],
      ['no signature', 403, webhook(voice, params, { signature: null })],
      ['two signatures, the first right', 403, webhook(voice, params, { signature: [good, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='] })],
      ['two signatures, the second right', 403, webhook(voice, params, { signature: ['RSOYDt4T1cUTdK1PDd93/VVr8B8=', good] })],
      ['one = more', 403, webhook(voice, params, { signature: `${good}=` })],
      ['one = less', 403, webhook(voice, params, { signature: good.slice(0, -1) })],
      ['something behind the signature', 403, webhook(voice, params, { signature: `${good}\r\n x` })],
      ['base64 of nothing', 403, webhook(voice, params, { signature: '====' })],
      ['a signature of 1 MB', 'closed', webhook(voice, params, { signature: 'A'.repeat(1 << 20) })],
      ['parameters moved into the path', 404, webhook(`${company.hooks}/voice${encodeURI(moved).replaceAll('#', '%23')}`, {}, { signature: sign(`${company.hooks}/voice`, params) })],
      ['parameters moved into the query', [400, 403], webhook(`${company.hooks}/voice?${encode(params)}`, {}, { signature: sign(`${company.hooks}/voice`, params) })],
      ['an unknown token', 403, webhook('/hooks/0123456789abcdefghijklmnop/voice', params)],
      ['a forged Host and proxy headers', 200, webhook(voice, params, { headers: [['Host', 'evil.example'], ['X-Forwarded-Proto', 'http'], ['X-Forwarded-Host', 'evil.example']] })],
      ['signed with the port', 200, webhook(voice, params, { signature: sign(voice, params, `${publicUrl}:443`) })],
    ]);
  });

  test('url_safe_base64_is_not_a_signature', async () => {
    let params, good;
    do good = sign('/api/twilio/voice', (params = call())); while (!/[+/]/.test(good));
    const signature = good.replaceAll('+', '-').replaceAll('/', '_');
    await table(gateway.webhooks, [['URL-safe base64', 403, webhook('/api/twilio/voice', params, { signature })]]);
  });

  test('forms', async () => {
    const voice = '/api/twilio/voice';
    const text = '/api/twilio/sms';
    const bad = (tail, params = sms('x')) => webhook(text, params, { raw: `${encode(params)}${tail}` });
    // Signed as Twilio would sign the decoded bytes, which its SDK can not do for what is no text.
    const stored = (params, raw) => webhook(text, params, { raw, signature: sign(text, params) });
    const rtl = sms(`\u202e${'👋'.repeat(800)}`);
    const big = sms('x'.repeat(32 * 1024));
    await table(gateway.webhooks, [
      ['Body twice', 400, bad('&Body=b')],
      ['AccountSid twice', 400, bad(`&AccountSid=${company.accountSid}`)],
      ['%00', 400, bad('&X=%00')],
      ['a lone %', 400, bad('&X=%')],
      ['%zz', 400, bad('&X=%zz')],
      ['a raw NUL', 400, webhook(text, sms('x'), { raw: Buffer.from(`${encode(sms('x'))}&X=\0`) })],
      ['overlong UTF-8, not signed', [400, 403], bad('&X=%C0%AF')],
      ['half a surrogate pair, not signed', [400, 403], bad('&X=%ED%A0%80')],
      ['1,600 units of emoji and a direction override', 200, stored(rtl)],
      ['32 KiB of text', 200, stored(big)],
      ['a value over 32 KiB', 400, stored(sms('x'.repeat(32 * 1024 + 1)))],
      ['a body over 64 KiB', 413, bad(`&X=${'x'.repeat(66_000)}`)],
      ['a body over 128 KiB', 'closed', bad(`&X=${'x'.repeat(200_000)}`)],
      ['a length of 10 GB', 'closed', request('POST', text, [['Host', 'a'], form, ['Content-Length', '10000000000']])],
      ['5,000 parameters', 400, bad(Array.from({ length: 5000 }, (_, i) => `&p${i}=`).join(''))],
      ['10,000 parameters', [400, 413], bad(Array.from({ length: 10_000 }, (_, i) => `&p${i}=`).join(''))],
      ['a name of 1 KiB', 400, bad(`&${'n'.repeat(1024)}=`)],
      ['no body', 400, webhook(voice, {}, { raw: '' })],
      ['text/plain', 415, request('POST', voice, [['Host', 'a'], ['Content-Type', 'text/plain'], ['Content-Length', 1], ['Connection', 'close']], 'x')],
      ['gzip', 415, webhook(voice, call(), { headers: [['Content-Encoding', 'gzip']] })],
      ['multipart', 415, request('POST', voice, [['Host', 'a'], ['Content-Type', 'multipart/form-data; boundary=x'], ['Content-Length', 1], ['Connection', 'close']], 'x')],
      ['GET', 405, request('GET', voice, [['Host', 'a'], ['Connection', 'close']]), (answer) => assert.match(answer.head, /\r\nAllow: POST/)],
    ]);
  });

  test('json_webhooks_need_the_hash_of_their_body', async () => {
    const body = JSON.stringify({ MessageSid: messageSid(), AccountSid: company.accountSid, MessageStatus: 'sent' });
    const path = `${company.hooks}/status`;
    const hash = createHash('sha256').update(body).digest('hex');
    const post = (target, text = body) => request('POST', target, [['Host', 'a'], ['Content-Type', 'application/json'], ['X-Twilio-Signature', sign(target, {})], ['Content-Length', Buffer.byteLength(text)], ['Connection', 'close']], text);
    await table(gateway.webhooks, [
      ['the right hash', 204, post(`${path}?bodySHA256=${hash}`)],
      ['no hash', 403, post(path)],
      ['a wrong hash', 403, post(`${path}?bodySHA256=${hash.replace(/^./, (c) => (c === '0' ? '1' : '0'))}`)],
      ['depth 30,000', 400, post(path, `{"a":${'['.repeat(30_000)}`)],
      ['not JSON', 400, post(path, '{')],
    ]);
  });

  test('sids_and_parameters', async () => {
    const text = (more) => { const params = sms('x', more); return webhook('/api/twilio/sms', params); };
    const status = (more) => { const params = { MessageSid: messageSid(), AccountSid: company.accountSid, From: company.number, To: customer, ...more }; return webhook(`${company.hooks}/status`, params); };
    await table(gateway.webhooks, [
      ['no MessageSid', 400, text({ MessageSid: '' })],
      ['SM and 31 digits', 400, text({ MessageSid: `SM${'a'.repeat(31)}` })],
      ['SQL for a MessageSid', 400, text({ MessageSid: "SM' OR 1=1; DROP TABLE companies;--" })],
      ['a CallSid for a MessageSid', 400, text({ MessageSid: callSid() })],
      ['NumMedia=-1', [200, 400], text({ NumMedia: '-1' })],
      ['NumMedia=999999999', 200, text({ NumMedia: '999999999' })],
      ['NumMedia=1e9', [200, 400], text({ NumMedia: '1e9' })],
      ['a media URL into the cloud host', 200, text({ NumMedia: '1', MediaUrl0: 'http://169.254.169.254/latest/meta-data' })],
      ['To as a path', [400, 404], text({ To: '../../etc/passwd' })],
      ['a number nobody has', 404, text({ To: '+12125550000' }), (answer) => assert.equal(JSON.parse(answer.body).code, 'company_not_found')],
      ['an unknown status', 204, status({ MessageStatus: 'deliverd' })],
      ['a status that is no word', 400, status({ MessageStatus: "sent' OR 1" })],
      ['a callback for an unknown message', 204, status({ MessageStatus: 'delivered' })],
      ['SequenceNumber=-5', 400, webhook(`${company.hooks}/status`, call({ SequenceNumber: '-5' }))],
      ['SequenceNumber beyond 64 bits', 400, webhook(`${company.hooks}/status`, call({ SequenceNumber: '99999999999999999999' }))],
      ['a step beyond the chain', [200, 400, 404], webhook(`${company.hooks}/dial/99`, call({ DialCallStatus: 'busy' }))],
    ]);
  });

  test('text_stays_text_in_twiml', async () => {
    const xml = /<Redirect>/;
    await table(gateway.webhooks, [
      ['a message that is markup', 200, webhook('/api/twilio/sms', sms(injection)), (answer) => assert.doesNotMatch(answer.body, xml)],
      ['a whisper that is markup', 200, webhook(`${company.hooks}/whisper`, call()), (answer) => assert.match(answer.body, /&lt;Redirect&gt;/)],
    ]);
  });

  test('the_same_event_a_thousand_times_at_once_is_one_event', async () => {
    const params = sms('once only');
    const answers = [];
    await Promise.all(Array.from({ length: 50 }, async () => {
      for (let i = 0; i < 20; ++i) answers.push(await postWebhook(gateway, company, '/api/twilio/sms', params, { headers: { 'i-twilio-idempotency-token': `${i}-${Math.random()}` } }));
    }));
    assert.deepEqual([answers.length, ...new Set(answers.map((a) => a.status))], [1000, 200]);
    assert.equal(new Set(answers.map((a) => a.text)).size, 1);
    const { data } = (await gateway.call('GET', `/api/companies/${company.id}/messages?limit=200`)).json;
    assert.equal(data.filter((m) => m.content === 'once only').length, 1);
  });

  test('no_second_request_can_be_smuggled_in', async () => {
    const hidden = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
    const post = (headers, body = `0\r\n\r\n${hidden}`) => Buffer.from(`POST /api/twilio/voice HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`, 'latin1');
    const closed = ['closed', 400, 415];
    const rows = [
      ['Transfer-Encoding and Content-Length', post('Transfer-Encoding: chunked\r\nContent-Length: 5')],
      ['Content-Length and Transfer-Encoding', post('Content-Length: 5\r\nTransfer-Encoding: chunked')],
      ['TE: ,chunked', post('Content-Length: 5\r\nTransfer-Encoding: ,chunked')],
      ['TE: chunked, identity', post('Transfer-Encoding: chunked, identity')],
      ['TE: xchunked', post('Transfer-Encoding: xchunked')],
      ['TE: identity', post('Transfer-Encoding: identity\r\nContent-Length: 5')],
      ['TE with a blank before the colon', post('Transfer-Encoding : chunked\r\nContent-Length: 5')],
      ['TE with a vertical tab', post('Transfer-Encoding:\x0bchunked\r\nContent-Length: 5')],
      ['chunk size 0x5', post('Transfer-Encoding: chunked', `0x5\r\nhello\r\n0\r\n\r\n${hidden}`)],
      ['chunk size +5', post('Transfer-Encoding: chunked', `+5\r\nhello\r\n0\r\n\r\n${hidden}`)],
      ['chunk size 5_0', post('Transfer-Encoding: chunked', `5_0\r\nhello\r\n0\r\n\r\n${hidden}`)],
      ['chunk size beyond 64 bits', post('Transfer-Encoding: chunked', `FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n${hidden}`)],
      ['a chunk longer than it says', post('Transfer-Encoding: chunked', `1\r\nhello\r\n0\r\n\r\n${hidden}`)],
      ['Content-Length: +1', post('Content-Length: +1')],
      ['Content-Length: -1', post('Content-Length: -1')],
      ['Content-Length: empty', post('Content-Length: ')],
      ['Content-Length: 1 2', post('Content-Length: 1 2')],
      ['Content-Length: 0x1', post('Content-Length: 0x1')],
      ['two Content-Lengths', post('Content-Length: 0\r\nContent-Length: 39')],
      ['Content-Length: 0,39', post('Content-Length: 0,39')],
      ['an empty header name', post(': x\r\nContent-Length: 0', hidden)],
      ['a header name with a blank', post('X Y: 1\r\nContent-Length: 0', hidden)],
      ['a control character in a value', post('X: a\x01b\r\nContent-Length: 0', hidden)],
      ['a NUL in a value', post('X: a\0b\r\nContent-Length: 0', hidden)],
      ['a CR in a value', post('X: a\rTransfer-Encoding: chunked\r\nContent-Length: 0', hidden)],
      ['two Hosts', Buffer.from(`POST /api/twilio/voice HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n${hidden}`)],
      ['HTTP/0.9', Buffer.from(`GET /healthz\r\n${hidden}`)],
      ['HTTP/2.0', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
      ['a TLS hello', Buffer.from('16030100a5010000a10303', 'hex')],
      ['blank lines without end', Buffer.from('\r\n'.repeat(50_000))],
    ];
    await table(gateway.webhooks, rows.map(([what, bytes]) => [what, closed, bytes]));
  });

  test('admin_api', async () => {
    const key = ['Authorization', `Bearer ${gateway.adminKey}`];
    const json = ['Content-Type', 'application/json'];
    const ask = (method, target, headers = [key]) => request(method, target, [['Host', 'a'], ['Connection', 'close'], ...headers]);
    const put = (body, path = `/api/companies/${company.id}/twilio/config`, method = 'PUT') => request(method, path, [['Host', 'a'], key, json, ['Content-Length', Buffer.byteLength(body)], ['Connection', 'close']], body);
    const rate = (value) => put(`{"rateLimit":{"numberSegmentsPerSecond":${value}}}`);
    const urls = ['http://x.example', 'javascript:alert(1)', 'file:///etc/passwd', '//x.example', 'https:/x', 'https://', ' https://x.example', 'https://x.example/\\u0000', 'https://x.example/\\r\\nX: y', 'wss://x.example'];
    const [foreign] = (await gateway.call('GET', `/api/companies/${company.id}/calls`)).json.data;
    await table(gateway.api, [
      ['JSON of depth 30,000', 400, put('['.repeat(30_000))],
      ['objects of depth 10,000', 400, put('{"a":'.repeat(10_000))],
      ['JSON of depth 100,000', 413, put('['.repeat(100_000))],
      ['a key twice', 400, put('{"mockMode":false,"mockMode":true}')],
      ['a key twice inside', 400, put('{"rateLimit":{"numberSegmentsPerSecond":1,"numberSegmentsPerSecond":1e9}}')],
      ...['-1', '0', 'NaN', '1e309', '"1"', '9223372036854775808', 'Infinity', '-0', '[1]', '{}', 'true'].map((value) => [`a rate of ${value}`, 400, rate(value)]),
      ...['', '{', 'null', '[]', '"x"', '{"mockMode":true}x', '{"mockMode":true,}', '{\'mockMode\':true}', '{"autoReply":"\\u0000"}', '{"autoReply":"\\ud800"}', '{"__proto__":{}}'].map((text) => [`the body ${text}`, 400, put(text)]),
      ['a body that is not UTF-8', 400, request('PUT', `/api/companies/${company.id}/twilio/config`, [['Host', 'a'], key, json, ['Content-Length', 18], ['Connection', 'close']], Buffer.from('{"autoReply":"a\xff"}', 'latin1'))],
      ['another company\'s call', 404, ask('GET', `/api/companies/${other.id}/calls/${foreign.id}`)],
      ['a key of 1 MB', 'closed', ask('GET', '/api/companies', [['Authorization', `Bearer ${'a'.repeat(1 << 20)}`]])],
      ['a NUL in the key', ['closed', 400, 401], ask('GET', '/api/companies', [['Authorization', `Bearer ${gateway.adminKey}\0`]])],
      ['two keys', 401, ask('GET', '/api/companies', [key, key])],
      ['the key in the query', 401, ask('GET', `/api/companies?key=x`, [])],
      ...urls.map((url) => [`menuUrl ${url}`, 400, put(`{"companyName":"A","menuUrl":"${url}"}`, '/api/companies', 'POST')]),
      ...urls.map((url) => [`greetingUrl ${url}`, 400, put(`{"voicemail":{"greetingUrl":"${url}"}}`)]),
      ['a wild query', 400, ask('GET', '/api/companies?limit=1e9&offset=-1&sort=;drop')],
      ['a query that is not UTF-8', 400, ask('GET', '/api/companies?q=%FF')],
      ['a query with NUL', 400, ask('GET', '/api/companies?q=%00')],
      ['SQL in a query', 200, ask('GET', `/api/companies?q=${encodeURIComponent("%' OR 1=1; DROP TABLE companies;--")}`), (answer) => assert.deepEqual(JSON.parse(answer.body).data, [])],
      ['a made-up cursor', 400, ask('GET', '/api/companies?cursor=MS4xLjE')],
      ['SQL in an id', 404, ask('GET', "/api/companies/co_'%20OR%201=1--")],
      ['an id that is not UTF-8', ['closed', 404], ask('GET', '/api/companies/\xff\xfe')],
      ['an id of 7 KB', 404, ask('GET', `/api/companies/${'x'.repeat(7000)}`)],
      ['a target of 1 MB', 'closed', ask('GET', `/api/companies/${'x'.repeat(1 << 20)}`)],
      ['method override', 405, ask('POST', '/metrics', [key, ['X-HTTP-Method-Override', 'GET']])],
      ['TRACE', ['closed', 405], ask('TRACE', '/api/companies')],
      ['PROPFIND', ['closed', 405], ask('PROPFIND', '/api/companies')],
      ['CONNECT', ['closed', 404, 405], ask('CONNECT', 'evil.example:443')],
      ['an unknown method', 'closed', ask('HACK', '/api/companies')],
      ['an absolute target', 404, ask('GET', 'http://evil.example/healthz')],
      ['OPTIONS *', ['closed', 404], ask('OPTIONS', '*')],
      ['//', 404, ask('GET', '//api/companies')],
      ['/..;/admin', 404, ask('GET', '/api/..;/admin/actors')],
      ['%2e%2e', 404, ask('GET', '/api/companies/%2e%2e/%2e%2e/etc/passwd')],
      ['..', 404, ask('GET', '/api/companies/../../etc/passwd')],
      ['a trailing slash', 404, ask('GET', '/api/companies/')],
      ['a fragment', ['closed', 404], ask('GET', '/api/companies#x')],
      ['a body in GET', 200, request('GET', '/healthz', [['Host', 'a'], ['Content-Length', 5], ['Connection', 'close']], 'hello')],
    ]);
  });

  test('hostile_names_are_stored_as_they_are_and_shown_inert', async () => {
    for (const companyName of ['<img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", '\r\nSet-Cookie: x=1', "'; DROP TABLE companies;--", '\u202eevil', '{{7*7}}', '${jndi:ldap://x}', '%s%n%x']) {
      const made = await gateway.call('POST', '/api/companies', { companyName });
      assert.equal(made.status, 201, made.text);
      assert.equal(made.headers.get('set-cookie'), null);
      assert.match(made.headers.get('content-type'), /^application\/json/);
      assert.equal((await gateway.call('GET', `/api/companies/${made.json.id}`)).json.companyName, companyName);
    }
  });

  test('after_all_that_nothing_has_grown_and_nothing_was_told', () => {
    const grown = rss() - rssBefore;
    assert.ok(grown < 64, `the gateway's memory grew by ${grown.toFixed(1)} MiB`);
    const log = gateway.process.output;
    const said = (what) => log.split('\n').filter((line) => line.includes(what)).slice(0, 3).join('\n');
    for (const [what, text] of [['the auth token', company.authToken], ['the admin key', gateway.adminKey], ["a customer's number", customer.slice(2)], ['the forward number', '2125550988'], ['what was sent', 'DROP TABLE']])
      assert.equal(said(text), '', what);
    for (const line of log.split('\n').filter(Boolean)) assert.doesNotThrow(() => JSON.parse(line), line);
  });
});
