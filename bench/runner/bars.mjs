// The bars of the design, each a ratio or a limit of figures measured in the same run.

const ratio = (row, peer) => (r) => r[row].rps / r[peer].rps;
const figure = (row, field) => (r) => r[row][field];

export const bars = [
  { of: 'gateway', needs: ['ceiling'], what: 'of the ceiling', value: ratio('gateway', 'ceiling'), atLeast: 0.45 },
  { of: 'gateway', needs: ['tuned_node'], what: 'x hand-tuned Node', value: ratio('gateway', 'tuned_node'), atLeast: 1.3 },
  { of: 'gateway', needs: ['nginx_lua'], what: 'x nginx + Lua', value: ratio('gateway', 'nginx_lua'), atLeast: 0.8 },
  { of: 'gateway', needs: [], what: 'ms p99', value: figure('gateway', 'p99Ms'), atMost: 5 },
  { of: 'gateway_pg', needs: ['ceiling'], what: 'of the ceiling', value: ratio('gateway_pg', 'ceiling'), atLeast: 0.25 },
  { of: 'gateway_pg', needs: ['tuned_node_pg'], what: 'x hand-tuned Node + pg', value: ratio('gateway_pg', 'tuned_node_pg'), atLeast: 2.5 },
  { of: 'gateway_pg', needs: ['express_pg'], what: 'x Express + pg', value: ratio('gateway_pg', 'express_pg'), atLeast: 10 },
  { of: 'gateway_pg', needs: [], what: 'ms p99', value: figure('gateway_pg', 'p99Ms'), atMost: 10 },
  { of: 'gateway_remote', needs: ['gateway_pg'], what: 'of the same without the other node', value: ratio('gateway_remote', 'gateway_pg'), atLeast: 0.5 },
  { of: 'gateway_sqlite', needs: ['ceiling'], what: 'of the ceiling', value: ratio('gateway_sqlite', 'ceiling'), atLeast: 0.2 },
  { of: 'companies', needs: [], what: 's to ready', value: figure('companies', 'readySeconds'), atMost: 3, fullOnly: true },
  { of: 'companies', needs: [], what: 'ms p99 of a first call', value: figure('companies', 'firstCallP99Ms'), atMost: 10 },
  { of: 'isolation', needs: [], what: 'x p99 of those alone', value: figure('isolation', 'ratio'), atMost: 1.2, fullOnly: true },
  { of: 'neighbours', needs: [], what: 'ms p99 of the configuration API', value: figure('neighbours', 'apiP99Ms'), atMost: 20 },
  { of: 'neighbours', needs: [], what: 'x p99 of webhooks without health checks', value: figure('neighbours', 'checksRatio'), atMost: 1.2, fullOnly: true },
  { of: 'send_gateway', needs: [], what: 'messages/s', value: figure('send_gateway', 'rps'), atLeast: 2000 },
  { of: 'send_gateway', needs: ['send_node'], what: 'x Node + twilio + pg', value: ratio('send_gateway', 'send_node') },
  // 2 KiB for the actor; the state of a seeded company comes on top and is not bounded here.
  { of: 'companies', needs: [], what: 'bytes per idle tenant (2 KiB + state)', value: figure('companies', 'bytesPerTenant') },
];

/** pass, fail, shown (no bar, or a short run) or missing, with the value. */
export function judge(bar, results, quick) {
  if (![bar.of, ...bar.needs].every((row) => results[row] && !results[row].failed)) return { ...bar, verdict: 'missing' };
  const value = bar.value(results);
  const limit = bar.atLeast ?? bar.atMost;
  if (limit === undefined || (bar.fullOnly && quick)) return { ...bar, result: value, verdict: 'shown' };
  const good = bar.atLeast !== undefined ? value >= bar.atLeast : value <= bar.atMost;
  return { ...bar, result: value, verdict: good ? 'pass' : 'fail' };
}
