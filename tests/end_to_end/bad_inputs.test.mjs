// What a stranger, a broken client or an attacker may send: the stated answer, quickly, and nothing else happens.
// The tables are in bad_inputs/, by theme; each row's status comes from the contract.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { framingRows, targetRows, whoRows } from './bad_inputs/headers.mjs';
import { jsonRows, ruleRows } from './bad_inputs/json_bodies.mjs';
import { pathRows, webhookPathRows } from './bad_inputs/paths.mjs';
import { queryRows } from './bad_inputs/queries.mjs';
import { webhookRows } from './bad_inputs/webhooks.mjs';
import { customer, runTable, World } from './bad_inputs/world.mjs';
import { addCompany, postWebhook, startGateway } from './lib/gateway.mjs';

const injection = '</Message><Redirect>http://evil.example</Redirect><Message>&"\'';
const jwtSecret = 'canary-jwt-secret-0123456789-0123456789';
const password = 'canary correct horse battery';
const mebibytes = 16; // what a second run of thousands of rows may add; 1 MiB for a single one would drown in it

describe('bad inputs', () => {
  let gateway, world, secrets, session, stored;
  const tables = new Map();

  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8'))[1]) / 1024;
  const log = () => gateway.process.output.split('\n').filter(Boolean);
  const now = async () => Promise.all([`/api/companies/${world.company.id}`, world.config, '/api/companies', '/api/admin/keys', '/api/admin/users']
    .map(async (path) => (await gateway.call('GET', path)).text.replace(/"lastUsedAt":[^,}]*/g, '')));

  async function good() {
    const answer = await postWebhook(gateway, world.company, '/api/twilio/sms', world.sms('good'));
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await gateway.call('GET', '/api/companies')).status, 200);
  }

  /** Runs a theme of rows; they are kept and run once more at the end. */
  async function theme(name, listener, rows) {
    tables.set(name, [gateway[listener], rows]);
    const lines = log().length;
    await runTable(world, gateway[listener], rows, secrets);
    assert.ok(log().length - lines <= rows.length, `more than a line of the log for each row: ${log().slice(lines, lines + 5).join('\n')}`);
    await good();
  }

  before(async () => {
    // A small quarantine, or AddressSanitizer's own memory would hide the gateway's.
    gateway = await startGateway({ ASAN_OPTIONS: 'detect_leaks=0:quarantine_size_mb=4:thread_local_quarantine_size_kb=64', TRUNKLINE_JWT_ALGORITHM: 'HS256', TRUNKLINE_JWT_SECRET: jwtSecret });
    const company = await addCompany(gateway, { callRoutingMode: 'forward', forwardNumber: '+12125550988', whisperMessage: injection, autoReply: injection });
    world = new World(gateway, company, await addCompany(gateway));
    const key = async (role) => (await gateway.call('POST', '/api/admin/keys', { role, companyId: company.id })).json.key;
    world.keys = { admin: await key('company_admin'), viewer: await key('company_viewer') };
    assert.equal((await gateway.call('POST', '/api/admin/users', { user: 'ana', password, role: 'platform_admin' })).status, 201);
    const signedIn = await gateway.call('POST', '/api/session', { user: 'ana', password });
    session = { cookie: signedIn.headers.get('set-cookie').split(';')[0], csrf: signedIn.json.csrfToken };
    const masterKey = readFileSync(join(gateway.folder, 'master.key'), 'utf8').trim().split(':').at(-1);
    secrets = Object.entries({ 'the auth token': company.authToken, "another's auth token": world.other.authToken, 'the admin key': gateway.adminKey, 'the master key': masterKey, 'the JWT secret': jwtSecret, 'a password': password,
      "an admin's key": world.keys.admin, "a viewer's key": world.keys.viewer, 'a session': session.cookie.split('=')[1], 'a CSRF token': session.csrf });
    await good();
    stored = await now();
  });
  after(async () => {
    const { code } = await gateway.stop();
    assert.equal(code, 0, gateway.process.output.slice(-2000));
  });

  test('webhooks_that_are_not_twilios_or_not_well_formed [C1 C2 C3]', () => theme('webhooks', 'webhooks', webhookRows(world)));
  test('json_of_a_wrong_shape_is_400_with_the_field [C9 C12]', () => theme('JSON', 'api', jsonRows(world)));
  test('what_is_against_a_rule_is_409_412_or_422 [C9 C10 C13]', () => theme('rules', 'api', ruleRows(world)));
  test('query_strings', async () => theme('queries', 'api', await queryRows(world)));
  test('paths_ids_and_methods_of_the_api [C12]', () => theme('paths', 'api', pathRows(world, world.keys)));
  test('paths_and_methods_of_the_webhooks_listener', () => theme('webhook paths', 'webhooks', webhookPathRows(world)));
  test('keys_tokens_cookies_and_idempotency_keys [C11 C12]', () => theme('who', 'api', whoRows(world, { jwtSecret, session })));

  for (const [name, target] of [['webhooks', '/api/twilio/voice'], ['api', '/api/session']]) {
    test(`no_second_request_can_be_smuggled_into_the_listener_of_${name}`, () => theme(`framing ${name}`, name, framingRows(name, target)));
    test(`strange_targets_at_the_listener_of_${name}`, () => theme(`targets ${name}`, name, targetRows(world, name)));
  }

  test('nothing_of_all_that_was_stored', async () => assert.deepEqual(await now(), stored));

  test('all_of_it_again_and_the_memory_is_what_it_was', { timeout: 120_000 }, async () => {
    const rows = [...tables.values()].flatMap(([, theme]) => theme);
    assert.equal(new Set(rows.map(([what]) => what)).size, rows.length, `twice: ${rows.map(([what]) => what).filter((what, i, all) => all.indexOf(what) !== i).slice(0, 5)}`);
    assert.ok(rows.length >= 400, `${rows.length} rows`);
    const before = rss();
    for (const [url, rows] of tables.values()) await runTable(world, url, rows, secrets);
    const grown = rss() - before;
    console.log(`${rows.length} bad inputs, twice: ${[...tables].map(([name, [, rows]]) => `${rows.length} ${name}`).join(', ')}; the second time added ${grown.toFixed(1)} MiB to ${before.toFixed(0)}`);
    assert.ok(grown < mebibytes, `the gateway's memory grew by ${grown.toFixed(1)} MiB`);
    await good();
  });

  test('the_same_event_a_thousand_times_at_once_is_one_event', async () => {
    const params = world.sms('once only');
    const answers = [];
    await Promise.all(Array.from({ length: 50 }, async () => {
      for (let i = 0; i < 20; ++i) answers.push(await postWebhook(gateway, world.company, '/api/twilio/sms', params, { headers: { 'i-twilio-idempotency-token': `${i}-${Math.random()}` } }));
    }));
    assert.deepEqual([answers.length, ...new Set(answers.map((a) => a.status))], [1000, 200]);
    assert.equal(new Set(answers.map((a) => a.text)).size, 1);
    const { data } = (await gateway.call('GET', `/api/companies/${world.company.id}/messages?limit=200`)).json;
    assert.equal(data.filter((m) => m.content === 'once only').length, 1);
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

  test('nothing_of_all_that_was_told', () => {
    const said = (what) => log().filter((line) => line.includes(what)).slice(0, 3).join('\n');
    for (const [what, text] of [...secrets, ["a customer's number", customer.slice(2)], ['the forward number', '2125550988'], ['what was sent', 'DROP TABLE']])
      assert.equal(said(text), '', what);
    for (const line of log()) assert.doesNotThrow(() => JSON.parse(line), line);
  });
});
