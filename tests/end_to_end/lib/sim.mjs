// Starts and steers twilio-sim (sim/control_api.hpp has its control interface).
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build, start, until } from './process.mjs';

export const simProgram = process.env.TRUNKLINE_SIM ?? join(build, 'twilio-sim');

/** { platform: { accountSid, authToken }, companies: [{ accountSid, authToken, phoneNumber }] } */
export const demo = () => JSON.parse(execFileSync(simProgram, ['--print-demo'], { encoding: 'utf8' }));

/** A simulator on a free port: { url, stop(), ledger(filter), clearLedger(), faults(...rules), noFaults(),
 * accounts(json), settings(json), webhook(kind, json) }. Always stop() it. */
export async function startSim({ gateway, publicUrl, args = [] } = {}) {
  const all = args.includes('--listen') ? [...args] : ['--listen', '127.0.0.1:0', ...args];
  if (gateway) all.push('--gateway', gateway);
  if (publicUrl) all.push('--public-url', publicUrl);
  const program = start(simProgram, all);
  const url = await until(() => {
    if (program.child.exitCode !== null) throw new Error(`twilio-sim ended:\n${program.output}`);
    return program.output.match(/listening on (http:\S+)\n/)?.[1];
  }, 'twilio-sim listens');

  const control = async (method, path, json) => {
    const answer = await fetch(url + path, { method, body: json && JSON.stringify(json), signal: AbortSignal.timeout(60_000) });
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${body.error}`), { status: answer.status, body });
    return body;
  };

  // Every entry that fits, all pages.
  const ledger = async (filter = {}) => {
    const entries = [];
    let after = 0;
    do {
      const page = await control('GET', `/sim/ledger?${new URLSearchParams({...filter, after, limit: 5000})}`);
      if (page.dropped > 0) throw new Error('the ledger has dropped entries and can judge nothing');
      entries.push(...page.entries);
      after = page.next;
    } while (after !== null);
    return entries;
  };

  return {
    url, ledger,
    output: () => program.output,
    stop: () => program.kill(),
    clearLedger: () => control('DELETE', '/sim/ledger'),
    faults: (...rules) => control('POST', '/sim/faults', { rules }),
    noFaults: () => control('DELETE', '/sim/faults'),
    accounts: json => control('POST', '/sim/accounts', json),
    settings: json => control('POST', '/sim/settings', json),
    webhook: (kind, json) => control('POST', `/sim/webhooks/${kind}`, json),
  };
}
