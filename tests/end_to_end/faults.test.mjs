// A database that stops answering, a company that always fails, more webhooks than a node takes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addCompany, postWebhook, startGateway, voiceParams } from './lib/gateway.mjs';
import { percentile, startLoad } from './lib/load.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { until } from './lib/process.mjs';

const call = (company) => {
  const params = voiceParams(company);
  return { sid: params.CallSid, company, path: '/api/twilio/voice', params };
};

describe('a frozen database without a journal', () => {
  test('is_noticed_within_the_deadline_and_work_goes_on_when_it_is_back', async () => {
    const server = await startPostgres();
    try {
      await server.createDatabase('trunkline');
      const gateway = await startGateway({ TRUNKLINE_DATABASE: server.url('trunkline'), TRUNKLINE_STATEMENT_DEADLINE_MS: '1000', TRUNKLINE_REQUEST_DEADLINE_MS: '4000', TRUNKLINE_INBOX_JOURNAL_MB: '0' });
      const company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
      assert.equal((await postWebhook(gateway, company, '/api/twilio/voice', voiceParams(company))).status, 200);

      server.signalAll('SIGSTOP');
      const params = voiceParams(company);
      const begun = performance.now();
      const refused = await postWebhook(gateway, company, '/api/twilio/voice', params);
      const took = performance.now() - begun;
      assert.equal(refused.status, 503, refused.text);
      assert.equal(JSON.parse(refused.text).code, 'database_unavailable');
      assert.equal(refused.headers.get('retry-after'), '1');
      assert.ok(took < 3000, `answered only after ${took} ms`);
      await until(async () => (await fetch(`${gateway.api}/readyz`)).status === 503, 'not ready');
      const ready = await (await fetch(`${gateway.api}/readyz`)).json();
      assert.deepEqual(ready, { status: 'not_ready', reasons: ['database'] });
      assert.equal((await fetch(`${gateway.webhooks}/healthz`)).status, 200);

      server.signalAll('SIGCONT');
      await gateway.ready();
      const retried = await until(async () => {
        const answer = await postWebhook(gateway, company, '/api/twilio/voice', params);
        return answer.status === 200 && answer;
      }, 'the retry is answered');
      assert.match(retried.text, /<Record/);
      const { data } = (await gateway.call('GET', `/api/companies/${company.id}/calls`)).json;
      assert.equal(data.filter((c) => c.callSid === params.CallSid).length, 1);
      await gateway.stop();
    } finally {
      server.signalAll('SIGCONT');
      await server.stop();
    }
  });
});

describe('a company whose handler throws always', () => {
  test('is_quarantined_across_restarts_and_still_answered_while_others_go_on [R2]', async () => {
    const first = await startGateway();
    const broken = await addCompany(first, { callRoutingMode: 'forward', forwardNumber: '+12125550199' });
    const healthy = await addCompany(first, { callRoutingMode: 'voicemail' });
    await first.stop();
    first.env.TRUNKLINE_TESTING_FAILING_COMPANY = broken.id;
    await first.startAgain();

    const state = async () => (await first.call('GET', `/api/companies/${broken.id}`)).json.state;
    await until(async () => {
      const answer = await postWebhook(first, broken, '/api/twilio/voice', voiceParams(broken));
      assert.equal(answer.status, 200);
      assert.match(answer.text, /<Record/); // never silence
      return (await state()) === 'quarantined';
    }, 'quarantined');
    assert.match(first.process.output, /ALERT COMPANY_QUARANTINED/);
    const tree = (await first.call('GET', '/api/admin/actors?state=quarantined')).json;
    const shards = tree.nodes[0].root.children.find((c) => c.kind === 'SHARDS');
    assert.deepEqual(shards.children.map((c) => [c.companyId, c.state, c.restarts, c.lastError.code]), [[broken.id, 'quarantined', 5, 'handler_failed']]);
    assert.match((await postWebhook(first, healthy, '/api/twilio/voice', voiceParams(healthy))).text, /<Record/);

    await first.stop();
    delete first.env.TRUNKLINE_TESTING_FAILING_COMPANY;
    await first.startAgain();
    assert.equal(await state(), 'quarantined');
    assert.match((await postWebhook(first, broken, '/api/twilio/voice', voiceParams(broken))).text, /<Record/);
    assert.equal((await first.call('POST', `/api/companies/${broken.id}/quarantine/release`)).status, 200);
    assert.match((await postWebhook(first, broken, '/api/twilio/voice', voiceParams(broken))).text, /<Dial/);
    assert.equal((await first.call('POST', `/api/companies/${broken.id}/quarantine/release`)).status, 409);
    const { data } = (await first.call('GET', `/api/companies/${broken.id}/calls?limit=200`)).json;
    assert.ok(data.length >= 6); // what came in during quarantine is in the archive
    await first.stop();
  });
});

describe('more webhooks than a node takes', () => {
  test('are_told_to_come_again_and_nothing_is_lost', async () => {
    const gateway = await startGateway({ TRUNKLINE_WEBHOOKS_IN_FLIGHT: '4' });
    const company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
    const answered = [], latencies = [];
    let overloaded = 0;
    const load = startLoad(gateway, 64, () => call(company), (event, answer, ms) => {
      assert.ok(!answer.error, String(answer.error));
      if (answer.status === 200) answered.push(event.sid);
      else {
        assert.equal(answer.status, 503);
        assert.equal(JSON.parse(answer.text).code, 'overloaded');
        latencies.push(ms);
        ++overloaded;
      }
    });
    await until(() => overloaded > 200 && answered.length > 200, 'both kinds of answers');
    await load.stop();
    console.log(`${answered.length} answered, ${overloaded} told to come again, those within p99 ${percentile(latencies, 0.99).toFixed(1)} ms`);
    const metrics = await (await fetch(`${gateway.api}/metrics`)).text();
    assert.match(metrics, /trunkline_webhooks_in_flight 0\n/);
    const stored = (await gateway.call('GET', `/api/companies/${company.id}/calls?limit=200`)).json.data.map((c) => c.callSid);
    assert.equal(stored.filter((sid) => !answered.includes(sid)).length, 0);
    await gateway.stop();
  });
});
