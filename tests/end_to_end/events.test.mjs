// Live events [S4]: what happens in a company is told to its browsers as it happens, on every node, once and without gaps.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startCluster } from './lib/cluster.mjs';
import { watchEvents } from './lib/events.mjs';
import { addCompany, postWebhook, smsParams, startGateway, voiceParams } from './lib/gateway.mjs';
import { until } from './lib/process.mjs';

const sms = '/api/twilio/sms', voice = '/api/twilio/voice';
const text = (node, company, body, more) => postWebhook(node, company, sms, smsParams(company, body, more));
const from1 = (count) => Array.from({ length: count }, (_, i) => i + 1);
const metric = async (node, name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await fetch(`${node.api}/metrics`)).text())?.[1]);
const keyOf = async (node, company, role = 'company_viewer') => (await node.call('POST', '/api/admin/keys', { role, companyId: company.id, label: 'browser' })).json;

describe('one node [S4]', () => {
  let gateway, company, other;
  before(async () => {
    gateway = await startGateway();
    company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
    other = await addCompany(gateway, { callRoutingMode: 'voicemail' });
  });
  after(async () => assert.equal((await gateway.stop()).code, 0, gateway.process.output));

  test('a_browser_hears_what_happens_in_its_company_as_the_api_has_it', async () => {
    const { key } = await keyOf(gateway, company);
    const viewer = await watchEvents(gateway, { key });
    assert.deepEqual([viewer.headers['content-type'], viewer.headers['cache-control'], viewer.retry], ['text/event-stream', 'no-store', 2000]);
    const hello = smsParams(company, 'Grüße,\nwie geht\'s? 😀');
    await postWebhook(gateway, company, sms, hello);
    await postWebhook(gateway, company, sms, hello); // Twilio repeats
    await text(gateway, other, 'not for them');
    const call = voiceParams(company);
    await postWebhook(gateway, company, voice, call);
    await postWebhook(gateway, company, `${company.hooks}/status`, { ...hello, MessageStatus: 'read' });
    await viewer.heard(4);
    assert.deepEqual(viewer.events.map((e) => [e.id, e.event]), [['1', 'new_message'], ['2', 'channel_updated'], ['3', 'call_updated'], ['4', 'message_status']]);
    const [message] = viewer.of('new_message'), [channel] = viewer.of('channel_updated'), [called] = viewer.of('call_updated');
    const as = { authorization: `Bearer ${key}` };
    assert.equal(message.content, 'Grüße,\nwie geht\'s? 😀');
    assert.deepEqual(viewer.of('message_status')[0], (await gateway.call('GET', `/api/messages/${message.id}`, undefined, as)).json);
    const now = (await gateway.call('GET', `/api/channels/${channel.id}`, undefined, as)).json;
    assert.deepEqual({ ...channel, last_message: null }, { ...now, last_message: null });
    assert.deepEqual([channel.unread_count, channel.last_message.id], [1, message.id]);
    assert.deepEqual(called, (await gateway.call('GET', `/api/companies/${company.id}/calls?limit=1`)).json.data[0]);
    viewer.close();
  });

  test('who_comes_back_hears_what_he_has_missed_also_after_the_node_has_been_restarted', async () => {
    const first = await watchEvents(gateway, { company });
    await text(gateway, company, 'one');
    await first.heard(2);
    const seen = Number(first.lastId());
    first.close();
    await text(gateway, company, 'two');
    await gateway.kill('SIGTERM');
    await gateway.startAgain();
    await text(gateway, company, 'three');
    const back = await watchEvents(gateway, { company, after: seen });
    await text(gateway, company, 'four');
    await back.heard(6);
    assert.deepEqual(back.ids(), from1(6).map((n) => n + seen));
    assert.deepEqual(back.of('new_message').map((m) => m.content), ['two', 'three', 'four']);
    back.close();
  });

  test('who_knows_of_a_history_that_there_is_not_is_told_to_read_everything_again', async () => {
    const lost = await watchEvents(gateway, { company, after: 1_000_000 });
    await text(gateway, company, 'afterwards');
    const [resync, message] = await lost.heard(2);
    assert.deepEqual([resync.event, resync.json], ['resync', { reason: 'history_gone' }]);
    assert.deepEqual([message.event, Number(message.id)], ['new_message', Number(resync.id) + 1]);
    lost.close();
  });

  test('one_channel_may_be_watched_alone', async () => {
    const all = await watchEvents(gateway, { company });
    await text(gateway, company, 'Ana', { From: 'whatsapp:+15550001111', To: `whatsapp:${company.number}`, ProfileName: 'Ana' });
    await all.heard(2);
    const [channel] = all.of('channel_updated');
    assert.deepEqual([channel.communication_type, channel.profile_name, channel.whatsapp_window_expires_at !== null], ['whatsapp', 'Ana', true]);
    const one = await watchEvents(gateway, { company, query: `?channel_id=${channel.id}` });
    await text(gateway, company, 'Bob', { From: '+15550002222' });
    assert.equal((await gateway.call('POST', `/api/channels/${channel.id}/read`, undefined, { 'x-company-id': company.id })).status, 204);
    await one.heard(1);
    await all.heard(5);
    assert.deepEqual(one.events.map((e) => [e.event, e.json.id, e.json.unread_count]), [['channel_updated', channel.id, 0]]);
    assert.equal(one.lastId(), all.lastId());
    all.close(), one.close();
  });

  test('alerts_and_opt_outs_are_told', async () => {
    const viewer = await watchEvents(gateway, { company });
    await text(gateway, company, 'STOP', { From: '+15550003333' });
    const [, stopped] = await viewer.heard(2);
    assert.equal(stopped.json.opted_out, true);
    assert.equal((await gateway.call('DELETE', `/api/companies/${company.id}/opt-outs/15550003333`)).status, 204);
    const [, , again] = await viewer.heard(3);
    assert.deepEqual([again.event, again.json.opted_out], ['channel_updated', false]);
    await postWebhook(gateway, company, voice, voiceParams(company), { signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' });
    const [, , , alert] = await viewer.heard(4);
    assert.deepEqual([alert.event, alert.json.code, alert.json.state], ['alert', 'SIGNATURE_REJECTED', 'open']);
    viewer.close();
  });

  test('strangers_and_nonsense_are_refused', async () => {
    const { key } = await keyOf(gateway, other);
    const status = (more) => watchEvents(gateway, more).then((viewer) => (viewer.close(), 200), (refused) => refused.status);
    const [channel] = (await gateway.call('GET', '/api/channels', undefined, { 'x-company-id': company.id })).json.data;
    assert.deepEqual(await Promise.all([
      status({ key: 'tk_nobody_0123456789' }), status({}), status({ company: { id: 'co_nobody00' } }), status({ key, company }), status({ key, query: `?companyId=${company.id}` }),
      status({ key, query: `?channel_id=${channel.id}` }), status({ key, after: 'x' }), status({ key, query: '?limit=1' }), status({ key, query: `?companyId=${other.id}` }),
    ]), [401, 400, 404, 404, 404, 404, 400, 400, 200]);
  });

  test('no_company_takes_the_places_of_all_others', async () => {
    await until(async () => (await metric(gateway, 'trunkline_live_viewers')) === 0, 'all places are free', 40); // a ping or two finds out who has left
    const some = await Promise.all(from1(200).map(() => watchEvents(gateway, { company })));
    await assert.rejects(watchEvents(gateway, { company }), { status: 503 });
    const theirs = await watchEvents(gateway, { company: other });
    await text(gateway, company, 'to two hundred');
    await Promise.all(some.map((viewer) => viewer.heard(2)));
    for (const viewer of [...some, theirs]) viewer.close();
    await until(async () => (await metric(gateway, 'trunkline_live_viewers')) === 0, 'all places are free again', 40);
  });

  test('who_does_not_read_is_sent_away_and_costs_nobody_anything', async () => {
    const stuck = await watchEvents(gateway, { company, reads: false }), reading = await watchEvents(gateway, { company });
    const long = 'x'.repeat(20_000);
    const count = 600;
    for (let sent = 0; sent < count; sent += 20) await Promise.all(from1(20).map(() => text(gateway, company, long)));
    await until(() => reading.of('new_message').length === count, 'everything is told to who reads', 60);
    await until(async () => (await metric(gateway, 'trunkline_live_viewers')) === 1, 'the other one is gone', 40);
    stuck.read();
    await until(() => stuck.ended, 'its connection has ended', 10);
    assert.ok(stuck.events.length < reading.events.length, `${stuck.events.length} of ${reading.events.length}`);
    const ids = reading.ids();
    assert.deepEqual(ids, from1(ids.length).map((n) => n + ids[0] - 1));
    reading.close();
  });

  test('a_stream_lives_by_pings_and_ends_when_its_key_is_revoked', async () => {
    const { id, key } = await keyOf(gateway, company);
    const viewer = await watchEvents(gateway, { key }), staying = await watchEvents(gateway, { company });
    await until(() => viewer.comments.length === 1, 'a first ping', 17);
    assert.deepEqual([viewer.comments, viewer.events], [['ping'], []]);
    await gateway.call('DELETE', `/api/admin/keys/${id}`);
    await until(() => viewer.ended, 'the end', 60);
    assert.equal(staying.ended, false);
    await text(gateway, company, 'still here');
    await staying.heard(2);
    staying.close();
  });

  test('a_node_that_drains_ends_its_streams_in_order', async () => {
    const viewer = await watchEvents(gateway, { company });
    const { code } = await gateway.kill('SIGTERM');
    assert.equal(code, 0, gateway.process.output);
    await until(() => viewer.ended, 'the end', 5);
    assert.ok(viewer.complete(), 'cut off');
    await gateway.startAgain();
  });
});

describe('two nodes [S4, R4]', () => {
  let cluster, companies;
  before(async () => {
    cluster = await startCluster(['n1', 'n2']);
    await cluster.settled();
    companies = await cluster.companyOfEach();
  });
  after(async () => cluster.stop());

  test('tell_the_same_under_the_same_numbers_whoever_takes_the_webhook_and_whoever_owns_the_company', async () => {
    for (const company of companies) {
      const viewers = await Promise.all(cluster.nodes.map((node) => watchEvents(node, { company })));
      for (let n = 0; n < 20; ++n) assert.equal((await text(cluster.nodes[n % 2], company, `message ${n}`)).status, 200);
      for (const viewer of viewers) await viewer.heard(40);
      assert.deepEqual(viewers[0].events.map((e) => [e.id, e.event, e.json.id]), viewers[1].events.map((e) => [e.id, e.event, e.json.id]));
      assert.deepEqual(viewers[0].ids(), from1(40));
      assert.deepEqual(viewers[0].of('new_message').map((m) => m.content), from1(20).map((n) => `message ${n - 1}`));
      for (const viewer of viewers) viewer.close();
    }
  });

  test('the_first_thing_that_happens_after_a_browser_has_connected_is_told_wherever_it_happens', async () => {
    for (let round = 0; round < 5; ++round) {
      const company = await addCompany(cluster.nodes[0], { callRoutingMode: 'voicemail' }); // nobody has watched this one
      for (const node of cluster.nodes) await until(async () => (await text(node, company, 'before')).status === 200, 'the number is known', 5);
      const viewer = await watchEvents(cluster.nodes[0], { company });
      await text(cluster.nodes[1], company, 'first');
      await viewer.heard(2);
      assert.deepEqual([viewer.ids(), viewer.of('new_message')[0].content], [[1, 2], 'first']);
      viewer.close();
    }
  });

  test('a_browser_whose_node_is_killed_goes_on_at_the_other_without_gap_or_repetition', async () => {
    const [company] = companies;
    const [first, second] = cluster.nodes;
    let viewer = await watchEvents(first, { company });
    const heard = [];
    const begin = await (async () => (await text(second, company, 'begin'), (await viewer.heard(2)), Number(viewer.events[0].id)))();
    let sent = 0, stop = false;
    const sending = (async () => {
      for (; !stop; ++sent) await text(second, company, `under way ${sent}`).catch(() => {});
    })();
    await until(() => sent > 50, 'traffic');
    await first.kill('SIGKILL');
    await until(() => viewer.ended, 'the stream has broken', 10);
    heard.push(...viewer.events);
    viewer = await watchEvents(second, { company, after: viewer.lastId() });
    const enough = sent + 50;
    await until(() => sent > enough, 'traffic goes on', 60);
    stop = true;
    await sending;
    const total = Number(await cluster.sql(`select last_seq from company_watch where company_id = '${company.id}'`));
    await until(() => Number(viewer.lastId()) === total, 'everything has been told', 30);
    heard.push(...viewer.events);
    assert.deepEqual(heard.map((e) => Number(e.id)), Array.from({ length: total - begin + 1 }, (_, i) => i + begin));
    const told = heard.filter((e) => e.event === 'new_message').map((e) => e.json.id);
    assert.equal(new Set(told).size, told.length);
    const stored = (await cluster.sql(`select id from message where company_id = '${company.id}' and content like 'under way%'`)).split('\n').filter(Boolean);
    assert.deepEqual(stored.filter((id) => !told.includes(id)), []);
    await first.startAgain();
    const back = await watchEvents(first, { company, after: total });
    await text(first, company, 'home again');
    await back.heard(2);
    assert.deepEqual(back.ids(), [total + 1, total + 2]);
    back.close(), viewer.close();
  });
});
