// Signed webhooks at full speed over kept connections, with a ledger of what was answered.
import http from 'node:http';
import twilio from 'twilio';
import { publicUrl } from './gateway.mjs';

/** One POST; resolves to {status, text}, rejects when the connection breaks or nothing comes for 20 s. */
export function post(agent, base, path, body, signature) {
  return new Promise((resolve, reject) => {
    const request = http.request(base + path, { method: 'POST', agent, timeout: 20_000, headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', 'content-length': Buffer.byteLength(body), 'x-twilio-signature': signature } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => resolve({ status: answer.statusCode, text })).on('error', reject);
    });
    request.on('error', reject).on('timeout', () => request.destroy(new Error('timeout')));
    request.end(body);
  });
}

/** Runs `connections` loops that post what `make()` gives ({sid, path, company, params}) until stop(). */
export function startLoad(gateway, connections, make, seen) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  let running = true;
  const loop = async () => {
    while (running) {
      const event = make();
      const signature = twilio.getExpectedTwilioSignature(event.company.authToken, publicUrl + event.path, event.params);
      const sent = performance.now();
      const answer = await post(agent, gateway.webhooks, event.path, new URLSearchParams(event.params).toString(), signature).catch((error) => ({ error }));
      seen(event, answer, performance.now() - sent);
      if (answer.error) await new Promise((wake) => setTimeout(wake, 5)); // the node is down: Twilio would wait, too
    }
  };
  const loops = Array.from({ length: connections }, loop);
  return { stop: async () => ((running = false), await Promise.all(loops), agent.destroy()) };
}

export const percentile = (values, share) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
