// Everything that can be done with a secret, rightly and wrongly. Each function leaves its secrets known to the world.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import twilio from 'twilio';
import { addAccount, publicUrl, smsParams, voiceParams } from '../lib/gateway.mjs';
import { tempFolder, until } from '../lib/process.mjs';

const json = { 'content-type': 'application/json' };
let numbers = 0;

/** A company with every credential there is; its account is known to Twilio. */
export async function addCompany({ gateway, secret, sim }, companyName, more = {}) {
  const account = { accountSid: `AC${randomBytes(16).toString('hex')}`, authToken: secret(`the token of ${companyName}`), apiKey: secret(`the API key of ${companyName}`, `SK${randomBytes(16).toString('hex')}`), apiSecret: secret(`the API secret of ${companyName}`) };
  const number = `+1212556${1000 + numbers++}`;
  await addAccount(sim, account, [number]);
  const made = await gateway.call('POST', '/api/companies', { companyName });
  assert.equal(made.status, 201, made.text);
  const config = `/api/companies/${made.json.id}/twilio/config`;
  const next = secret(`the next token of ${companyName}`);
  const stored = await gateway.call('PUT', config, { ...account, nextAuthToken: next, phoneNumbers: [{ phoneNumber: number, isPrimary: true }], callRoutingMode: 'voicemail', ...more });
  assert.equal(stored.status, 200, stored.text);
  assert.deepEqual(['authTokenSet', 'nextAuthTokenSet', 'apiKeySet', 'apiSecretSet'].map((name) => stored.json[name]), [true, true, true, true]);
  return { id: made.json.id, number, config, next, ...account, hooks: new URL(stored.json.webhookUrls.voice).pathname.replace(/\/voice$/, '') };
}

/** Right, with the next token, wrong, and unsigned; what each should have had is a secret, too. */
export async function webhooks({ canaries, post }, company) {
  for (const [path, params] of [['/api/twilio/voice', voiceParams(company)], ['/api/twilio/sms', smsParams(company, 'hello')], [`${company.hooks}/status`, voiceParams(company, { CallStatus: 'completed' })], [`${company.hooks}/dial/0`, voiceParams(company, { DialCallStatus: 'busy' })]]) {
    const expected = canaries.addSignature(twilio.getExpectedTwilioSignature(company.authToken, publicUrl + path, params));
    canaries.addSignature(twilio.getExpectedTwilioSignature(company.next, publicUrl + path, params));
    assert.equal((await post(company, path, params, { signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' })).status, 403);
    assert.equal((await post(company, path, params, { signature: null })).status, 403);
    assert.equal((await post(company, path, params, { signature: expected, headers: { 'content-type': 'text/plain' } })).status, 415);
    assert.ok((await post({ ...company, authToken: company.next }, path, params)).status < 300);
    assert.ok((await post(company, path, params)).status < 300);
  }
}

/** The next token becomes the current one, and the one before opens nothing. */
export async function rotate({ gateway, sim, secret, post }, company) {
  await sim.accounts({ sid: company.accountSid, authToken: company.next });
  const promoted = await gateway.call('PUT', company.config, { promoteNextAuthToken: true });
  assert.equal(promoted.status, 200, promoted.text);
  assert.equal((await post(company, '/api/twilio/voice', voiceParams(company))).status, 403);
  company.authToken = company.next;
  company.next = secret('a second next token');
  assert.equal((await gateway.call('PUT', company.config, { nextAuthToken: company.next })).status, 200);
}

/** Credentials that Twilio refuses, a Twilio that is slow, broken, away, and one that repeats what it was sent: for a
 * company of their own, because Twilio is left alone for a while after that. */
export async function refusedCredentials(world) {
  const { gateway, mirror, sim, secret } = world;
  const company = await addCompany(world, 'Gamma');
  const wrong = async (what, codes) => {
    const answer = await gateway.call('PUT', company.config, { apiKey: null, apiSecret: null, authToken: secret(`a token for ${what}`) });
    assert.ok(codes.includes(answer.json.code), `${what}: ${answer.text}`);
    const keys = await gateway.call('PUT', company.config, { apiKey: secret(`an API key for ${what}`, `SK${randomBytes(16).toString('hex')}`), apiSecret: secret(`an API secret for ${what}`) });
    assert.ok(codes.includes(keys.json.code), `${what}: ${keys.text}`);
    await gateway.call('POST', `/api/companies/${company.id}/twilio/test`);
    await gateway.call('POST', '/api/admin/notifications/dependency-health/run', { companyId: company.id });
  };
  await wrong('a wrong token', ['twilio_credentials_rejected']);
  mirror.repeats = true;
  await wrong('a Twilio that repeats', ['twilio_credentials_rejected']);
  mirror.repeats = false;
  mirror.away = true;
  await wrong('a Twilio that is away', ['twilio_unreachable']);
  mirror.away = false;
  for (const [what, rule] of [['an error', { action: 'status', status: 500 }], ['a cut answer', { action: 'truncate' }], ['a reset', { action: 'reset_after' }], ['a slow one', { action: 'delay', delay_ms: 300 }]]) {
    await sim.faults({ match: { path_contains: company.accountSid }, ...rule });
    await wrong(what, ['twilio_unreachable', 'twilio_credentials_rejected']);
    await sim.noFaults();
  }
  assert.equal((await gateway.call('PUT', company.config, { phoneNumbers: [] })).status, 200);
  assert.equal((await gateway.call('DELETE', `/api/companies/${company.id}`)).status, 204);
}

/** Secrets where they do not belong: cut JSON, other fields, queries, paths, headers. Nothing of it is stored or told. */
export async function wrongPlaces({ gateway, raw, secret, post }, company) {
  const lost = secret('a secret in a wrong place'), plain = secret('a plain secret in a wrong place', `cnry-lost-${randomBytes(12).toString('hex')}`);
  const authorization = `Bearer ${gateway.adminKey}`;
  const quoted = JSON.stringify(lost);
  const bodies = [`{"authToken":${quoted}`, `{"authToken":${quoted.slice(0, -1)}`, `{"authToken":${quoted}}${quoted}`, quoted, `[${quoted}]`, `{"authToken":{"x":${quoted}}}`, `{"authToken":[${quoted}]}`, `authToken=${lost}`, `{"authToken":${quoted},"authToken":${quoted}}`,
    ...['accountSid', 'apiKey', 'phoneNumber', 'callRoutingMode', 'rateLimit', 'dailySpendCap', 'allowedCountries', 'mockMode', 'forwardTimeoutSeconds', 'signatureMode', 'quietHours', 'voicemail'].map((name) => `{"${name}":${quoted}}`), `{"agent":{"url":${quoted},"voice":{"voiceId":${quoted}}},"voicemail":{"greetingUrl":${quoted},"language":${quoted}}}`];
  for (const body of bodies) assert.equal((await raw('PUT', company.config, { body, headers: { authorization, ...json } })).status, 400, body);
  for (const [path, body] of [['/api/session', `{"user":${quoted},"password":{"x":${quoted}}}`], ['/api/admin/users', `{"user":${quoted},"password":${quoted},"role":${quoted}}`], ['/api/admin/keys', `{"role":${quoted}}`], ['/api/companies', `{"companyName":5,"country":${quoted},"timeZone":${quoted},"menuUrl":${quoted}}`]])
    assert.equal((await raw('POST', path, { body, headers: { authorization, ...json } })).status, 400, path);
  const query = encodeURIComponent(lost);
  for (const target of [`/api/companies?key=${query}`, `/api/companies?phoneNumber=${query}`, `/api/companies?cursor=${query}`, `/api/companies?limit=${query}`, `/api/companies/${query}`, `${company.config}/${query}`, `/api/admin/actors?kind=${query}`, `/api/admin/audit?after=${query}`, `/api/companies/${company.id}/calls/${query}`, `/api/companies/${company.id}/usage?from=${query}`, `/${query}`])
    assert.ok((await raw('GET', target, { headers: { authorization } })).status >= 400, target);
  for (const headers of [{ authorization: `Bearer ${lost}` }, { authorization: `Basic ${btoa(`admin:${lost}`)}` }, { authorization: lost }, { cookie: `trunkline_session=${plain}` }, { cookie: `trunkline_session=ts_${plain}`, 'x-csrf-token': plain }, { authorization: `Bearer ${plain}.${plain}.${plain}` }])
    assert.equal((await raw('GET', '/api/companies', { headers })).status, 401);
  for (const headers of [{ 'x-company-id': plain }, { 'if-match': `"${plain}"` }, { 'x-request-id': plain }, { 'user-agent': plain }, { referer: plain }])
    await raw('PUT', company.config, { body: '{"mockMode":5}', headers: { authorization, ...json, ...headers } });
  const params = voiceParams(company);
  for (const more of [{ AccountSid: lost }, { CallSid: lost }, { To: lost }, { SequenceNumber: lost }]) await post(company, '/api/twilio/voice', { ...params, ...more });
  for (const path of [`/hooks/${query}/voice`, `/api/twilio/voice?token=${query}`, `/${query}`]) await post(company, path, params, { signature: lost });
  await post(company, '/api/twilio/voice', params, { body: `x=%zz&token=${lost}` });
}

/** Keys, tokens and sessions: made, used, mistyped, replayed, revoked. */
export async function access({ gateway, raw, secret, token, canaries }, company) {
  const as = (bearer, method = 'GET', path = '/api/companies') => raw(method, path, { headers: { authorization: `Bearer ${bearer}` } });
  const replayed = { 'idempotency-key': 'once' };
  for (const role of ['platform_admin', 'company_admin']) {
    const body = { role, label: 'ci', ...(role === 'platform_admin' ? {} : { companyId: company.id }) };
    const made = await gateway.call('POST', '/api/admin/keys', body, role === 'platform_admin' ? replayed : {});
    assert.equal(made.status, 201, made.text);
    assert.equal((await as(made.json.key)).status, 200);
    assert.equal((await as(`${made.json.key}x`)).status, 401);
    if (role === 'platform_admin') assert.equal((await gateway.call('POST', '/api/admin/keys', body, replayed)).json.id, made.json.id);
    await gateway.call('GET', '/api/admin/keys');
    assert.equal((await gateway.call('DELETE', `/api/admin/keys/${made.json.id}`)).status, 204);
    assert.equal((await as(made.json.key)).status, 401);
  }
  const good = token({ role: 'platform_admin' });
  assert.equal((await as(good)).status, 200);
  assert.equal((await as(`${good.slice(0, -3)}abc`)).status, 401);
  assert.equal((await as(token({ role: 'platform_admin', exp: 1 }))).status, 401);
  const password = secret('a password'), user = 'ana';
  assert.equal((await gateway.call('POST', '/api/admin/users', { user, password, role: 'company_admin', companyId: company.id })).status, 201);
  assert.equal((await gateway.call('POST', '/api/session', { user, password: secret('a wrong password') })).status, 401);
  const signedIn = await gateway.call('POST', '/api/session', { user, password });
  const cookie = signedIn.headers.get('set-cookie').split(';')[0];
  const own = (method, path, headers, body) => raw(method, path, { body, headers: { cookie, ...headers } });
  assert.equal((await own('GET', `/api/companies/${company.id}`)).status, 200);
  assert.equal((await own('GET', '/api/session')).status, 200);
  assert.equal((await own('PATCH', `/api/companies/${company.id}`, { ...json, 'x-csrf-token': 'wrong' }, '{}')).status, 403);
  assert.equal((await own('PATCH', `/api/companies/${company.id}`, { ...json, 'x-csrf-token': signedIn.json.csrfToken }, '{}')).status, 200);
  const stays = await gateway.call('POST', '/api/session', { user, password }); // one more that is not signed out
  assert.equal(stays.status, 200);
  assert.equal((await own('DELETE', '/api/session', { 'x-csrf-token': signedIn.json.csrfToken })).status, 204);
  assert.ok(canaries.count > 20);
}

/** Everything that can be read. */
export async function readAll({ gateway, raw, canaries }, companies) {
  for (const path of ['/api/companies', '/api/admin/actors', '/api/admin/audit?limit=200', '/api/admin/keys', '/api/admin/users', '/api/admin/numbers/conflicts', '/api/admin/notifications/alerts', '/api/admin/notifications/dependency-health', '/api/openapi.json', '/healthz', '/readyz',
    ...companies.flatMap(({ id }) => ['', '/twilio/config', '/readiness', '/numbers', '/calls', '/messages', '/usage', '/alerts'].map((tail) => `/api/companies/${id}${tail}`))])
    assert.equal((await gateway.call('GET', path)).status, 200, path);
  for (const company of companies) for (const { id } of (await gateway.call('GET', `/api/companies/${company.id}/calls`)).json.data) await gateway.call('GET', `/api/companies/${company.id}/calls/${id}`);
  canaries.search('metrics', '/metrics', (await raw('GET', '/metrics')).text);
}

/** The alert of a failing account, and of a company whose handler always throws. */
export async function alerts(world, company) {
  const { gateway, sim, receiver, post, secret } = world;
  await sim.accounts({ sid: company.accountSid, authToken: secret('a token that only Twilio knows') });
  await gateway.call('PUT', company.config, { apiKey: null, apiSecret: null });
  const health = () => gateway.call('POST', '/api/admin/notifications/dependency-health/run', { companyId: company.id });
  await until(async () => (await health()).json.dependencies[0].message === 'Twilio authentication failed', 'refused by Twilio');
  await until(() => receiver.letters > 0, 'a letter that is not taken');
  await sim.accounts({ sid: company.accountSid, authToken: company.authToken });
  gateway.env.TRUNKLINE_TESTING_FAILING_COMPANY = company.id;
  await world.again('SIGTERM');
  await until(async () => {
    assert.equal((await post(company, '/api/twilio/voice', voiceParams(company))).status, 200);
    return (await gateway.call('GET', `/api/companies/${company.id}`)).json.state === 'quarantined';
  }, 'quarantined');
  await gateway.call('GET', '/api/admin/actors?state=quarantined');
  assert.equal((await gateway.call('POST', `/api/companies/${company.id}/quarantine/release`)).status, 200);
  delete gateway.env.TRUNKLINE_TESTING_FAILING_COMPANY;
  await world.again('SIGKILL');
}

/** Settings that are refused at start-up: what is said names the setting, not the value. */
export async function refusedStarts({ secret, trunkline, environment }) {
  const folder = tempFolder();
  const refused = async (what, env, files = {}) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    const args = files['node.toml'] ? ['-c', join(folder, 'node.toml')] : [];
    for (const command of ['check', 'serve']) {
      const ended = await trunkline([command, ...args], { env: { TRUNKLINE_DATA_DIR: folder, ...env } });
      if (command === 'serve') assert.equal(ended.code, 1, `${what}: ${ended.output}`);
      assert.ok(ended.output.length > 10, what);
    }
  };
  const short = () => secret('a setting that is refused', `cnry-${randomBytes(6).toString('hex')}`);
  await refused('a short JWT secret', { TRUNKLINE_JWT_SECRET: short() });
  await refused('a long admin key', { TRUNKLINE_ADMIN_KEY: secret('a long admin key', `cnry-${randomBytes(80).toString('hex')}`) });
  await refused('a master key that is none', { TRUNKLINE_MASTER_KEY: short() });
  await refused('a master key of 31 bytes', { TRUNKLINE_MASTER_KEY: `1:${secret('31 bytes', randomBytes(31).toString('hex'))}` });
  await refused('an alert secret that is none', { TRUNKLINE_ALERTS_WEBHOOK_SECRET: `whsec_${short()}` });
  await refused('a database of no kind', { TRUNKLINE_DATABASE: `mysql://root:${short()}@127.0.0.1/x` });
  await refused('a database that is not there', { TRUNKLINE_DATABASE: `postgresql://trunkline:${short()}@127.0.0.1:1/x` });
  await refused('a database URL that is none', { TRUNKLINE_DATABASE: `postgresql://trunkline:${short()}@127.0.0.1:port/x?y` });
  await refused('a variable of that name', { TRUNKLINE_AUTH_TOKEN: short() });
  const toml = (text) => ({ 'node.toml': text });
  const own = { TRUNKLINE_ADMIN_KEY: environment.TRUNKLINE_ADMIN_KEY };
  await refused('TOML with quotes open', own, toml(`admin_key = "${short()}\n`));
  await refused('TOML without quotes', own, toml(`admin_key = ${short()}\n`));
  await refused('TOML of another kind', own, toml(`[jwt]\nsecret = ["${short()}"]\n`));
  await refused('TOML with the key twice', own, toml(`admin_key = "${short()}"\nadmin_key = "${short()}"\n`));
  await refused('an unknown TOML key', own, toml(`auth_token = "${short()}"\n`));
}
