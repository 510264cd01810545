// A node that is told to stop answers what it has, and what it answered is there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCompany, startGateway, voiceParams } from './lib/gateway.mjs';
import { startLoad } from './lib/load.mjs';
import { until } from './lib/process.mjs';

test('under_load_sigterm_breaks_no_request_that_was_taken', async () => {
  const gateway = await startGateway();
  const company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
  const answered = new Set(), broken = [];
  let stopping = false;
  const make = () => {
    const params = voiceParams(company);
    return { sid: params.CallSid, company, path: '/api/twilio/voice', params };
  };
  const load = startLoad(gateway, 16, make, (event, answer) => {
    if (answer.status === 200) answered.add(event.sid);
    else if (!stopping || !/ECONNREFUSED|ECONNRESET|socket hang up/.test(String(answer.error))) broken.push(String(answer.error ?? answer.status));
    else if (/socket hang up/.test(String(answer.error))) broken.push(`cut after it was sent: ${answer.error}`);
  });
  await until(() => answered.size > 200, 'some answers');
  stopping = true;
  const begun = performance.now();
  const { code } = await gateway.kill('SIGTERM');
  const took = performance.now() - begun;
  await load.stop();
  assert.equal(code, 0, gateway.process.output);
  assert.ok(took < 10_000, `stopped only after ${took} ms`);
  assert.deepEqual(broken, []);
  await gateway.startAgain();
  const stored = new Set();
  for (let cursor = ''; cursor !== null; ) {
    const { json } = await gateway.call('GET', `/api/companies/${company.id}/calls?limit=200${cursor && `&cursor=${cursor}`}`);
    for (const call of json.data) stored.add(call.callSid);
    cursor = json.nextCursor;
  }
  assert.deepEqual([...answered].filter((sid) => !stored.has(sid)), []);
  await gateway.stop();
});
