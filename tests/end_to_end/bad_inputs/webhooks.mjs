// Bad input of reliability 4 A to every webhook route: who it is from, how it is encoded, what it says.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { callSid, messageSid } from '../lib/gateway.mjs';
import { encode, form } from './world.mjs';

const forged = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';
const malformed = '400 malformed_webhook';
const unsupported = '415 unsupported_media_type';
const injection = '</Message><Redirect>http://evil.example</Redirect>';

/** [path, parameters of a good request, the parameter that names its event] for all the routes of API.md 6. */
function routes({ company, call, sms }) {
  const { hooks, accountSid: AccountSid } = company;
  const recording = () => ({ AccountSid, CallSid: callSid(), RecordingSid: callSid().replace('CA', 'RE'), RecordingStatus: 'completed', RecordingDuration: '3', RecordingUrl: 'https://api.twilio.com/x' });
  const transcription = () => ({ AccountSid, CallSid: callSid(), TranscriptionSid: callSid().replace('CA', 'TR'), TranscriptionStatus: 'completed', TranscriptionText: 'x', RecordingSid: callSid().replace('CA', 'RE') });
  const calls = ['/api/twilio/voice', '/api/webhooks/voice', ...['voice', 'fallback', 'whisper', 'relay', 'dial/0'].map((name) => `${hooks}/${name}`)];
  const messages = ['/api/twilio/sms', '/api/webhooks/sms', '/api/webhooks/whatsapp', `${hooks}/sms`, `${hooks}/whatsapp`];
  return [
    ...calls.map((path) => [path, call(), 'CallSid']),
    ...messages.map((path) => [path, sms('x'), 'MessageSid']),
    [`${hooks}/status`, { ...call(), CallStatus: 'completed' }, 'CallSid'],
    [`${hooks}/recording`, recording(), 'RecordingSid'],
    [`${hooks}/transcription`, transcription(), 'TranscriptionSid'],
  ];
}

/** The same dozens of mistakes on every route. */
function everywhere(world) {
  const all = { company: world.company, call: (more) => world.call(more), sms: (body) => world.sms(body) };
  return routes(all).flatMap(([path, params, sid]) => {
    const where = path.replace(world.company.hooks, '/hooks/{token}');
    const good = world.sign(path, params);
    const tail = (text) => world.webhook(path, params, { raw: Buffer.concat([Buffer.from(encode(params)), Buffer.from(text, 'latin1')]) });
    const change = (more) => world.webhook(path, { ...params, ...more });
    const typed = (type) => world.webhook(path, params, { type: ['Content-Type', type] });
    const rows = [
      ['no signature', 403, world.webhook(path, params, { signature: null })],
      ['an empty signature', 403, world.webhook(path, params, { signature: '' })],
      ['a forged signature', 403, world.webhook(path, params, { signature: forged })],
      ['the right one before a forged one', 403, world.webhook(path, params, { signature: [good, forged] })],
      ['the right one behind a forged one', 403, world.webhook(path, params, { signature: [forged, good] })],
      ['the signature of another path', 403, world.webhook(path, params, { signature: world.sign(`${path}x`, params) })],
      ['a parameter more than was signed', 403, tail('&Extra=1')],
      ['the account of another company', 403, change({ AccountSid: world.other.accountSid })],
      ['no account', malformed, change({ AccountSid: '' })],
      [`no ${sid}`, malformed, change({ [sid]: '' })],
      [`31 digits of a ${sid}`, malformed, change({ [sid]: params[sid].slice(0, 33) })],
      [`33 digits of a ${sid}`, malformed, change({ [sid]: `${params[sid]}0` })],
      [`SQL for a ${sid}`, malformed, change({ [sid]: "' OR 1=1; DROP TABLE companies;--" })],
      [`another kind of SID for a ${sid}`, malformed, change({ [sid]: params[sid].replace(/^../, 'ZZ') })],
      [`${sid} twice`, malformed, tail(`&${sid}=${params[sid]}`)],
      ['AccountSid twice', malformed, tail(`&AccountSid=${world.company.accountSid}`)],
      ['%00', malformed, tail('&X=%00')], ['a raw NUL', malformed, tail('&X=\0')],
      ['a lone %', malformed, tail('&X=%')], ['%z1', malformed, tail('&X=%z1')],
      ['overlong UTF-8, not signed', 403, tail('&X=%C0%AF')], ['half a surrogate pair, not signed', 403, tail('&X=%ED%A0%80')],
      ['bytes that are no UTF-8, not signed', 403, tail('&X=\xff\xfe')],
      ['no name', malformed, tail('&=1')], ['a name of 1 KiB', malformed, tail(`&${'n'.repeat(1024)}=`)],
      ['a value of 40 KiB', malformed, tail(`&X=${'x'.repeat(40 * 1024)}`)],
      ['5,000 parameters', malformed, tail(Array.from({ length: 5000 }, (_, i) => `&p${i}=`).join(''))],
      ['more than 64 KiB', '413 payload_too_large', tail(`&X=${'x'.repeat(66_000)}`)],
      ['more than 128 KiB', 'closed', tail(`&X=${'x'.repeat(200_000)}`)],
      ['no body', malformed, world.webhook(path, {}, { raw: '' })],
      ['text/plain', unsupported, typed('text/plain')], ['multipart', unsupported, typed('multipart/form-data; boundary=x')],
      ['XML', unsupported, typed('application/xml')], ['no type', unsupported, typed('')],
      ['gzip', unsupported, world.webhook(path, params, { headers: [['Content-Encoding', 'gzip']] })],
      ['JSON without bodySHA256', 403, world.webhook(path, {}, { raw: JSON.stringify(params), type: ['Content-Type', 'application/json'] })],
      ['JSON that is none', malformed, world.webhook(path, {}, { raw: '{', type: ['Content-Type', 'application/json'] })],
      ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, '405 method_not_allowed', world.ask(method, path, [])]),
    ];
    if (path.startsWith('/hooks/')) rows.push(['an unknown token', 403, world.webhook(path.replace(world.company.hooks, '/hooks/0123456789abcdefghijklmnop'), params)]);
    else rows.push(['a number nobody has', '404 company_not_found', change({ To: '+12125550000' }), (answer) => assert.equal(JSON.parse(answer.body).detail, 'No company found for this number')],
      ['To as a path', '404 company_not_found', change({ To: '../../etc/passwd' })], ['no To', malformed, change({ To: '' })]);
    return rows.map(([what, ...row]) => [`${where}: ${what}`, ...row]);
  });
}

function signatures(world) {
  const voice = '/api/twilio/voice';
  const params = world.call();
  const good = world.sign(voice, params);
  const { hooks } = world.company;
  const moved = Object.keys(params).sort().map((name) => name + params[name]).join('');
  const signed = (signature) => world.webhook(voice, params, { signature });
  let urlSafe, its;
  do its = world.sign(voice, (urlSafe = world.call())); while (!/[+/]/.test(its));
  return [
    ['one = more', 403, signed(`${good}=`)], ['one = less', 403, signed(good.slice(0, -1))], ['something behind it', 403, signed(`${good} x`)],
    ['two in one header', 403, signed(`${good}, ${good}`)], ['base64 of nothing', 403, signed('====')], ['in quotes', 403, signed(`"${good}"`)],
    ['in hexadecimal', 403, signed(Buffer.from(good, 'base64').toString('hex'))], ['sha1=', 403, signed(`sha1=${good}`)], ['upper case', 403, signed(good.toUpperCase())],
    ['URL-safe base64', 403, world.webhook(voice, urlSafe, { signature: its.replaceAll('+', '-').replaceAll('/', '_') })],
    ['on a line of its own', ['closed', 403], signed(`${good}\r\n x`)], ['1 MB', 'closed', signed('A'.repeat(1 << 20))],
    ['parameters moved into the path', '404 not_found', world.webhook(`${hooks}/voice${encodeURI(moved).replaceAll('#', '%23')}`, {}, { signature: world.sign(`${hooks}/voice`, params) })],
    ['parameters moved into the query', malformed, world.webhook(`${hooks}/voice?${encode(params)}`, {}, { signature: world.sign(`${hooks}/voice`, params) })],
    ['a query more than was signed', 403, world.webhook(`${voice}?x=1`, params, { signature: good })],
    ['a forged Host and proxy headers', 200, world.webhook(voice, params, { headers: [['Host', 'evil.example'], ['X-Forwarded-Proto', 'http'], ['X-Forwarded-Host', 'evil.example'], ['X-Original-URL', '/metrics']] })],
    ['with the port', 200, signed(world.sign(voice, params, 'https://gw.example.com:443'))],
    ['for http', 403, signed(world.sign(voice, params, 'http://gw.example.com'))], ['for another host', 403, signed(world.sign(voice, params, 'https://evil.example'))],
  ].map(([what, ...row]) => [`signature: ${what}`, ...row]);
}

function jsonBodies(world) {
  const path = `${world.company.hooks}/status`;
  const body = JSON.stringify({ MessageSid: messageSid(), AccountSid: world.company.accountSid, MessageStatus: 'sent' });
  const hash = createHash('sha256').update(body).digest('hex');
  const post = (target, raw = body) => world.webhook(target, {}, { raw, type: ['Content-Type', 'application/json'] });
  return [
    ['the right hash', 204, post(`${path}?bodySHA256=${hash}`)], ['no hash', 403, post(path)], ['an empty hash', 403, post(`${path}?bodySHA256=`)],
    ['a wrong hash', 403, post(`${path}?bodySHA256=${hash.replace(/^./, (c) => (c === '0' ? '1' : '0'))}`)], ['half a hash', 403, post(`${path}?bodySHA256=${hash.slice(0, 32)}`)],
    ['a wrong one and the right one', 403, post(`${path}?bodySHA256=${'0'.repeat(64)}&bodySHA256=${hash}`)],
    ...['{"a":'.repeat(10_000), '[]', 'null', '""', `${body}x`, `{"a":{"b":1}}`, '{"MessageSid":1}', '{"a":"\\ud800"}', '{"a":"\\u0000"}', '{"a":1,"a":2}'].map((raw) => [raw.slice(0, 30), malformed, post(path, raw)]),
  ].map(([what, ...row]) => [`JSON: ${what}`, ...row]);
}

function parameters(world) {
  const text = (more) => world.webhook('/api/twilio/sms', world.sms('x', more));
  const { hooks, number, accountSid: AccountSid } = world.company;
  const status = (more) => world.webhook(`${hooks}/status`, { MessageSid: messageSid(), AccountSid, From: number, To: '+12125550987', ...more });
  const sequence = (SequenceNumber) => world.webhook(`${hooks}/status`, world.call({ SequenceNumber }));
  const dial = (step) => world.webhook(`${hooks}/dial/${step}`, world.call({ DialCallStatus: 'busy' }));
  const inert = (answer) => assert.doesNotMatch(answer.body, /<Redirect>/);
  return [
    ...['1', '999999999', '-1', '1e9', 'x', '0x10'].map((NumMedia) => [`NumMedia=${NumMedia} and no media`, 200, text({ NumMedia })]),
    ['a media URL into the cloud host', 200, text({ NumMedia: '1', MediaUrl0: 'http://169.254.169.254/latest/meta-data' })],
    ['a message that is markup', 200, world.webhook('/api/twilio/sms', world.sms(injection)), inert],
    ['a whisper that is markup', 200, world.webhook(`${hooks}/whisper`, world.call()), (answer) => assert.match(answer.body, /&lt;Redirect&gt;/)],
    ['1,600 units of emoji and a direction override', 200, world.webhook('/api/twilio/sms', world.sms(`\u202e${'👋'.repeat(800)}`))],
    ['32 KiB of text', 200, world.webhook('/api/twilio/sms', world.sms('x'.repeat(32 * 1024)))],
    ['an unknown status', 204, status({ MessageStatus: 'deliverd' })], ['a callback for an unknown message', 204, status({ MessageStatus: 'delivered' })],
    ...["sent' OR 1", 'sent sent', '', 'x'.repeat(33), 'ü', '<b>'].map((MessageStatus) => [`the status ${MessageStatus}`, malformed, status({ MessageStatus })]),
    ...['-5', '99999999999999999999', '1e3', '1.5', 'x', '0x1', ' 1'].map((number) => [`SequenceNumber=${number}`, malformed, sequence(number)]),
    ['a step beyond the chain', 200, dial('99')], // the chain is used up: an apology, never an error
    ...['x', '-1', '1.5', '100', '0x1', '1e1', '+1', '%31x', '4294967296'].map((step) => [`the step ${step}`, '404 not_found', dial(step)]),
    ['a length of 10 GB', 'closed', world.ask('POST', '/api/twilio/sms', [form, ['Content-Length', '10000000000']])],
  ];
}

export const webhookRows = (world) => [...everywhere(world), ...signatures(world), ...jsonBodies(world), ...parameters(world)];
