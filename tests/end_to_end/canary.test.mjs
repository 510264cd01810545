// Every secret is a known text; the whole surface is driven with them, and none of them may be found in a log, an answer,
// a metric, the database, a file or the process, in whatever spelling [C12]. TL_CANARY=1 does the same to the suite.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { access, addCompany, alerts, readAll, refusedCredentials, refusedStarts, rotate, webhooks, wrongPlaces } from './canary/surface.mjs';
import { startWorld } from './canary/world.mjs';
import { Canaries } from './lib/canary.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { run, tempFolder, until } from './lib/process.mjs';

test('a_planted_secret_is_found_in_every_spelling_and_only_there', () => {
  const canaries = new Canaries(), secret = 'cnry-planted+/=&"\\%', key = 'c0ffee'.repeat(11).slice(0, 64), signature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';
  canaries.add('a token', secret);
  canaries.add('a key', key);
  canaries.add('bytes', Buffer.from('cnry-bytes-0123456789'));
  canaries.addSignature(signature);
  const folder = tempFolder();
  const planted = { 'as it is': secret, base64: btoa(secret), 'of a user': btoa(`AC0:${secret}`), 'of another user': btoa(`AC:${secret}`), 'of a third': btoa(`A:${secret}\n`), base64url: Buffer.from(`x${secret}`).toString('base64url'), hexadecimal: Buffer.from(secret).toString('hex'), 'upper case': Buffer.from(secret).toString('hex').toUpperCase(),
    URL: encodeURIComponent(secret), form: new URLSearchParams({ secret }).toString(), JSON: JSON.stringify({ secret }), key, 'key in binary': Buffer.from(key, 'hex'), 'key in base64': Buffer.from(key, 'hex').toString('base64'), bytes: Buffer.from('..cnry-bytes-0123456789..'), signature: `expected ${signature}, got another` };
  for (const [what, content] of Object.entries(planted)) {
    writeFileSync(join(folder, 'node.log'), 'a line without any\n');
    assert.deepEqual(canaries.searchFolder(folder), [], what);
    appendFileSync(join(folder, 'node.log'), content);
    assert.ok(canaries.searchFolder(folder).length > 0, `not found: ${what}`);
  }
  assert.deepEqual(canaries.search('answers', 'the one place', secret, ['a token']), []);
  writeFileSync(join(folder, 'node.log'), '');
  writeFileSync(join(folder, 'master.key'), key); // is there for it
  assert.deepEqual(canaries.searchFolder(folder), []);
});

function suite(name, prepare) {
  describe(name, () => {
    let world, canaries, acme, beta, database;
    const keyFile = () => join(world.gateway.folder, 'master.key');
    const learnKeys = () => canaries.learnFiles(world.gateway.folder);

    before(async () => {
      database = await prepare();
      world = await startWorld(database.options);
      ({ canaries } = world);
      if (database.password) canaries.add('the database password', database.password);
      learnKeys();
      acme = await addCompany(world, 'Acme');
      beta = await addCompany(world, 'Beta', { callRoutingMode: 'forward', forwardNumber: '+12125560199', recordingEnabled: true });
    });
    after(async () => {
      if (world.gateway.process.child.exitCode === null) await world.stop();
      await database.cleanUp();
    });

    test('webhooks_right_and_wrong_and_a_rotated_token [C3]', async () => {
      for (const company of [acme, beta]) await webhooks(world, company);
      await rotate(world, acme);
      await webhooks(world, acme);
    });
    test('credentials_that_twilio_refuses_or_repeats_or_does_not_answer [C10]', () => refusedCredentials(world));
    test('secrets_where_they_do_not_belong', () => wrongPlaces(world, acme));
    test('keys_tokens_and_sessions', () => access(world, acme));
    test('everything_that_can_be_read [C9 R5]', () => readAll(world, [acme, beta]));

    test('commands_with_secrets_from_standard_input_and_the_environment', async () => {
      const { trunkline, gateway, secret, environment } = world;
      // Its environment is the gateway's: it takes the secrets out of it before it waits for its standard input.
      const look = async (pid) => {
        await until(() => { const all = readFileSync(`/proc/${pid}/environ`, 'latin1'); return all.includes('TRUNKLINE_') && !all.includes(environment.TRUNKLINE_ADMIN_KEY); }, 'the environment is overwritten');
        canaries.searchProcess(pid, 'a command');
      };
      const did = async (args, options) => { const { code, output } = await trunkline(args, options); assert.equal(code, 0, `${args.join(' ')}: ${output}`); };
      await did(['companies', 'set', beta.id, '--config', '-'], { stdin: JSON.stringify({ nextAuthToken: secret('a token from standard input') }), look });
      await did(['users', 'add', 'bob', '--role', 'platform_admin'], { stdin: `${secret('a password from standard input')}\n`, look });
      for (const args of [['companies', 'show', beta.id, '--config'], ['companies', 'list', '--json'], ['keys', 'list'], ['users', 'list'], ['check', '--twilio'], ['check', '--json']]) await did(args);
      assert.equal((await trunkline(['companies', 'set', beta.id, '--config', '-'], { stdin: `{"authToken":${JSON.stringify(secret('a token in cut JSON'))}` })).code, 1);
      assert.equal((await trunkline(['companies', 'set', beta.id, '--config', '-'], { stdin: JSON.stringify({ authToken: secret('a refused token from standard input') }) })).code, 1);
      assert.equal((await trunkline(['companies', 'list'], { env: { TRUNKLINE_ADMIN_KEY: secret('another admin key', `tk_${randomBytes(12).toString('hex')}`) } })).code, 1);
      canaries.searchProcess(gateway.process.pid, 'the node');
    });

    test('the_database_beside_a_running_node_and_a_backup', async () => { // a rotation drops some of it
      assert.equal((await world.gateway.call('GET', '/api/companies')).json.data.length, 2);
      assert.deepEqual(await database.search(world), []);
    });

    test('the_master_key_is_rotated_and_what_was_sealed_still_opens', async () => {
      await database.rotate(world);
      learnKeys();
      assert.equal((await world.gateway.call('POST', `/api/companies/${beta.id}/twilio/test`)).json.ok, true);
    });

    test('the_database_and_a_backup_after_the_rotation', async () => assert.deepEqual(await database.search(world), []));

    test('alerts_to_a_failing_receiver_a_quarantine_and_a_kill [C15 R2]', () => alerts(world, acme));
    test('the_configuration_read_again', async () => {
      world.gateway.process.child.kill('SIGHUP');
      await until(() => /SIGHUP/.test(world.gateway.process.output), 'the signal is seen');
      await readAll(world, [acme, beta]);
    });

    test('another_master_key_and_settings_that_are_refused', async () => {
      await refusedStarts(world);
      canaries.searchProcess(world.gateway.process.pid, 'the node');
      assert.equal((await world.stop()).code, 0, world.gateway.process.output.slice(-1000));
      const other = world.secret('another master key', randomBytes(32).toString('hex'));
      const kept = database.options.masterKey ? null : readFileSync(keyFile(), 'utf8');
      if (kept) writeFileSync(keyFile(), `${other}\n`);
      for (const command of ['serve', 'check']) {
        const ended = await world.trunkline([command], { env: kept ? {} : { TRUNKLINE_MASTER_KEY: `1:${other}` } });
        assert.equal(ended.code, 1, ended.output);
        assert.match(ended.output, /master key|is not the one/i);
      }
      if (kept) writeFileSync(keyFile(), kept);
    });

    test('none_of_them_is_anywhere', async () => {
      world.logs.forEach((log, i) => canaries.search('logs', `the log of run ${i + 1}`, log));
      for (const [command, output] of world.printed) canaries.search('other', `what ${command} printed`, output);
      await database.search(world);
      canaries.searchFolder(world.gateway.folder);
      console.log(`${name}: ${canaries.summary()}`);
      assert.deepEqual([...new Set(canaries.hits)], []);
      const { answers, logs, processes, metrics, bytes } = canaries.searched;
      assert.ok(answers > 300 && logs >= 3 && processes >= 10 && metrics >= 2 && bytes > 5e5 && canaries.count > 50, 'too little to prove anything');
      assert.ok(world.logs.at(-1).includes('"level":"debug"'), 'the log does not tell all it can');
    });
  });
}

let backups = 0;
suite('SQLite', async () => ({
  options: {},
  cleanUp: async () => {},
  rotate: async ({ gateway, trunkline }) => {
    assert.equal((await gateway.call('POST', '/api/admin/master-key/rotate')).status, 200);
    assert.equal((await trunkline(['keys', 'rotate'])).code, 0);
  },
  search: async ({ gateway, canaries, trunkline }) => {
    const file = join(gateway.folder, `saved-${++backups}.db`);
    assert.equal((await trunkline(['backup', file])).code, 0);
    assert.ok(readFileSync(file).includes('Acme'), 'this is no backup of ours');
    return canaries.searchFolder(gateway.folder);
  },
}));

suite('PostgreSQL', async () => {
  const server = await startPostgres();
  await server.createDatabase('trunkline');
  const password = `cnry-db+/=&${randomBytes(8).toString('hex')}`;
  const masterKey = randomBytes(32).toString('hex');
  return {
    options: { database: server.url('trunkline').replace('trunkline@', `trunkline:${encodeURIComponent(password)}@`), masterKey },
    password,
    cleanUp: server.stop,
    rotate: async (world) => { // the key is in the environment: the new one comes first
      const next = world.secret('a second master key', randomBytes(32).toString('hex'));
      world.gateway.env.TRUNKLINE_MASTER_KEY = `1:${masterKey},2:${next}`;
      await world.again('SIGTERM');
      assert.equal((await world.gateway.call('POST', '/api/admin/master-key/rotate')).status, 200);
    },
    search: async ({ canaries }) => {
      const dump = await run('pg_dump', ['--inserts', server.url('trunkline')]);
      assert.equal(dump.code, 0, dump.output);
      assert.ok(dump.output.includes('Acme'), 'this is no dump of ours');
      return canaries.search('dumps', 'pg_dump', dump.output);
    },
  };
});
