// Bad JSON to every operation that takes it: each field with each wrong kind of value, and bodies that are no object.
// What a field takes is written down here once more from API.md, so that a rule lost in the gateway is seen.
import assert from 'node:assert/strict';

const invalid = '400 invalid_request';
const quoted = (...texts) => texts.map((text) => JSON.stringify(text));
const notText = ['5', 'true', '{}', '[]', '["x"]'];
const notObject = ['[]', '"x"', '5', 'true', '{"colour":"red"}', '{"__proto__":{}}'];
const hostileText = ['"a\\u0000b"', '"a\\ud800b"', '"a\\qb"', '"a\tb"', "'x'"];
const notUrl = (scheme) => quoted('', 'x', '//x.example', `${scheme}:/x`, `${scheme}://`, ` ${scheme}://x.example`, `${scheme}://x.example/a b`, `${scheme}://x.example/\r\nX: y`,
  `${scheme}://ü.example`, 'http://x.example', 'javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', `${scheme}://x.example/${'a'.repeat(2000)}`);

/** The wrong values of each kind of field, as JSON text. */
const kinds = {
  text: (least, most) => [...notText, ...hostileText, ...(least > 0 ? ['""'] : []), ...quoted('x'.repeat(most + 1), '👋'.repeat(most / 2 + 1))],
  flag: () => ['"true"', '"yes"', '1', '0', '""', '{}', '[]', '[true]', 'TRUE'],
  integer: (least, most) => [...[least - 1, most + 1, -1, least + 0.5].map(String), `"${least}"`, '1e309', '-1e309', 'NaN', 'Infinity', '9223372036854775808', '18446744073709551616', '0x10', `0${least}`, 'true', '[]', '{}', '""'],
  number: (least, most) => [...[least - 0.1, most + 0.1, -1].map(String), '"1"', '1e309', 'NaN', '-Infinity', '9223372036854775808', '.5', '1.', '+1', 'true', '[]', '{}'],
  rate: () => ['-1', '0', '-0', '0.0', '100001', '1e9', 'NaN', '1e309', '"1"', '9223372036854775808', 'Infinity', '[1]', '{}', 'true', '""'],
  word: (...words) => [...notText, ...quoted('', 'fax', `${words[0]} `, words[0].toUpperCase(), `${words[0]}\n`)],
  phone: () => [...notText, ...quoted('', 'abc', '12', '5551234', '+0123456789', '+12345', '+1234567890123456', '1.555E+10', '12125550100 ext 5', '١٢١٢٥٥٥٠١٠٠', '++12125550100', '+1\u0000', 'tel:+12125550100', '+1212555010x')],
  sid: (prefix) => [...notText, ...quoted('', prefix, `${prefix}${'0'.repeat(31)}`, `${prefix}${'0'.repeat(33)}`, `${prefix}${'g'.repeat(32)}`, `${prefix.toLowerCase()}${'0'.repeat(32)}`, `XX${'0'.repeat(32)}`, `${prefix}' OR 1=1 --${'0'.repeat(20)}`, `OR${'0'.repeat(32)}`)],
  token: () => [...notText, ...hostileText, '""', ...quoted('x'.repeat(129), 'ü', 'a\nb', '\u007f', '👋')],
  money: () => ['5', '0.5', 'true', '{}', '[]', ...quoted('', '0', '0.00000', '-1', '+1', '1.123456', '1e5', 'abc', 'NaN', '1,5', ' 1', '1 USD', '$1', '99999999999999999999')],
  country: () => [...notText, ...quoted('', 'us', 'usa', 'XX', 'U', 'U1', 'US ', 'ÜS')],
  zone: () => [...notText, ...quoted('', 'Mars/Olympus', 'europe', '../../etc/passwd', '+02:00', 'Europe/Berlin ', 'x'.repeat(65))],
  language: () => [...notText, ...quoted('', 'e', 'en_US', 'en-', '-en', 'x'.repeat(36), 'en US', '12')],
  url: (scheme) => [...notText, ...notUrl(scheme)],
  clock: () => [...notText, ...quoted('', '24:00', '21:60', '9:00', '21', '21:00:00', '-1:00', 'ab:cd'), 'null'],
  object: () => notObject,
};

const take = (name, kind, ...limits) => [name, kinds[kind](...limits)];

/** A row for each field and each wrong value; `inside` puts the member into its object. */
const fields = (list, inside = (member) => `{${member}}`) => list.flatMap(([name, values]) => values.map((value) => [inside(`"${name}": ${value.slice(0, 60)}`), inside(`"${name}":${value}`), name]));

const config = () => [
  ...fields([
    take('accountSid', 'sid', 'AC'), take('apiKey', 'sid', 'SK'), ...['authToken', 'nextAuthToken', 'apiSecret'].map((name) => take(name, 'token')),
    ...['promoteNextAuthToken', 'recordingEnabled', 'smartEncoding', 'mockMode'].map((name) => take(name, 'flag')),
    ...['phoneNumber', 'forwardNumber', 'whatsappNumber'].map((name) => take(name, 'phone')),
    take('callRoutingMode', 'word', 'ai-agent'), take('unknownOutcome', 'word', 'hold'), take('signatureMode', 'word', 'enforce'),
    take('forwardTimeoutSeconds', 'integer', 5, 600), take('forwardTimeLimitSeconds', 'integer', 60, 86400),
    take('whisperMessage', 'text', 1, 1000), take('autoReply', 'text', 1, 1600), take('dailySpendCap', 'money'),
    ...['voicemail', 'agent', 'rateLimit', 'quietHours'].map((name) => take(name, 'object')),
    ['phoneNumbers', ['{}', '"+12125550100"', '5', '[5]', '[null]', '["+12125550100"]', '[{}]', '[[]]', `[${Array(101).fill('{"phoneNumber":"+12125550100"}')}]`]],
    ['fallbackChain', ['[]', '"voicemail"', '{}', '5', '["fax"]', '[null]', '[5]', '["voicemail","forward","ai-agent","voicemail"]', '["VOICEMAIL"]']],
    ['allowedCountries', ['"US"', '{}', '5', '["us"]', '["XX"]', '[null]', '[5]', '["USA"]', `[${Array(300).fill('"US"')}]`]],
    ['inAccount', ['true']], ['id', ['"co_x"']], ['companyName', ['"x"']],
  ]),
  ...fields([take('phoneNumber', 'phone'), take('friendlyName', 'text', 0, 64), take('status', 'word', 'active'), take('isPrimary', 'flag'), ['sid', ['"PN"']]],
    (member) => (member.startsWith('"phoneNumber"') ? `{"phoneNumbers":[{${member}}]}` : `{"phoneNumbers":[{"phoneNumber":"+12125550100",${member}}]}`)),
  ...fields([take('greeting', 'text', 0, 1000), take('greetingUrl', 'url', 'https'), take('language', 'language'), take('voice', 'text', 1, 100), take('maxLengthSeconds', 'integer', 1, 3600),
    take('timeoutSeconds', 'integer', 1, 600), ['finishOnKey', [...notText, '"a"', '"0123456789012"', '"##\\u0000"']], take('playBeep', 'flag'), take('transcribe', 'flag'), ['beep', ['true']]], (member) => `{"voicemail":{${member}}}`),
  ...fields([take('engine', 'word', 'vapi'), take('url', 'url', 'wss'), take('language', 'language'), take('welcomeGreeting', 'text', 1, 1000), take('knowledgeBaseId', 'text', 1, 100), take('vapiAssistantId', 'text', 1, 100), take('voice', 'object')], (member) => `{"agent":{${member}}}`),
  ...fields([take('provider', 'word', 'Google'), ['voiceId', [...notText, '"a b"', '"<x>"', '"ü"']], ['model', [...notText, '"a b"', '"_\\u0000"']], take('speed', 'number', 0.7, 1.2), take('stability', 'number', 0, 1), take('similarity', 'number', 0, 1)], (member) => `{"agent":{"voice":{${member}}}}`),
  ...fields(['number', 'company', 'campaign'].map((name) => take(`${name}SegmentsPerSecond`, 'rate')), (member) => `{"rateLimit":{${member}}}`),
  ...fields([take('start', 'clock')], (member) => `{"quietHours":{${member},"end":"08:00"}}`),
  ...fields([take('end', 'clock')], (member) => `{"quietHours":{"start":"21:00",${member}}}`),
  ['quietHours without an end', '{"quietHours":{"start":"21:00"}}'],
];

const company = [take('companyName', 'text', 1, 200), take('country', 'country'), take('timeZone', 'zone'), take('menuUrl', 'url', 'https'), ['id', ['"co_x"']], ['state', ['"active"']], ['color', ['"red"']]];
const access = [['role', [...notText, '""', '"king"', '"PLATFORM_ADMIN"', 'null']], ['companyId', ['5', 'true', '[]', '{}', '""', '"co_"', '"acme"', '"../x"', '"co_ü"', `"co_${'x'.repeat(100)}"`]]];

/** [what, method, path, rows of [what, body], a good body for what is wrong with a body as a whole] */
const operations = ({ config: path, company: { id } }) => [
  ['create_company', 'POST', '/api/companies', [...fields([company[0], ['companyName', ['null']]]), ...fields([...company.slice(1), take('assignPhone', 'flag'), take('forceTwilio', 'flag')], (member) => `{"companyName":"A",${member}}`), ['nothing', '{}']], 'companyName'],
  ['patch_company', 'PATCH', `/api/companies/${id}`, fields([...company, ['companyName', ['null']], ['assignPhone', ['true']]]), 'companyName'],
  ['put_twilio_config', 'PUT', path, config(), 'mockMode'],
  ['add_number', 'POST', `/api/companies/${id}/numbers`, [...fields([take('phoneNumber', 'phone'), ['phoneNumber', ['null']]]), ...fields([take('friendlyName', 'text', 0, 64), take('isPrimary', 'flag'), ['colour', ['"red"']]], (member) => `{"phoneNumber":"+12125550100",${member}}`), ['nothing', '{}']], 'phoneNumber'],
  ['create_key', 'POST', '/api/admin/keys', [...fields([access[0]], (member) => `{"companyId":"${id}",${member}}`), ...fields([access[1], take('label', 'text', 0, 100), ['key', ['"tk_mine"']]], (member) => `{"role":"company_admin",${member}${member.startsWith('"companyId"') ? '' : `,"companyId":"${id}"`}}`),
    ['nobody\'s company', '{"role":"company_admin"}'], ['a platform admin of a company', `{"role":"platform_admin","companyId":"${id}"}`]], 'role'],
  ['put_user', 'POST', '/api/admin/users', fields([['user', [...notText, '""', '"A"', '"a b"', '"ü"', '"../x"', `"${'a'.repeat(65)}"`, 'null']], ['password', [...notText, '""', '"12345678901"', `"${'p'.repeat(201)}"`, 'null']]],
    (member) => `{"role":"platform_admin",${member.startsWith('"user"') ? '"password":"correct horse"' : '"user":"eve"'},${member}}`), 'user'],
  ['create_session', 'POST', '/api/session', [...fields([['user', [...notText, '""', 'null', `"${'a'.repeat(65)}"`]]], (member) => `{"password":"x",${member}}`), ...fields([['password', [...notText, '""', 'null', `"${'p'.repeat(201)}"`]]], (member) => `{"user":"eve",${member}}`), ['nothing', '{}'], ['no password', '{"user":"eve"}']], 'user'],
  ['run_dependency_health', 'POST', '/api/admin/notifications/dependency-health/run', fields([['companyId', [...notText, '""']], ['company', ['"co_x"']]]), 'companyId'],
];

/** What is wrong with a body as a whole, for an operation that knows `name`. */
const bodies = (name) => [
  ...['{', '}', 'null', '[]', '"x"', '5', 'x', `{"${name}"}`, `{"${name}":}`, `{"${name}":1,}`, `{'${name}':1}`, `{${name}:1}`, '{}x', '{}{}', `{"${name}":1 /* why */}`, `{"${name}":1,"${name}":1}`, `{"${name}":"x`, '{"a":{"b":1,"b":2}}']
    .map((body) => [`the body ${body}`, invalid, body]),
  ['33 levels', invalid, `{"${name}":${'['.repeat(33)}${']'.repeat(33)}}`], ['arrays of depth 30,000', invalid, '['.repeat(30_000)], ['objects of depth 10,000', invalid, '{"a":'.repeat(10_000)],
  ['depth 100,000', '413 payload_too_large', '['.repeat(100_000)], ['64 KiB and 1 byte', '413 payload_too_large', `{"${name}":"${'x'.repeat(64 * 1024 - name.length - 6)}"}`],
  ['no UTF-8', invalid, Buffer.from(`{"${name}":"a\xff"}`, 'latin1')], ['overlong UTF-8', invalid, Buffer.from(`{"${name}":"a\xc0\xaf"}`, 'latin1')], ['UTF-16', invalid, Buffer.from('{}', 'utf16le')], ['a raw NUL', invalid, `{"${name}":"a\0"}`],
];

const types = ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', 'application/json, text/html', 'json', ''];

/** The answer says which field it is, unless the body is no JSON at all. */
function judgePlace(what, field, { body }) {
  const found = JSON.parse(body).errors.some(({ pointer, code }) => !field || code === 'invalid_json' || pointer.split('/').includes(field));
  assert.ok(found, `${what}: ${body}`);
}

export function jsonRows(world) {
  return operations(world).flatMap(([name, method, path, wrong, known]) => [
    ...wrong.map(([what, body, field]) => [what, invalid, world.send(method, path, body), (answer) => judgePlace(what, field, answer)]),
    ...bodies(known).map(([what, wanted, body]) => [what, wanted, world.send(method, path, body)]),
    ...types.map((type) => [`the type ${type}`, '415 unsupported_media_type', world.send(method, path, '{}', [world.key, ['Content-Type', type]])]),
    ['gzip', '415 unsupported_media_type', world.send(method, path, '{}', [world.key, ['Content-Type', 'application/json'], ['Content-Encoding', 'gzip']])],
    ['200 KB', 'closed', world.send(method, path, ' '.repeat(200_000))],
  ].map(([what, ...row]) => [`${name}: ${what}`, ...row]));
}

/** Well-formed, but against rules of several fields or stored state: 409, 412, 422, and nothing is stored. */
export function ruleRows(world) {
  const { config: path, company: { id, number }, other } = world;
  const put = (body, headers = []) => world.send('PUT', path, JSON.stringify(body), [world.key, ['Content-Type', 'application/json'], ...headers]);
  const numbers = (...list) => put({ phoneNumbers: list.map(([phoneNumber, status, isPrimary]) => ({ phoneNumber, status, isPrimary })) });
  const rule = '422 invalid_configuration';
  return [
    ['forward without a number', rule, put({ callRoutingMode: 'forward', forwardNumber: null })],
    ['a chain that begins otherwise', rule, put({ callRoutingMode: 'voicemail', fallbackChain: ['ai-agent', 'voicemail'] })],
    ['two primary numbers', rule, numbers(['+12125550101', 'active', true], ['+12125550102', 'active', true])],
    ['an inactive primary number', rule, numbers(['+12125550101', 'inactive', true])],
    ['a number twice', rule, numbers(['+12125550101', 'active', false], ['(212) 555-0101', 'active', false])],
    ['apiKey alone', rule, put({ apiKey: `SK${'0'.repeat(32)}` })], ['apiSecret alone', rule, put({ apiSecret: 'x' })],
    ['a promotion of nothing', rule, put({ promoteNextAuthToken: true })],
    ['another account without its token', rule, put({ accountSid: `AC${'1'.repeat(32)}` })],
    ['a speed alone', rule, put({ agent: { voice: { model: 'flash_v2_5', speed: 1 } } })], ['a speed without a model', rule, put({ agent: { voice: { speed: 1, stability: 1, similarity: 1 } } })],
    ['a wrong token', '422 twilio_credentials_rejected', put({ authToken: 'no token of this account' })],
    ['a number of nobody\'s account', '422 number_not_in_account', numbers([number, 'active', true], ['+12125550103', 'active', false])],
    ['another company\'s number', '409 phone_number_taken', numbers([other.number, 'active', true])], ['another company\'s number as the legacy one', '409 phone_number_taken', put({ phoneNumber: other.number })],
    ...['"v0"', 'v1', 'W/"v1"', '"v99999999999999999999"', '"x"', '"v1', '"v1", "v2"', '""'].map((tag) => [`If-Match: ${tag}`, '412 etag_mismatch', put({ mockMode: true }, [['If-Match', tag]])]),
    ...['"v0"', 'v1', '"x"'].map((tag) => [`a company's If-Match: ${tag}`, '412 etag_mismatch', world.send('PATCH', `/api/companies/${id}`, '{"companyName":"Late"}', [world.key, ['Content-Type', 'application/json'], ['If-Match', tag]])]),
    ['a release of what is not quarantined', '409 invalid_state', world.ask('POST', `/api/companies/${id}/quarantine/release`)],
    ['a removal of a company with numbers', '409 company_has_numbers', world.ask('DELETE', `/api/companies/${id}`)],
    ['another company\'s number, added', '409 phone_number_taken', world.send('POST', `/api/companies/${id}/numbers`, JSON.stringify({ phoneNumber: other.number }))],
    ['a number of nobody\'s account, added', '422 number_not_in_account', world.send('POST', `/api/companies/${id}/numbers`, '{"phoneNumber":"+12125550103"}')],
  ].map(([what, ...row]) => [`rule: ${what}`, ...row]);
}
