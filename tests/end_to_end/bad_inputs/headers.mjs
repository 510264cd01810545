// Bad heads: who asks, what is asked for once only, and HTTP that a proxy before us may read in another way.
import { createHmac } from 'node:crypto';

const refused = '401 unauthenticated';

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
/** A JSON Web Token, well made unless told otherwise. */
function token(secret, { header = { alg: 'HS256', typ: 'JWT' }, claims = {}, signature } = {}) {
  const text = `${part(header)}.${part(typeof claims === 'string' ? claims : { sub: 'ops', role: 'platform_admin', exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}`;
  return `${text}.${signature ?? createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Wrong keys that can be none (too short or too long) are no guesses; of real guesses one address has 30. */
export function whoRows(world, { jwtSecret, session }) {
  const { id } = world.company;
  const { adminKey } = world.gateway;
  const get = (headers, target = '/api/companies') => world.ask('GET', target, headers);
  const bearer = (value) => get([['Authorization', value]]);
  const jwt = (options) => bearer(`Bearer ${token(jwtSecret, options)}`);
  const cookie = (value) => get([['Cookie', value]]);
  const [name, value] = session.cookie.split('=');
  const patch = (headers) => world.send('PATCH', `/api/companies/${id}`, '{}', [['Content-Type', 'application/json'], ['Cookie', session.cookie], ...headers]);
  const idempotent = (keys, path, body) => world.send('POST', path, body, [world.key, ['Content-Type', 'application/json'], ...keys.map((key) => ['Idempotency-Key', key])]);
  const creates = { '/api/companies': '{"companyName":"Never"}', [`/api/companies/${id}/numbers`]: '{"phoneNumber":"+12125550103"}', '/api/admin/keys': '{"role":"platform_admin"}', '/api/admin/users': '{"user":"eve","password":"correct horse battery","role":"platform_admin"}' };
  return [
    ['nothing', refused, get([])], ['an empty one', refused, bearer('')], ['Bearer alone', refused, bearer('Bearer')], ['Bearer and a blank', refused, bearer('Bearer ')], ['a short key', refused, bearer('Bearer x')],
    ['a key of 5,000', refused, bearer(`Bearer ${'a'.repeat(5000)}`)], ['a key of 1 MB', 'closed', bearer(`Bearer ${'a'.repeat(1 << 20)}`)], ['the key without Bearer', refused, bearer(adminKey)],
    ['Basic', refused, bearer(`Basic ${Buffer.from(`admin:${adminKey}`).toString('base64')}`)], ['Digest', refused, bearer('Digest username="admin"')], ['two keys in one', refused, bearer(`Basic x, Bearer ${adminKey}`)], ['the key of another scheme', refused, bearer(`Token ${adminKey}`)],
    ['two keys', refused, get([world.key, world.key])], ['a right and a wrong one', refused, get([world.key, ['Authorization', 'Bearer x']])], ['a wrong and a right one', refused, get([['Authorization', 'Bearer x'], world.key])],
    ['a NUL behind the key', ['closed', '400 invalid_request', refused], bearer(`Bearer ${adminKey}\0`)], ['a tab before the key', refused, bearer(`Bearer \t${adminKey}`)], ['half the key', refused, bearer(`Bearer ${adminKey.slice(0, -1)}`)], ['more than the key', refused, bearer(`Bearer ${adminKey}x`)],
    ['the key in upper case', refused, bearer(`Bearer ${adminKey.toUpperCase()}`)], ['the key in the query', refused, get([], `/api/companies?key=${adminKey}`)], ['the key as a cookie', refused, cookie(`key=${adminKey}`)], ['the key as X-Api-Key', refused, get([['X-Api-Key', adminKey]])],
    ['JWT: not signed', refused, jwt({ header: { alg: 'none' }, signature: '' })], ['JWT: another algorithm', refused, jwt({ header: { alg: 'HS512' } })], ['JWT: another key', refused, bearer(`Bearer ${token('x'.repeat(32))}`)],
    ['JWT: expired', refused, jwt({ claims: { exp: 1 } })], ['JWT: without an end', refused, jwt({ claims: { exp: undefined } })], ['JWT: an end in words', refused, jwt({ claims: { exp: 'never' } })], ['JWT: an end beyond all numbers', refused, jwt({ claims: { exp: 1e300 } })],
    ['JWT: a role of its own', refused, jwt({ claims: { role: 'king' } })], ['JWT: claims that are no object', refused, jwt({ claims: '[]' })], ['JWT: claims that are no JSON', refused, jwt({ claims: '{' })], ['JWT: dots', refused, bearer(`Bearer ${'.'.repeat(20)}`)],
    ['JWT: no head', refused, bearer(`Bearer .${part({ exp: 9e9 })}.xxxx`)], ['JWT: no claims', refused, bearer(`Bearer ${part({ alg: 'HS256' })}..xxxx`)], ['JWT: nothing but dots and a blank', refused, bearer(`Bearer  . .${' '.repeat(20)}`)],
    ['JWT: bytes beyond ASCII', refused, bearer(`Bearer ${'\xff'.repeat(8)}.${'\xff'.repeat(8)}.${'\xff'.repeat(8)}`)], ['JWT: a head beyond ASCII', refused, bearer(`Bearer ${part({ alg: 'HS256' })}\xff.${part({})}.xxxx`)],
    ['cookie: nobody\'s session', refused, cookie(`${name}=ts_${'0'.repeat(40)}`)], ['cookie: empty', refused, cookie(`${name}=`)], ['cookie: another name', refused, cookie(`x${name}=${value}`)], ['cookie: no name', refused, cookie(value)],
    ['CSRF: no token', '403 csrf_failed', patch([])], ['CSRF: an empty one', '403 csrf_failed', patch([['X-CSRF-Token', '']])], ['CSRF: a wrong one', '403 csrf_failed', patch([['X-CSRF-Token', 'x'.repeat(64)]])], ['CSRF: half of it', '403 csrf_failed', patch([['X-CSRF-Token', session.csrf.slice(0, 32)]])], ['CSRF: the cookie', '403 csrf_failed', patch([['X-CSRF-Token', value]])],
    ['a wrong password', refused, world.send('POST', '/api/session', '{"user":"ana","password":"wrong"}', [['Content-Type', 'application/json']])], ['nobody\'s password', refused, world.send('POST', '/api/session', '{"user":"nobody","password":"wrong"}', [['Content-Type', 'application/json']])],
    ['X-Company-Id of another company', '404 company_not_found', get([['Authorization', `Bearer ${world.keys.admin}`], ['X-Company-Id', world.other.id]])], ['X-Company-Id of nobody', '404 company_not_found', get([['Authorization', `Bearer ${world.keys.viewer}`], ['X-Company-Id', 'co_nobody00']])],
    ...Object.entries(creates).flatMap(([path, body]) => [['256 characters', ['k'.repeat(256)]], ['nothing', ['']], ['ü', ['\xfc']], ['two', ['a', 'b']], ['the same twice', ['a', 'a']]].map(([what, keys]) => [`Idempotency-Key of ${what}: ${path.replace(id, '{company}')}`, '400 invalid_idempotency_key', idempotent(keys, path, body)])),
  ].map(([what, ...row]) => [`who: ${what}`, ...row]);
}

/** To both listeners; behind each stands a request that must not be seen as a second one. */
export function framingRows(name, target) {
  const hidden = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
  const closed = ['closed', '400 invalid_request'];
  const post = (headers, body = `0\r\n\r\n${hidden}`) => Buffer.from(`POST ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`, 'latin1');
  const chunked = (body) => post('Transfer-Encoding: chunked', `${body}\r\n0\r\n\r\n${hidden}`);
  const line = (text) => Buffer.from(`${text}\r\nHost: a\r\nContent-Length: 0\r\n\r\n${hidden}`, 'latin1');
  return [
    ['Transfer-Encoding and Content-Length', post('Transfer-Encoding: chunked\r\nContent-Length: 5')], ['Content-Length and Transfer-Encoding', post('Content-Length: 5\r\nTransfer-Encoding: chunked')],
    ...[',chunked', 'chunked, identity', 'xchunked', 'identity', '\x0bchunked', 'chunked,', '"chunked"', 'gzip, chunked', 'chunked\r\nTransfer-Encoding: identity'].map((value) => [`Transfer-Encoding: ${value}`, post(`Content-Length: 5\r\nTransfer-Encoding: ${value}`)]),
    ['a blank before the colon', post('Transfer-Encoding : chunked\r\nContent-Length: 5')],
    ...['0x5', '+5', '-5', '5_0', 'FFFFFFFFFFFFFFFFF', 'g', ' 5', ''].map((size) => [`chunk size ${size}`, chunked(`${size}\r\nhello`)]), ['a chunk longer than it says', chunked('1\r\nhello')],
    ...['+1', '-1', '', '1 2', '0x1', '1.0', '1e1', '0,39', '99999999999999999999', '1;', 'x'].map((value) => [`Content-Length: ${value}`, post(`Content-Length: ${value}`)]), ['two Content-Lengths', post('Content-Length: 0\r\nContent-Length: 39')],
    ['an empty header name', post(': x\r\nContent-Length: 0', hidden)], ['a header name with a blank', post('X Y: 1\r\nContent-Length: 0', hidden)], ['a header without a colon', post('XY\r\nContent-Length: 0', hidden)], ['a header name with a bracket', post('X(Y): 1\r\nContent-Length: 0', hidden)],
    ...['\x01', '\0', '\x7f', '\x1b[31m', '\x08'].map((c) => [`${JSON.stringify(c)} in a value`, post(`X: a${c}b\r\nContent-Length: 0`, hidden)]), ['a CR in a value', post('X: a\rTransfer-Encoding: chunked\r\nContent-Length: 0', hidden)],
    ['two Hosts', Buffer.from(`POST ${target} HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)],
    ['65 headers', post(`${Array.from({ length: 65 }, (_, i) => `X-${i}: 1`).join('\r\n')}\r\nContent-Length: 0`, '')], ['a header name of 300 bytes', post(`${'X'.repeat(300)}: 1\r\nContent-Length: 0`, '')], ['a header of 9 KiB', post(`X: ${'x'.repeat(9216)}\r\nContent-Length: 0`, '')],
    ['HTTP/0.9', Buffer.from(`GET /healthz\r\n${hidden}`)], ['HTTP/2.0', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')], ['no version', line('GET /healthz HTTP/')], ['a method of its own', line('HACK /healthz HTTP/1.1')], ['a lower-case method', line('get /healthz HTTP/1.1')],
    ['a blank in the target', line('GET /heal thz HTTP/1.1')], ['a target of 1 MB', line(`GET /${'x'.repeat(1 << 20)} HTTP/1.1`)], ['a TLS hello', Buffer.from('16030100a5010000a10303', 'hex')], ['blank lines without end', Buffer.from('\r\n'.repeat(50_000))], ['zeros', Buffer.alloc(1000)], ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')], ['SMTP', Buffer.from('EHLO evil.example\r\n')],
  ].map(([what, bytes]) => [`${name}: ${what}`, closed, bytes]);
}

export function targetRows(world, name) {
  const none = '404 not_found';
  return [
    ['an absolute target', none, world.ask('GET', 'http://evil.example/healthz')], ['CONNECT', ['closed', none, '405 method_not_allowed'], world.ask('CONNECT', 'evil.example:443')], ['OPTIONS *', ['closed', none], world.ask('OPTIONS', '*')],
    ['a body in GET', 200, world.ask('GET', '/healthz', [['Content-Length', 0]])], ['TRACE', ['closed', '405 method_not_allowed'], world.ask('TRACE', '/healthz')], ['a fragment', ['closed', none], world.ask('GET', '/healthzx#y')],
    ['a promise of no body', 200, world.ask('GET', '/healthz', [['Upgrade', 'websocket'], ['Sec-WebSocket-Key', 'x']])],
  ].map(([what, ...row]) => [`${name}: ${what}`, ...row]);
}
