// What an operator does to a node that runs: looks at its process, changes its log, gives it another key.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addCompany, startGateway } from './lib/gateway.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { tempFolder, until } from './lib/process.mjs';

test('secrets_of_the_environment_are_not_seen_in_proc', async () => {
  const secrets = { TRUNKLINE_ADMIN_KEY: 'canary-admin-key-0123456789', TRUNKLINE_MASTER_KEY: 'ca'.repeat(32),
    TWILIO_ACCOUNT_SID: `AC${'0f'.repeat(16)}`, TWILIO_AUTH_TOKEN: 'canary-platform-token', TRUNKLINE_JWT_ALGORITHM: 'HS256',
    TRUNKLINE_JWT_SECRET: 'canary-jwt-secret-0123456789-0123456789' };
  const gateway = await startGateway(secrets);
  const environ = readFileSync(`/proc/${gateway.process.pid}/environ`, 'latin1');
  const cmdline = readFileSync(`/proc/${gateway.process.pid}/cmdline`, 'latin1');
  assert.ok(environ.includes('TRUNKLINE_ADMIN_KEY='), 'this is not its environment');
  for (const [name, value] of Object.entries(secrets)) {
    if (['TWILIO_ACCOUNT_SID', 'TRUNKLINE_JWT_ALGORITHM'].includes(name)) continue;
    assert.ok(!environ.includes(value) && !cmdline.includes(value), name);
  }
  assert.equal((await gateway.call('GET', '/api/companies')).status, 200); // they were read before
  gateway.process.child.kill('SIGHUP'); // and are still known
  await until(() => /SIGHUP/.test(gateway.process.output), 'the signal is seen');
  assert.equal((await gateway.call('GET', '/api/companies')).status, 200);
  assert.equal((await gateway.stop()).code, 0, gateway.process.output);
});

test('sighup_changes_the_level_and_the_format_of_the_log_and_keeps_them_when_the_file_is_wrong', async () => {
  const config = join(tempFolder(), 'node.toml');
  writeFileSync(config, '[log]\nlevel = "info"\nformat = "json"\n');
  const gateway = await startGateway({ TRUNKLINE_LOG_FORMAT: undefined }, { arguments: ['-c', config] });
  const hup = () => gateway.process.child.kill('SIGHUP');
  writeFileSync(config, '[log]\nlevel = "debug"\nformat = "text"\n');
  hup();
  await until(() => / debug .*are as configured/.test(gateway.process.output), 'a debug line as text');
  writeFileSync(config, '[log]\nlevel = "loud"\n');
  hup();
  await until(() => /the configuration stays as it is: node\.toml:2: log\.level/.test(gateway.process.output), 'the refusal');
  const seen = gateway.process.output.length;
  writeFileSync(config, '[log]\nlevel = "warn"\nformat = "json"\n');
  hup();
  await until(() => /SIGHUP/.test(gateway.process.output.slice(seen)), 'the signal is seen');
  assert.equal((await gateway.call('GET', '/api/companies')).status, 200);
  assert.equal((await gateway.stop()).code, 0);
  assert.ok(!/"level":"info"|stopped/.test(gateway.process.output.slice(seen)), gateway.process.output);
});

test('sighup_brings_another_key_of_tokens', async () => {
  const folder = tempFolder();
  const file = join(folder, 'jwt.pem');
  const pairs = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const publish = ({ publicKey }) => writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
  const token = ({ privateKey }) => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ sub: 'ops', role: 'platform_admin', exp: Math.floor(Date.now() / 1000) + 600 })}`;
    return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  publish(pairs[0]);
  const gateway = await startGateway({ TRUNKLINE_JWT_ALGORITHM: 'ES256', TRUNKLINE_JWT_PUBLIC_KEY_FILE: file });
  const may = async (pair) => (await gateway.call('GET', '/api/companies', undefined, { authorization: `Bearer ${token(pair)}` })).status;
  assert.deepEqual([await may(pairs[0]), await may(pairs[1])], [200, 401]);
  publish(pairs[1]);
  gateway.process.child.kill('SIGHUP');
  await until(async () => (await may(pairs[1])) === 200, 'the other key');
  assert.equal(await may(pairs[0]), 401);
  writeFileSync(file, 'no key at all');
  gateway.process.child.kill('SIGHUP');
  await until(() => /the key of JSON Web Tokens stays as it is/.test(gateway.process.output), 'the refusal');
  assert.equal(await may(pairs[1]), 200);
  assert.equal((await gateway.stop()).code, 0);
});

test('a_second_node_takes_a_rotated_key_by_sighup', async () => {
  const server = await startPostgres();
  try {
    await server.createDatabase('trunkline');
    const first = await startGateway({ TRUNKLINE_DATABASE: server.url('trunkline') });
    const company = await addCompany(first, { callRoutingMode: 'voicemail' });
    const keys = join(tempFolder(), 'master.key');
    writeFileSync(keys, readFileSync(join(first.folder, 'master.key')));
    chmodSync(keys, 0o600);
    const second = await startGateway({ TRUNKLINE_DATABASE: server.url('trunkline'), TRUNKLINE_MASTER_KEY_FILE: keys, TRUNKLINE_TWILIO_API_URL: first.sim.url });
    const next = `2:${'ab'.repeat(32)}\n`; // as operations.md says: first the key on every node, then the rotation
    for (const node of [first, second]) {
      appendFileSync(node === second ? keys : join(node.folder, 'master.key'), next);
      node.process.child.kill('SIGHUP');
    }
    assert.deepEqual((await first.call('POST', '/api/admin/master-key/rotate')).json, { version: 2, companies: 1 });
    for (const node of [first, second])
      assert.equal((await node.call('POST', `/api/companies/${company.id}/twilio/test`)).json.ok, true);
    const made = await second.call('POST', '/api/companies', { companyName: 'Later' });
    assert.equal(made.status, 201, made.text);
    assert.equal(await server.psql('trunkline', "select count(*) from company_config where data_key like '2:%'"), '2');
    await second.stop();
    await first.stop();
  } finally {
    await server.stop();
  }
});
