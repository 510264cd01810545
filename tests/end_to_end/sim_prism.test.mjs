// The simulator through Twilio's own npm client, with every request and every answer checked against Twilio's OpenAPI
// description by Prism.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import twilio from 'twilio';
import { until } from './lib/process.mjs';
import { startPrism } from './lib/prism.mjs';
import { demo, startSim } from './lib/sim.mjs';

const [company] = demo().companies;
let sim, prism, client;

before(async () => {
  sim = await startSim();
  prism = await startPrism(sim.url);
  client = twilio(company.accountSid, company.authToken);
  client.api.baseUrl = prism.url;
}, { timeout: 180_000 });

after(async () => {
  await prism?.stop();
  await sim?.stop();
});

const refusedWith = (status, code) => error => {
  assert.equal(error.status, status, error.message);
  assert.equal(error.code, code, error.message);
  return true;
};

test('Prism is no rubber stamp: what the description forbids is 422', async () => {
  const answer = await fetch(`${prism.url}/2010-04-01/Accounts/${company.accountSid}/Messages.json`, {
    method: 'POST', body: new URLSearchParams({ Body: 'no recipient' }),
    headers: {authorization: `Basic ${btoa(`${company.accountSid}:${company.authToken}`)}`}});
  assert.equal(answer.status, 422);
});

test('accounts and balance', async () => {
  const account = await client.api.v2010.accounts(company.accountSid).fetch();
  assert.equal(account.status, 'active');
  assert.equal(account.type, 'Full');
  assert.equal(account.authToken, company.authToken);
  const renamed = await client.api.v2010.accounts(company.accountSid).update({ friendlyName: 'Renamed' });
  assert.equal(renamed.friendlyName, 'Renamed');
  const balance = await client.balance.fetch();
  assert.equal(balance.currency, 'USD');
});

test('messages: create, fetch, list, redact, delete', async () => {
  const created = await client.messages.create({ to: '+15551230001', from: company.phoneNumber, body: 'Hello',
    statusCallback: 'https://gw.example.com/status' });
  assert.equal(created.status, 'queued');
  const picture = await client.messages.create({ to: '+15551230001', from: company.phoneNumber,
    mediaUrl: ['https://example.com/a.png', 'https://example.com/b.png'] });
  assert.match(picture.sid, /^MM/);
  assert.equal(picture.numMedia, '2');
  const byService = await client.messages.create({to: '+15551230001', messagingServiceSid: `MG${'a'.repeat(32)}`, body: 'x'});
  assert.equal(byService.status, 'accepted');
  assert.equal(byService.from, null);
  const scheduled = await client.messages.create({to: '+15551230001', messagingServiceSid: `MG${'a'.repeat(32)}`, body: 'x',
    scheduleType: 'fixed', sendAt: new Date(Date.now() + 3_600_000) });
  assert.equal((await client.messages(scheduled.sid).update({ status: 'canceled' })).status, 'canceled');
  await until(async () => (await client.messages(created.sid).fetch()).status === 'delivered', 'delivery');
  const sent = await client.messages(created.sid).fetch();
  assert.equal(sent.price, '-0.00750');
  assert.ok(sent.dateSent instanceof Date);
  const failing = await client.messages.create({ to: '+15005553003', from: company.phoneNumber, body: 'x' });
  await until(async () => (await client.messages(failing.sid).fetch()).errorCode === 30003, 'failure');
  assert.equal((await client.messages(created.sid).update({ body: '' })).body, '');
  assert.equal(await client.messages(created.sid).remove(), true);
  await assert.rejects(client.messages(created.sid).fetch(), refusedWith(404, 20404));
});

test('messages: lists are paged and filtered', async () => {
  for (let i = 0; i < 5; ++i)
    await client.messages.create({to: '+15551230002', from: company.phoneNumber, body: `number ${i}`});
  await until(async () => (await client.messages.list({ to: '+15551230002' })).every(m => m.status === 'delivered'), 'all are delivered');
  const all = await client.messages.list({ to: '+15551230002', pageSize: 2 });
  assert.deepEqual(all.map(m => m.body), [4, 3, 2, 1, 0].map(i => `number ${i}`));
  const first = await client.messages.page({ to: '+15551230002', pageSize: 2 });
  const second = await first.nextPage();
  const back = await second.previousPage();
  assert.deepEqual(back.instances.map(m => m.sid), first.instances.map(m => m.sid));
  const since = new Date(Date.now() - 86_400_000);
  assert.equal((await client.messages.list({ to: '+15551230002', dateSentAfter: since })).length, 5);
  assert.equal((await client.messages.list({ to: '+15551230002', dateSentBefore: since })).length, 0);
});

test('messages: refusals carry Twilio\'s codes', async () => {
  const send = (to, from = company.phoneNumber) => client.messages.create({ to, from, body: 'x' });
  await assert.rejects(send('+15005550001'), refusedWith(400, 21211));
  await assert.rejects(send('+15005550004'), refusedWith(400, 21610));
  await assert.rejects(send('+15551230001', '+15005550007'), refusedWith(400, 21606));
  await assert.rejects(client.messages.create({ to: '+15551230001', from: company.phoneNumber }), refusedWith(400, 21602));
  await assert.rejects(client.messages.create({ to: '+15551230001', from: company.phoneNumber, body: 'x'.repeat(1601) }),
    refusedWith(400, 21617));
});

test('calls: create, fetch, list, update, delete', async () => {
  await sim.settings({ answeredAfterMs: 60_000 });
  const call = await client.calls.create({ to: '+15551230001', from: company.phoneNumber, url: 'https://gw.example.com/twiml',
    statusCallback: 'https://gw.example.com/status', statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'] });
  assert.equal(call.status, 'queued');
  await until(async () => (await client.calls(call.sid).fetch()).status === 'ringing', 'ringing');
  assert.equal((await client.calls.list({ to: '+15551230001', pageSize: 1 })).length, 1);
  assert.equal((await client.calls(call.sid).update({ status: 'canceled' })).status, 'canceled');
  await assert.rejects(client.calls(call.sid).update({ status: 'completed' }), refusedWith(400, 21220));
  await sim.settings({ answeredAfterMs: 10, completedAfterMs: 10 });
  const busy = await client.calls.create({ to: '+15005554486', from: company.phoneNumber, twiml: '<Response/>' });
  await until(async () => (await client.calls(busy.sid).fetch()).status === 'busy', 'busy');
  const done = await client.calls.create({ to: '+15551230003', from: company.phoneNumber, twiml: '<Response/>' });
  await until(async () => (await client.calls(done.sid).fetch()).status === 'completed', 'completion');
  assert.equal((await client.calls(done.sid).fetch()).duration, '0');
  assert.equal(await client.calls(done.sid).remove(), true);
});

test('numbers: search, buy, change, list, release', async () => {
  const countries = await client.availablePhoneNumbers.list();
  assert.ok(countries.some(c => c.countryCode === 'US' && !('mobile' in c.subresourceUris)));
  assert.equal((await client.availablePhoneNumbers('BR').fetch()).countryCode, 'BR');
  const [offer] = await client.availablePhoneNumbers('US').local.list({ areaCode: 415, limit: 1 });
  assert.match(offer.phoneNumber, /^\+1415/);
  assert.equal((await client.availablePhoneNumbers('US').tollFree.list({ limit: 3 })).length, 3);
  assert.equal((await client.availablePhoneNumbers('GB').mobile.list({ limit: 3 })).length, 3);
  await assert.rejects(client.availablePhoneNumbers('US').mobile.list({ limit: 1 }), refusedWith(404, 20404));
  const bought = await client.incomingPhoneNumbers.create({ phoneNumber: offer.phoneNumber, friendlyName: 'Front desk',
    voiceUrl: 'https://gw.example.com/voice', smsUrl: 'https://gw.example.com/sms', smsMethod: 'POST' });
  await assert.rejects(client.incomingPhoneNumbers.create({ phoneNumber: offer.phoneNumber }), refusedWith(400, 21422));
  const changed = await client.incomingPhoneNumbers(bought.sid).update({ voiceUrl: 'https://gw.example.com/other' });
  assert.equal(changed.voiceUrl, 'https://gw.example.com/other');
  assert.equal((await client.incomingPhoneNumbers(bought.sid).fetch()).smsUrl, 'https://gw.example.com/sms');
  assert.equal((await client.incomingPhoneNumbers.list({ phoneNumber: offer.phoneNumber })).length, 1);
  assert.equal((await client.incomingPhoneNumbers.list({ pageSize: 1 })).length, 2);
  assert.equal((await client.incomingPhoneNumbers.local.list()).length, 2);
  await assert.rejects(client.incomingPhoneNumbers(bought.sid).update({ voiceMethod: 'POST', smsUrl: 'https://a_b.example/' }),
    refusedWith(400, 21402));
  assert.equal(await client.incomingPhoneNumbers(bought.sid).remove(), true);
  const byArea = await client.incomingPhoneNumbers.create({ areaCode: '500' });
  assert.match(byArea.phoneNumber, /^\+1500/);
});

// Refusals are no violations: the description documents no 4xx, which Prism remarks upon and lets pass.
test('Prism found no violation in any answer', () => {
  const remarks = prism.output().split('\n').filter((line) => line.includes('Violation: response'));
  assert.ok(remarks.length > 0, 'Prism no longer logs what it remarks');
  assert.deepEqual(remarks.filter((line) => !line.includes('Unable to match the returned status code')), []);
});
