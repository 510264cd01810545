// Signed voice webhooks at a steady rate to several nodes, as a balancer gives them out, with a ledger of the answers.
import http from 'node:http';
import twilio from 'twilio';
import { publicUrl, voiceParams } from './gateway.mjs';
import { percentile, post } from './load.mjs';

const path = '/api/twilio/voice';

/** One webhook, signed; `again` on the result posts the same once more. */
function makeWebhook(company) {
  const params = voiceParams(company);
  const signature = twilio.getExpectedTwilioSignature(company.authToken, publicUrl + path, params);
  return { sid: params.CallSid, company, body: new URLSearchParams(params).toString(), signature };
}

/** Starts `perSecond` webhooks each second, whether or not those before have been answered, in turn to the nodes that
 * `targets()` gives. One of ten is sent once more to another node after its answer, as Twilio repeats. */
export function startTraffic(targets, companies, perSecond = 300) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  const traffic = { answered: new Map(), failures: [], differing: [], sent: 0, slowestMs: 0 };
  const took = [], open = new Set();
  let turn = 0;

  const send = async (webhook) => {
    const nodes = targets();
    const node = nodes[turn++ % nodes.length];
    const begun = performance.now(), at = Date.now();
    ++traffic.sent;
    const answer = await post(agent, node.webhooks, path, webhook.body, webhook.signature).catch((error) => ({ error }));
    const ms = performance.now() - begun;
    took.push(ms);
    traffic.slowestMs = Math.max(traffic.slowestMs, ms);
    if (answer.status !== 200)
      return traffic.failures.push({ node: node.name, at: new Date(at).toISOString(), ms: Math.round(ms), was: String(answer.error?.code ?? answer.error ?? answer.status), text: answer.text });
    const before = traffic.answered.get(webhook.sid);
    if (before === undefined) traffic.answered.set(webhook.sid, answer.text);
    else if (before !== answer.text) traffic.differing.push(webhook.sid);
    if (before === undefined && Math.random() < 0.1) return send(webhook);
  };

  const begun = performance.now();
  let due = 0;
  const clock = setInterval(() => {
    for (const wanted = ((performance.now() - begun) / 1000) * perSecond; due < wanted; ++due) {
      if (targets().length === 0) continue;
      const one = send(makeWebhook(companies[due % companies.length])).finally(() => open.delete(one));
      open.add(one);
    }
  }, 5);
  traffic.p99 = () => percentile(took, 0.99);
  traffic.forget = () => ((took.length = 0), (traffic.slowestMs = 0));
  traffic.stop = async () => {
    clearInterval(clock);
    while (open.size) await Promise.all(open);
    agent.destroy();
    return traffic;
  };
  return traffic;
}

/** As a balancer does: whoever does not say at /readyz that it is ready gets no traffic. `.ready` is who gets it now. */
export function startBalancer(nodes, everyMs = 25) {
  const balancer = { ready: [...nodes], stopped: false };
  const look = async (node) => {
    while (!balancer.stopped) {
      const isReady = await new Promise((done) => {
        const request = http.get(`${node.webhooks}/readyz`, { agent: false, timeout: 1000 }, (answer) => (answer.resume(), done(answer.statusCode === 200)));
        request.on('error', () => done(false)).on('timeout', () => request.destroy());
      });
      balancer.ready = nodes.filter((one) => (one === node ? isReady : balancer.ready.includes(one)));
      await new Promise((wake) => setTimeout(wake, everyMs));
    }
  };
  const looking = nodes.map(look);
  balancer.stop = () => ((balancer.stopped = true), Promise.all(looking));
  return balancer;
}
