// A gateway under test, and what a platform engineer does with its API.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import twilio from 'twilio';
import { canaries, level, watching } from './canary.mjs';
import { build, freePort, sanitizers, start, tempFolder, until } from './process.mjs';
import { startSim } from './sim.mjs';

/** What Twilio is told and therefore signs; nothing listens there. */
export const publicUrl = 'https://gw.example.com';

/** Starts a node, beside a simulated Twilio of its own unless it is told of another, and waits until it is ready. The
 * same ports and folder come back after kill() and startAgain(). */
export async function startGateway(environment = {}, { arguments: extra = [] } = {}) {
  const folder = tempFolder();
  const webhooks = `127.0.0.1:${await freePort()}`;
  const api = `127.0.0.1:${await freePort()}`;
  const sim = environment.TRUNKLINE_TWILIO_API_URL ? null : await startSim();
  const env = { PATH: process.env.PATH, TRUNKLINE_DATA_DIR: folder, TRUNKLINE_LISTEN: webhooks, TRUNKLINE_API_LISTEN: api,
    TRUNKLINE_PUBLIC_URL: publicUrl, TRUNKLINE_LOG_FORMAT: 'json',
    TRUNKLINE_TWILIO_API_URL: sim?.url, ...sanitizers, ...(watching && extra.length === 0 ? { TRUNKLINE_LOG_LEVEL: level } : {}), ...environment };
  const gateway = { sim, folder, env, webhooks: `http://${webhooks}`, api: `http://${api}` };
  gateway.launch = () => {
    gateway.process = start(join(build, 'trunkline'), ['serve', ...extra], { env, cwd: folder });
    if (watching) watch(gateway);
  };
  gateway.ready = () => until(async () => {
    if (gateway.process.child.exitCode !== null) throw new Error(`the gateway ended:\n${gateway.process.output}`);
    return fetch(`${gateway.api}/readyz`).then((answer) => answer.ok, () => false);
  }, 'the gateway is ready').catch((late) => {
    throw new Error(`${late.message}\n${gateway.process.output.slice(-4000)}`);
  });
  gateway.startAgain = () => (gateway.launch(), gateway.ready());
  gateway.kill = (signal) => (watching && canaries.searchProcess(gateway.process.pid, 'a node'), gateway.process.kill(signal));
  gateway.stop = async () => {
    if (watching) await fetch(`${gateway.api}/metrics`).then(async (answer) => canaries.search('metrics', '/metrics', await answer.text()), () => {});
    await sim?.stop();
    return gateway.kill('SIGTERM');
  };
  gateway.launch();
  await gateway.ready();
  gateway.adminKey = env.TRUNKLINE_ADMIN_KEY ?? readFileSync(join(folder, 'admin.key'), 'utf8').trim();
  gateway.call = async (method, path, body, headers = {}) => {
    const answer = await fetch(gateway.api + path, { method, body: body === undefined ? undefined : JSON.stringify(body),
      headers: { authorization: `Bearer ${gateway.adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers } });
    const text = await answer.text();
    if (watching) canaries.learnRequest(body, headers), canaries.learnAnswer(method, path, answer.status, answer.headers, text);
    const json = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : null;
    return { status: answer.status, headers: answer.headers, text, json };
  };
  return gateway;
}

/** What a node has written is looked through when it has ended; the tests' own files are not its. */
function watch({ process: { child }, process: node, env, folder }) {
  canaries.learnEnvironment(env);
  child.on('close', () => {
    canaries.learnFiles(folder);
    canaries.search('logs', `the log of ${folder}`, node.output);
    canaries.searchFolder(folder, ['config.json', 'node.toml', 'trunkline.toml', '.env']);
  });
}

let count = 0;
const hex = (digits) => Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('');

/** What Twilio has to know before a company can be given it: an account with these numbers. */
export const addAccount = (sim, { accountSid, authToken, apiKey, apiSecret, ...more }, numbers = []) =>
  sim.accounts({ sid: accountSid, authToken, numbers, ...(apiKey ? { apiKeys: [{ sid: apiKey, secret: apiSecret }] } : {}), ...more });

/** As when a number is transferred from one Twilio account to another. */
export async function moveNumber(sim, number, from, to) {
  const numbers = `${sim.url}/2010-04-01/Accounts/${from.accountSid}/IncomingPhoneNumbers`;
  const headers = { authorization: `Basic ${btoa(`${from.accountSid}:${from.authToken}`)}` };
  const found = await (await fetch(`${numbers}.json?${new URLSearchParams({ PhoneNumber: number })}`, { headers })).json();
  await fetch(`${numbers}/${found.incoming_phone_numbers[0].sid}.json`, { method: 'DELETE', headers });
  await addAccount(sim, to, [number]);
}

/** A company with an account and a number of its own, made through the API. */
export async function addCompany(gateway, config = {}) {
  const number = config.number ?? `+1212555${String(1000 + count++).padStart(4, '0')}`;
  const account = { accountSid: `AC${hex(32)}`, authToken: hex(32) };
  if (gateway.sim) await addAccount(gateway.sim, account, [number]);
  const made = await gateway.call('POST', '/api/companies', { companyName: config.companyName ?? `Company ${count}` });
  if (made.status !== 201) throw new Error(made.text);
  const { number: _, companyName: __, ...settings } = config;
  const stored = await gateway.call('PUT', `/api/companies/${made.json.id}/twilio/config`,
    { ...account, phoneNumbers: [{ phoneNumber: number, friendlyName: 'Main line', isPrimary: true }], ...settings });
  if (stored.status !== 200) throw new Error(stored.text);
  return { id: made.json.id, number, ...account, config: stored.json, hooks: new URL(stored.json.webhookUrls.voice).pathname.replace(/\/voice$/, '') };
}

export const callSid = () => `CA${hex(32)}`;
export const messageSid = () => `SM${hex(32)}`;

export const voiceParams = (company, more = {}) => ({ CallSid: callSid(), AccountSid: company.accountSid, From: '+15559876543',
  To: company.number, CallStatus: 'ringing', ApiVersion: '2010-04-01', Direction: 'inbound', Caller: '+15559876543',
  Called: company.number, FromCity: 'NEW YORK', FromState: 'NY', FromCountry: 'US', ...more });

export const smsParams = (company, body, more = {}) => {
  const sid = messageSid();
  return { MessageSid: sid, SmsSid: sid, SmsMessageSid: sid, AccountSid: company.accountSid, From: '+15559876543',
    To: company.number, Body: body, NumMedia: '0', NumSegments: '1', SmsStatus: 'received', ApiVersion: '2010-04-01', ...more };
};

/** Posts a webhook as Twilio would, signed by Twilio's own SDK unless a signature is given. */
export async function postWebhook(gateway, company, path, params, { signature, headers = {}, body, agent } = {}) {
  const signed = signature !== undefined ? signature : twilio.getExpectedTwilioSignature(company.authToken, publicUrl + path, params);
  const answer = await fetch(gateway.webhooks + path, { method: 'POST', body: body ?? new URLSearchParams(params).toString(), dispatcher: agent,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', 'user-agent': 'TwilioProxy/1.1',
      ...(signed === null ? {} : { 'x-twilio-signature': signed }), ...headers } });
  const text = await answer.text();
  if (watching && signed) canaries.addSignature(signed), canaries.learnAnswer('POST', path, answer.status, answer.headers, text);
  return { status: answer.status, headers: answer.headers, text };
}
