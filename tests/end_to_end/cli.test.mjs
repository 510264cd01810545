// `trunkline companies`, `keys`, `users` and `check`: the same words and the same JSON whether a node runs or not.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addAccount, startGateway } from './lib/gateway.mjs';
import { build, start } from './lib/process.mjs';

const accountSid = `AC${'0f'.repeat(16)}`, authToken = 'canary-token-of-this-test', apiSecret = 'canary-secret-of-this-test';
const password = 'canary correct horse battery';
const canaries = [authToken, apiSecret, password];

describe('the command line', () => {
  let gateway, running = true, printed = '';

  /** Runs a command beside the node, or without it; stdout, stderr and the exit status. */
  async function trunkline(args, { stdin = '', env = {} } = {}) {
    const child = start(join(build, 'trunkline'), args, { env: { ...gateway.env, ...env }, cwd: gateway.folder, stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    child.child.stdout.on('data', (text) => (out += text));
    child.child.stdin.end(stdin);
    await new Promise((closed) => child.child.on('close', closed));
    printed += child.output;
    return { code: child.child.exitCode, out, all: child.output };
  }
  async function did(args, options) {
    const done = await trunkline(args, options);
    assert.equal(done.code, 0, `${args.join(' ')}: ${done.all}`);
    return done.out;
  }
  async function refused(args, why, options) {
    const done = await trunkline(args, options);
    assert.equal(done.code, 1, `${args.join(' ')}: ${done.all}`);
    assert.match(done.all, why);
    assert.equal(done.out, '');
  }
  const json = async (args, options) => JSON.parse(await did([...args, '--json'], options));

  before(async () => {
    gateway = await startGateway();
    await addAccount(gateway.sim, { accountSid, authToken }, ['+12125550171', '+12125550172']);
  });
  after(async () => {
    await gateway.sim.stop();
    if (running) await gateway.kill('SIGTERM');
  });

  for (const way of ['while_a_node_runs', 'without_a_node']) describe(way, () => {
    const number = way === 'without_a_node' ? '+12125550172' : '+12125550171';

    before(async () => {
      if (way !== 'without_a_node') return;
      assert.equal((await gateway.kill('SIGTERM')).code, 0);
      running = false;
    });

    test('a_company_is_added_listed_shown_changed_and_removed', async () => {
      const added = await json(['companies', 'add', 'Müller & Söhne', '--country', 'DE', '--time-zone', 'Europe/Berlin', '--menu-url', 'https://example.com/menu']);
      assert.deepEqual([added.companyName, added.country, added.timeZone, added.menuUrl], ['Müller & Söhne', 'DE', 'Europe/Berlin', 'https://example.com/menu']);
      assert.match(await did(['companies', 'list', '--query', 'ller']), new RegExp(`^id +companyName .*\n${added.id} +Müller & Söhne +active`));
      assert.deepEqual((await json(['companies', 'list', '--query', 'ller'])).data.map((c) => c.id), [added.id]);
      assert.match(await did(['companies', 'show', added.id]), /^companyName +Müller & Söhne$/m);
      const changed = await json(['companies', 'set', added.id, '--name', 'Acme', '--menu-url', '']);
      assert.deepEqual([changed.companyName, changed.menuUrl, changed.country], ['Acme', null, 'DE']);
      assert.match(await did(['companies', 'remove', added.id]), /is removed/);
      await refused(['companies', 'show', added.id], /No such company/);
      await refused(['companies', 'remove', added.id], /No such company/);
    });

    test('a_configuration_comes_from_a_file_or_standard_input_and_is_checked_by_twilio', async () => {
      const { id } = await json(['companies', 'add', 'Configured']);
      const config = { accountSid, authToken, phoneNumbers: [{ phoneNumber: number, isPrimary: true }] };
      await refused(['companies', 'set', id, '--config', '-'], /Twilio/, { stdin: JSON.stringify({ ...config, authToken: 'canary-token-of-this-test-x' }) });
      await did(['companies', 'set', id, '--config', '-'], { stdin: JSON.stringify(config) });
      const file = join(gateway.folder, 'config.json');
      writeFileSync(file, JSON.stringify({ callRoutingMode: 'forward', forwardNumber: '+12125550199' }));
      assert.equal((await json(['companies', 'set', id, '--config', file])).primaryNumber, number);
      const shown = await json(['companies', 'show', id, '--config']);
      assert.deepEqual([shown.callRoutingMode, shown.authTokenSet, shown.accountSid], ['forward', true, accountSid]);
      await refused(['companies', 'remove', id], new RegExp(`numbers: \\["\\${number}"\\]`));
      assert.match(await did(['check', '--twilio']), new RegExp(`^ok +twilio ${id} +active, Full`, 'm'));
    });

    test('bad_input_is_refused_with_what_to_do_and_changes_nothing', async () => {
      const count = (await json(['companies', 'list'])).data.length;
      await refused(['companies', 'add', 'X', '--country', 'usa'], /country/);
      await refused(['companies', 'add', 'X', '--config', '/nowhere.json'], /\/nowhere\.json can not be read: No such file/);
      await refused(['companies', 'add', 'X', '--config', '-'], /is not a JSON object/, { stdin: '{"authToken": "canary-token-of-this-test"' });
      await refused(['companies', 'show', '../admin/keys'], /No such company/);
      await refused(['keys', 'add', '--role', 'company_admin'], /companyId/);
      await refused(['keys', 'revoke', 'key_nobody000000'], /No such key/);
      await refused(['users', 'add', 'eve'], /standard input, which holds none/);
      assert.equal((await json(['companies', 'list'])).data.length, count);
      for (const args of [[], ['companies'], ['companies', 'show'], ['companies', 'fire'], ['companies', 'add'], ['keys', 'add', '--role', 'king'], ['users', 'add', 'eve', '--password', 'x'], ['serve', '--nonsense']])
        assert.equal((await trunkline(args)).code, 2, args.join(' '));
      assert.equal((await trunkline(['companies', 'add', '--help'])).code, 0);
    });

    test('a_bearer_key_is_shown_once_and_revoked', async () => {
      const made = await json(['keys', 'add', '--role', 'platform_admin', '--label', 'ci']);
      assert.match(made.key, /^tk_/);
      const listed = await did(['keys', 'list']);
      assert.match(listed, new RegExp(`^${made.id} +platform_admin +- +ci `, 'm'));
      assert.ok(!listed.includes(made.key));
      await did(['keys', 'revoke', made.id]);
      assert.ok(!(await did(['keys', 'list'])).includes(made.id));
    });

    test('a_user_is_added_with_a_password_from_standard_input_and_removed', async () => {
      const added = await json(['users', 'add', 'ana', '--role', 'platform_admin'], { stdin: `${password}\n` });
      assert.deepEqual([added.user, added.role], ['ana', 'platform_admin']);
      assert.match(await did(['users', 'list']), /^ana +platform_admin/m);
      if (running) assert.equal((await gateway.call('POST', '/api/session', { user: 'ana', password })).status, 200);
      await did(['users', 'remove', 'ana']);
      await refused(['users', 'remove', 'ana'], /No such user/);
    });

    test('the_master_key_is_rotated', async () => {
      const file = join(gateway.folder, 'master.key');
      const versions = () => readFileSync(file, 'utf8').trim().split('\n').map((line) => Number(line.split(':')[0]));
      const newest = Math.max(...versions());
      assert.match(await did(['keys', 'rotate']), new RegExp(`version ${newest + 1} of the master key`));
      assert.deepEqual((await json(['keys', 'rotate'])).version, newest + 2);
      assert.deepEqual(versions(), Array.from({ length: newest + 2 }, (_, i) => i + 1));
      assert.match(await did(['check', '--twilio']), /^ok +twilio co_/m); // what was sealed still opens
    });

    test('check_says_how_it_is', async () => {
      const said = await did(['check']);
      if (running) assert.match(said, /^ok +node +runs at http:\/\/127.0.0.1:\d+ and is ready$/m);
      else assert.match(said, /^ok +master key +opens this database$/m);
      assert.equal((await json(['check'])).ok, true);
      const tokens = async (env) => { const { code, all } = await trunkline(['check'], { env }); return [code, /^(.*?) +tokens +(.*)$/m.exec(all)?.slice(1)]; };
      assert.deepEqual(await tokens({ TRUNKLINE_JWT_ALGORITHM: 'HS256', TRUNKLINE_JWT_SECRET: 'x'.repeat(32) }), [0, ['ok', 'HS256']]);
      assert.deepEqual(await tokens({ TRUNKLINE_JWT_ALGORITHM: 'HS256', TRUNKLINE_JWT_SECRET: 'too short' }), [1, ['FAILED', 'jwt.secret must have at least 32 bytes for HS256.']]);
      assert.deepEqual(await tokens({ TRUNKLINE_JWT_ALGORITHM: 'ES256', TRUNKLINE_JWT_PUBLIC_KEY_FILE: '/nowhere.pem' }), [1, ['FAILED', 'jwt.public_key_file must hold a P-256 public key in PEM form for ES256.']]);
    });
  });

  test('a_node_that_does_not_know_the_admin_key_says_which_to_use', async () => {
    await gateway.startAgain();
    running = true;
    await refused(['companies', 'list'], /does not know this admin key.*TRUNKLINE_ADMIN_KEY/, { env: { TRUNKLINE_ADMIN_KEY: 'another-key-0123456789' } });
  });

  test('without_the_way_to_the_node_its_database_is_not_touched', async () => {
    const { api_listen } = { api_listen: '127.0.0.1:1' }; // nobody listens there
    await refused(['companies', 'list'], /in use|another process/i, { env: { TRUNKLINE_API_LISTEN: api_listen } });
  });

  test('no_secret_was_printed', () => {
    assert.ok(printed.length > 1000);
    assert.deepEqual(canaries.filter((canary) => printed.includes(canary)), []);
    const keys = readFileSync(join(gateway.folder, 'master.key'), 'utf8').trim().split('\n').map((line) => line.split(':')[1]);
    assert.deepEqual([gateway.adminKey, ...keys].filter((key) => printed.includes(key)), []);
  });
});
