// While PostgreSQL is away webhooks are answered all the same: what was answered is in the database afterwards, once,
// with that answer, whatever happened to the node meanwhile.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addCompany, postWebhook, smsParams, startGateway, voiceParams } from './lib/gateway.mjs';
import { startLoad } from './lib/load.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { until } from './lib/process.mjs';

/** What was answered, by CallSid or MessageSid, while signed webhooks keep coming; some come twice. */
function keepCalling(gateway, companies, connections = 12) {
  const answered = new Map(), again = [];
  const counts = { refused: 0, differing: 0, failed: [] };
  let turn = 0;
  const make = () => {
    if (again.length > 20) return again.shift();
    const company = companies[turn++ % companies.length];
    if (turn % 3 === 0) {
      const params = smsParams(company, `hello ${turn}`);
      return { sid: params.MessageSid, company, path: '/api/twilio/sms', params };
    }
    const params = voiceParams(company);
    return { sid: params.CallSid, company, path: '/api/twilio/voice', params };
  };
  const load = startLoad(gateway, connections, make, (event, answer) => {
    if (answer.error || answer.status === 503) return again.push(event), ++counts.refused;
    if (answer.status !== 200) return counts.failed.push(answer);
    if ((answered.get(event.sid) ?? answer.text) !== answer.text) ++counts.differing;
    answered.set(event.sid, answer.text);
    if (answered.size % 25 === 0) again.push(event);
  });
  return { answered, counts, stop: load.stop, more: (n) => {
    const wanted = answered.size + n;
    return until(() => answered.size >= wanted, `${n} more answers`);
  } };
}

const metric = async (gateway, name) => {
  const text = await fetch(`${gateway.api}/metrics`).then((answer) => answer.text());
  return Number(text.match(new RegExp(`^trunkline_journal_${name} (\\d+)$`, 'm'))[1]);
};
const drained = (gateway) => until(async () => (await metric(gateway, 'events')) === 0, 'the journal is empty');
const files = (gateway) => {
  const home = join(gateway.folder, 'journal');
  return existsSync(home) ? readdirSync(home).flatMap((worker) => readdirSync(join(home, worker))) : [];
};

/** The ledger against the database. */
async function compare({ answered, counts }, server) {
  const rows = (await server.psql('trunkline', "select sid || chr(9) || replace(answer_body, chr(10), ' ') from webhook_event where kind in ('voice', 'sms')")).split('\n').filter(Boolean).map((row) => row.split('\t'));
  const stored = new Map(rows);
  const archived = new Set((await server.psql('trunkline', 'select call_sid from call union all select twilio_sid from message')).split('\n'));
  const lost = [...answered.keys()].filter((sid) => !stored.has(sid) || !archived.has(sid));
  const other = [...answered].filter(([sid, text]) => stored.has(sid) && stored.get(sid) !== text.replaceAll('\n', ' '));
  console.log(`${answered.size} answered, ${rows.length} stored, ${lost.length} lost, ${rows.length - stored.size} twice, ${counts.differing + other.length} answered differently, ${counts.refused} refused`);
  assert.deepEqual([lost, rows.length - stored.size, other, counts.differing, counts.failed], [[], 0, [], 0, []]);
}

describe('webhooks while PostgreSQL is away', () => {
  let server, gateway, companies;
  before(async () => {
    server = await startPostgres();
    await server.createDatabase('trunkline');
    gateway = await startGateway({ TRUNKLINE_DATABASE: server.url('trunkline'), TRUNKLINE_INBOX_WORKERS: '2',
      TRUNKLINE_STATEMENT_DEADLINE_MS: '1000', TRUNKLINE_REQUEST_DEADLINE_MS: '8000' });
    companies = [];
    for (let i = 0; i < 4; ++i) {
      const company = await addCompany(gateway, { callRoutingMode: i % 2 ? 'voicemail' : 'forward', forwardNumber: '+12125550199', autoReply: 'Thanks!' });
      assert.equal((await postWebhook(gateway, company, '/api/twilio/voice', voiceParams(company))).status, 200); // it is in memory
      companies.push(company);
    }
  });
  after(async () => {
    await gateway.kill('SIGKILL');
    await gateway.stop();
    await server.stop('SIGKILL');
  });

  test('are_answered_and_stored_when_it_was_stopped_frozen_or_has_crashed', async () => {
    const load = keepCalling(gateway, companies);
    await load.more(100);
    const outages = [
      [() => server.halt(), () => server.startAgain()],
      [() => server.signalAll('SIGSTOP'), () => server.signalAll('SIGCONT')],
      [() => server.halt('SIGQUIT'), () => server.startAgain()],
    ];
    for (const [begin, end] of outages) {
      await begin();
      await until(async () => (await metric(gateway, 'events')) > 0, 'the journal is in use');
      await load.more(300);
      await until(async () => (await fetch(`${gateway.api}/readyz`)).status === 503, 'not ready');
      assert.deepEqual(await (await fetch(`${gateway.api}/readyz`)).json(), { status: 'not_ready', reasons: ['database'] });
      await load.more(20);
      await end();
      await drained(gateway); // although webhooks keep coming
      await load.more(100);
    }
    await load.stop();
    await drained(gateway);
    assert.deepEqual(files(gateway), []);
    assert.ok((await metric(gateway, 'drained_total')) >= 900);
    assert.equal(load.counts.refused, 0, 'nobody was told to come again');
    await compare(load, server);
  });

  test('are_not_lost_when_the_node_dies_in_the_outage_and_is_started_before_the_database', async () => {
    const load = keepCalling(gateway, companies);
    await load.more(50);
    for (const workers of ['3', '1']) { // and with other workers than those who have kept them
      await server.halt();
      await until(async () => (await metric(gateway, 'events')) > 200, 'the journal is in use');
      await gateway.kill('SIGKILL');
      assert.ok(files(gateway).length > 0);
      gateway.env.TRUNKLINE_INBOX_WORKERS = workers;
      gateway.launch();
      await until(() => gateway.process.output.includes('waiting for the database'), 'it says that it waits');
      assert.equal((await gateway.kill('SIGTERM')).code, 0, gateway.process.output); // an order to end is obeyed meanwhile
      gateway.launch();
      await until(() => gateway.process.output.includes('waiting for the database'), 'it waits again');
      await server.startAgain();
      await gateway.ready();
      assert.match(gateway.process.output, /webhooks of an earlier run in [^ ]+ are in the database/);
      assert.equal(await metric(gateway, 'events'), 0);
      await load.more(50);
    }
    await load.stop();
    assert.deepEqual(files(gateway), []);
    await compare(load, server);
  });

  test('are_not_lost_or_doubled_when_the_node_dies_half_way_through_draining', async () => {
    await server.psql('trunkline', `create function slowly() returns trigger language plpgsql as 'begin perform pg_sleep(0.002); return new; end';
      create trigger slowly before insert on webhook_event for each row execute function slowly()`);
    const stored = async () => Number(await server.psql('trunkline', 'select count(*) from webhook_event'));
    const load = keepCalling(gateway, companies);
    await load.more(50);
    await server.halt();
    await until(async () => (await metric(gateway, 'events')) > 0, 'the journal is in use');
    await load.more(1500);
    await load.stop();
    await server.startAgain();
    const atFirst = await stored();
    await until(async () => (await stored()) > atFirst + 100, 'some of it is in the database');
    await gateway.kill('SIGKILL');
    const halfWay = await stored();
    console.log(`killed with ${halfWay - atFirst} of ${load.answered.size} drained`);
    assert.ok(halfWay - atFirst < 1400, 'only half way');
    await gateway.startAgain(); // a full batch takes longer than a statement may: it asks for less at once
    await server.psql('trunkline', 'drop trigger slowly on webhook_event; drop function slowly()');
    assert.deepEqual(files(gateway), []);
    await compare(load, server);
  });

  test('of_a_company_that_is_not_in_memory_get_the_safe_chain_and_keep_that_answer', async () => {
    const unknown = await addCompany(gateway, { callRoutingMode: 'forward', forwardNumber: '+12125550199', autoReply: 'Thanks!' });
    const other = await addCompany(gateway, { callRoutingMode: 'forward', forwardNumber: '+12125550199' });
    const known = companies[0];
    await gateway.kill('SIGTERM');
    await gateway.startAgain(); // nobody is in memory now
    assert.match((await postWebhook(gateway, known, '/api/twilio/voice', voiceParams(known))).text, /<Dial/);
    server.signalAll('SIGSTOP');
    const call = voiceParams(unknown);
    const first = await postWebhook(gateway, unknown, '/api/twilio/voice', call);
    assert.match(first.text, /<Record/);
    const message = await postWebhook(gateway, unknown, '/api/twilio/sms', smsParams(unknown, 'STOP'));
    assert.deepEqual([message.status, /<Message>/.test(message.text)], [200, false]);
    assert.equal((await postWebhook(gateway, unknown, `${unknown.hooks}/status`, { ...call, CallStatus: 'completed', SequenceNumber: '2' })).status, 204);
    // Many at once do not wait for each other.
    const begun = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => postWebhook(gateway, other, '/api/twilio/voice', voiceParams(other))));
    assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
    console.log(`20 calls of a company nobody knows: ${(performance.now() - begun).toFixed(0)} ms`);
    server.signalAll('SIGCONT');
    await gateway.ready();
    await drained(gateway);
    assert.equal((await postWebhook(gateway, unknown, '/api/twilio/voice', call)).text, first.text); // the first answer
    assert.match((await postWebhook(gateway, unknown, '/api/twilio/voice', voiceParams(unknown))).text, /<Dial/);
    const data = await until(async () => (await gateway.call('GET', `/api/companies/${unknown.id}/calls`)).json.data, 'the calls can be read');
    assert.deepEqual(data.filter((c) => c.callSid === call.CallSid).map((c) => [c.status, c.route.taken]), [['completed', 'voicemail']]);
    assert.equal(await server.psql('trunkline', `select opted_out from opt_out where company_id = '${unknown.id}'`), '1');
  });

  test('with_an_empty_journal_a_node_does_not_wait_for_a_database_that_is_not_there', async () => {
    await gateway.kill('SIGTERM');
    await server.halt();
    gateway.launch();
    assert.equal((await gateway.process.exited).code, 1);
    await server.startAgain();
    await gateway.startAgain();
  });
});
