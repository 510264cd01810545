// What the tables of bad inputs share: requests as bytes, and a judge that holds every answer to the contract.
//
// A row is [what, wanted, bytes, check]: `wanted` is 'closed', a status, or a status and the problem's code
// ('400 invalid_request'); a list where the contract itself leaves the choice. The status of a row comes from API.md and
// the table of bad inputs, never from what was answered.
import assert from 'node:assert/strict';
import twilio from 'twilio';
import { publicUrl, smsParams, voiceParams } from '../lib/gateway.mjs';
import { exchange, request } from '../lib/raw.mjs';

export const customer = '+12125550987'; // a canary: no log line may have it in full
export const form = ['Content-Type', 'application/x-www-form-urlencoded'];
export const json = ['Content-Type', 'application/json'];
const once = [['Host', 'gw.example.com'], ['Connection', 'close']];

export class World {
  constructor(gateway, company, other) {
    Object.assign(this, { gateway, company, other, key: ['Authorization', `Bearer ${gateway.adminKey}`] });
    this.config = `/api/companies/${company.id}/twilio/config`;
  }

  // -- webhooks
  sign(target, params, url = publicUrl) { return twilio.getExpectedTwilioSignature(this.company.authToken, url + target, params); }
  call(more = {}) { return voiceParams(this.company, { From: customer, Caller: customer, ...more }); }
  sms(body, more = {}) { return smsParams(this.company, body, { From: customer, ...more }); }

  /** A signed webhook; `raw` replaces the body, `headers` come on top. */
  webhook(target, params, { headers = [], raw, signature = this.sign(target, params), type = form } = {}) {
    const body = Buffer.from(raw ?? encode(params));
    const signed = [signature].flat().filter((s) => s !== null).map((s) => ['X-Twilio-Signature', s]);
    const host = headers.some(([name]) => name === 'Host') ? once.slice(1) : once;
    return request('POST', target, [...host, type, ...signed, ['Content-Length', body.length], ...headers], body);
  }

  // -- API
  ask(method, target, headers = [this.key]) { return request(method, target, [...once, ...headers]); }
  send(method, target, body, headers = [this.key, json]) {
    return request(method, target, [...once, ['Content-Length', Buffer.byteLength(body)], ...headers], body);
  }
}

export const encode = (params) => new URLSearchParams(params).toString();

const members = ['type', 'title', 'status', 'code', 'detail', 'requestId'];

/** Fails unless an answer of 4xx or 5xx is the problem+json that API.md describes. */
function judgeProblem(what, { status, head, body }) {
  assert.match(head, /\r\nContent-Type: application\/problem\+json/i, what);
  const problem = JSON.parse(body);
  const requestId = /\r\nX-Request-Id: (\S+)/i.exec(head)?.[1];
  assert.deepEqual(members.filter((name) => !(name in problem)), [], `${what}: ${body}`);
  assert.deepEqual([problem.status, problem.type, problem.requestId], [status, `urn:trunkline:problem:${problem.code}`, requestId], what);
  if (problem.errors) {
    assert.equal(status, 400, what);
    for (const { pointer, code, detail } of problem.errors) assert.ok(/^(\/|$)/.test(pointer) && code && detail, `${what}: ${body}`);
  }
  if (status === 401) assert.match(head, /\r\nWWW-Authenticate: Bearer/i, what);
  if (status === 405) assert.match(head, /\r\nAllow: [A-Z]/i, what);
  if (status === 429 || status === 503) assert.match(head, new RegExp(`\r\nRetry-After: ${problem.retryAfterSeconds}\r\n`, 'i'), what);
  return problem;
}

/** Fails unless `answer` is one that `wanted` allows, and is well made. */
export function judge(what, wanted, answer, secrets = []) {
  const { status, head, body } = answer;
  const shown = `${what}: ${status}, not ${wanted}: ${String(body).slice(0, 300)}`;
  const fits = [wanted].flat().map(String).filter((each) => each.split(' ')[0] === String(status));
  assert.ok(fits.length > 0, shown);
  assert.ok(answer.statuses.length <= 1, `${what}: ${answer.statuses.length} answers`);
  assert.ok(answer.ms < 2000, `${what}: ${answer.ms} ms`);
  for (const [name, secret] of secrets) assert.ok(!`${head}${body}`.includes(secret), `${what}: ${name} in the answer`);
  if (typeof status !== 'number' || status < 400) return;
  if (status === 403 && fits.includes('403')) return assert.equal(body, '', what); // a webhook's
  const problem = judgeProblem(what, answer);
  const codes = fits.map((each) => each.split(' ')[1]);
  assert.ok(codes.includes(problem.code), `${shown}\n${problem.code}, not ${codes}`);
}

/** Sends every row to `url` and judges its answer. */
export async function runTable(world, url, rows, secrets) {
  for (const [what, wanted, bytes, check] of rows) {
    const answer = await exchange(url, bytes);
    judge(what, wanted, answer, secrets);
    check?.(answer);
    assert.equal(world.gateway.process.child.exitCode, null, `the gateway ended after: ${what}`);
  }
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
}
