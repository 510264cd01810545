// Bad paths, ids and methods on both listeners, and whose company it is.
const none = '404 not_found';
const noCompany = '404 company_not_found';
const notAllowed = '405 method_not_allowed';
const forbidden = '403 forbidden';

const ids = ['co_nobody00', 'co_', 'x', '0', '-1', 'null', "co_'%20OR%201=1--", '%3Cscript%3E', '..%5c..%5cwin.ini', '%F0%9F%91%8B', 'co_*', 'x'.repeat(4000)];
const unclean = ['%00', 'co_%00', '%FF', '%C0%AF', '%ED%A0%80'];

/** Every operation of a company: [method, path behind the company, a good body] */
const ofCompany = [
  ['GET', ''], ['PATCH', '', '{"companyName":"A"}'], ['DELETE', ''], ['GET', '/readiness'], ['GET', '/twilio/config'], ['PUT', '/twilio/config', '{"mockMode":true}'], ['GET', '/numbers'],
  ['POST', '/numbers', '{"phoneNumber":"+12125550103"}'], ['POST', '/twilio/test'], ['GET', '/calls'], ['GET', '/calls/call_nobody0'], ['GET', '/calls/call_nobody0/recording'], ['GET', '/messages'], ['GET', '/usage'], ['POST', '/quarantine/release'], ['GET', '/alerts'],
];
const platformOnly = [
  ['POST', '/api/companies', '{"companyName":"A"}'], ['GET', '/api/admin/actors'], ['GET', '/api/admin/notifications/alerts'], ['POST', '/api/admin/notifications/alerts/al_nobody00/acknowledge'],
  ['GET', '/api/admin/notifications/dependency-health'], ['POST', '/api/admin/notifications/dependency-health/run'], ['GET', '/api/admin/audit'], ['GET', '/api/admin/numbers/conflicts'], ['POST', '/api/admin/keys', '{"role":"platform_admin"}'],
  ['GET', '/api/admin/keys'], ['DELETE', '/api/admin/keys/key_nobody00'], ['POST', '/api/admin/master-key/rotate'], ['POST', '/api/admin/users', '{"user":"eve","password":"correct horse battery","role":"platform_admin"}'], ['GET', '/api/admin/users'], ['DELETE', '/api/admin/users/eve'],
];
const writes = ofCompany.filter(([method, path]) => method !== 'GET' && !(method === 'DELETE' && path === ''));

const methods = {
  '/healthz': ['POST', 'PUT', 'DELETE', 'PATCH'], '/readyz': ['POST', 'DELETE'], '/metrics': ['POST', 'PUT', 'DELETE'], '/api/openapi.json': ['POST', 'PUT', 'DELETE'], '/api/session': ['PUT', 'PATCH'],
  '/api/companies': ['PUT', 'PATCH', 'DELETE'], '/api/companies/{id}': ['POST', 'PUT'], '/api/companies/{id}/readiness': ['POST', 'DELETE'], '/api/companies/{id}/twilio/config': ['POST', 'PATCH', 'DELETE'], '/api/companies/{id}/twilio/test': ['GET', 'PUT'],
  '/api/companies/{id}/numbers': ['PUT', 'DELETE'], '/api/companies/{id}/calls': ['POST', 'DELETE'], '/api/companies/{id}/calls/call_nobody0': ['POST', 'DELETE'], '/api/companies/{id}/messages': ['PUT', 'DELETE'], '/api/companies/{id}/usage': ['POST'],
  '/api/companies/{id}/alerts': ['POST'], '/api/companies/{id}/quarantine/release': ['GET', 'DELETE'], '/api/admin/actors': ['POST', 'DELETE'], '/api/admin/audit': ['POST', 'DELETE', 'PUT'], '/api/admin/keys': ['PUT'], '/api/admin/users': ['PUT', 'DELETE'],
  '/api/admin/keys/key_nobody00': ['GET', 'PUT'], '/api/admin/master-key/rotate': ['GET', 'DELETE'], '/api/admin/notifications/alerts': ['POST'], '/api/admin/notifications/dependency-health/run': ['GET', 'PUT'], '/api/admin/numbers/conflicts': ['POST'],
};

const strange = ['/', '/api', '/api/', '//', '//api/companies', '/api//companies', '/api/companies/', '/API/companies', '/api/Companies', '/api/companies%2f', '/api%2fcompanies', '/api/companies;x=1', '/api/companies.json', '/api/..;/admin/actors', '/api/../api/companies',
  '/api/companies/../../etc/passwd', '/api/companies/%2e%2e/%2e%2e/etc/passwd', '/api/companies/%252e%252e/x/y', '/..%5c..%5cwin.ini', '/%2e%2e/', '/.env', '/.git/config', '/wp-login.php', '/admin', '/console/../admin.key', '/admin.key', '/master.key', '/trunkline.db', '/server-status', '/actuator/env', '/cgi-bin/sh',
  '/healthz/', '/healthz/x', '/healthz%00', '/healthz%20', '/%68ealthz/x', '/api/openapi.yaml', '/hooks', '/hooks/', '/hooks//voice', '/favicon.ico', `/${'a/'.repeat(3000)}`, `/${'%41'.repeat(2000)}`, '/%', '/%zz', '/\xff\xfe', '/%F0%9F%91%8B', '/api/twilio', '/api/twilio/fax', '/api/webhooks/', '/api/twilio/voice/', '/api/twilio/voice%00'];

export function pathRows(world, keys) {
  const { id } = world.company;
  const as = (key) => ['Authorization', `Bearer ${key}`];
  const ask = (method, target, body, key = world.key) => (body ? world.send(method, target, body, [key, ['Content-Type', 'application/json']]) : world.ask(method, target, [key]));
  const rows = [];
  for (const [method, tail, body] of ofCompany) {
    const of = (company) => `/api/companies/${company}${tail}`;
    const name = `${method} {company}${tail}`;
    rows.push(...ids.map((each) => [`${name}: ${each.slice(0, 30)}`, noCompany, ask(method, of(each), body)]));
    rows.push(...unclean.map((each) => [`${name}: ${each}`, [none, noCompany], ask(method, of(each), body)]));
    for (const role of name === 'DELETE {company}' ? [] : ['admin', 'viewer']) // an absent and a foreign company are one and the same
      rows.push(...[['another company', world.other.id], ['no company', 'co_nobody00']].map(([what, each]) => [`${name}: ${what} with a company's ${role} key`, noCompany, ask(method, of(each), body, as(keys[role]))]));
    rows.push([`${name}: without a key`, '401 unauthenticated', body ? world.send(method, of(id), body, [['Content-Type', 'application/json']]) : world.ask(method, of(id), [])]);
  }
  for (const [method, path, body] of platformOnly) {
    rows.push(...['admin', 'viewer'].map((role) => [`${method} ${path}: a company's ${role} key`, forbidden, ask(method, path, body, as(keys[role]))]));
    rows.push([`${method} ${path}: without a key`, '401 unauthenticated', body ? world.send(method, path, body, [['Content-Type', 'application/json']]) : world.ask(method, path, [])]);
  }
  rows.push(...['admin', 'viewer'].flatMap((role) => [world.company.id, world.other.id, 'co_nobody00'].map((each) => [`DELETE ${each} with a company's ${role} key`, forbidden, ask('DELETE', `/api/companies/${each}`, '', as(keys[role]))])));
  rows.push(...writes.map(([method, tail, body]) => [`${method} {company}${tail}: a viewer's key`, forbidden, ask(method, `/api/companies/${id}${tail}`, body, as(keys.viewer))]));
  for (const [what, method, path] of [['call', 'GET', `/api/companies/${id}/calls/`], ['recording', 'GET', `/api/companies/${id}/calls/`], ['key', 'DELETE', '/api/admin/keys/'], ['user', 'DELETE', '/api/admin/users/'], ['alert', 'POST', '/api/admin/notifications/alerts/']]) {
    const tail = { recording: '/recording', alert: '/acknowledge' }[what] ?? '';
    rows.push(...[...ids, ...unclean, world.other.id, '..', '.', '%2e%2e'].map((each) => [`${what} ${each.slice(0, 30)}`, none, ask(method, `${path}${each}${tail}`)]));
  }
  for (const [path, wrong] of Object.entries(methods))
    rows.push(...wrong.map((method) => [`${method} ${path}`, notAllowed, ask(method, path.replace('{id}', id))]));
  rows.push(...['TRACE', 'PROPFIND', 'OPTIONS'].map((method) => [`${method} /api/companies`, ['closed', notAllowed], ask(method, '/api/companies')]));
  rows.push(['method override', notAllowed, world.ask('POST', '/metrics', [world.key, ['X-HTTP-Method-Override', 'GET']])], ['an override to DELETE', 200, world.ask('GET', `/api/companies/${id}`, [world.key, ['X-HTTP-Method-Override', 'DELETE'], ['X-Method-Override', 'DELETE']])]);
  const webhooksOnly = ['/api/twilio/voice', '/api/twilio/sms', '/api/webhooks/whatsapp', `${world.company.hooks}/voice`, `${world.company.hooks}/status`];
  rows.push(...[...strange, ...webhooksOnly].map((path) => [`GET ${path.slice(0, 60)}`, none, ask('GET', path)]));
  rows.push(...webhooksOnly.map((path) => [`a signed webhook to the API: ${path.replace(world.company.hooks, '/hooks/{token}')}`, none, world.webhook(path, world.call())]));
  return rows;
}

/** The listener that the Internet reaches serves webhooks and nothing of the API. */
export function webhookPathRows(world) {
  const api = ['/metrics', '/api/openapi.json', '/api/session', '/api/companies', `/api/companies/${world.company.id}`, world.config, '/api/admin/actors', '/api/admin/keys', '/api/admin/audit', '/api/admin/users'];
  const listed = strange.filter((path) => path !== '/api/twilio/voice%00');
  return [
    ...[...listed, ...api].map((path) => [`webhooks: GET ${path.slice(0, 60)}`, none, world.ask('GET', path)]),
    ...[...listed, ...api].map((path) => [`webhooks: POST ${path.slice(0, 60)}`, none, world.webhook(path, world.call())]),
    ...['POST', 'PUT', 'DELETE', 'PATCH'].map((method) => [`webhooks: ${method} /healthz`, notAllowed, world.ask(method, '/healthz', [])]),
    ...['fax', 'VOICE', 'voice/', 'voice/x', 'dial', 'dial/', 'dial/0/', '', '..%2fvoice'].map((name) => [`webhooks: {token}/${name}`, none, world.webhook(`${world.company.hooks}/${name}`, world.call())]),
  ];
}
