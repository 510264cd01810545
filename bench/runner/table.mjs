// What a person reads.
import { bars, judge } from './bars.mjs';
import { rows } from './rows.mjs';

const thousands = (n) => Math.round(n).toLocaleString('en-US');
const short = (n) => (n >= 100 ? thousands(n) : n.toPrecision(3));

function print(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    console.log(line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('   ').trimEnd());
}

function throughputLine(row, result, ceiling) {
  if (result.failed) return [row.title, result.skipped ? 'skipped' : 'FAILED', '', '', '', '', ''];
  const share = ceiling?.rps ? (result.rps / ceiling.rps).toFixed(2) : '';
  return [row.title + (result.variant ? ` (${result.variant})` : ''), thousands(result.rps), share, result.p50Ms.toFixed(2),
    result.p99Ms.toFixed(2), result.serverCpuUs.toFixed(1), result.loadCpuUs.toFixed(1)];
}

export function printTable(results) {
  const measured = rows.filter((row) => results[row.name] && !row.measure);
  if (measured.length > 0) {
    const head = ['', 'requests/s', 'of ceiling', 'p50 ms', 'p99 ms', 'server us', 'load us'];
    print([head, ...measured.map((row) => throughputLine(row, results[row.name], results.ceiling))]);
    console.log('p50, p99 at 70 % of requests/s, open loop; CPU microseconds per request, a database included in its row');
  }
  for (const row of measured)
    if (results[row.name].steady?.some(({ unsentShare }) => unsentShare > 0.001))
      console.log(`${row.title}: did not keep up with 70 % all the time: read its latencies as those of an overload`);
  for (const row of rows)
    if (results[row.name]?.failed) console.log(`${row.title}: ${results[row.name].failed}`);
  const i = results.isolation;
  if (i && !i.failed)
    console.log(`${thousands(i.companies)} companies at ${thousands(i.rate)} webhooks/s: p99 ${i.p99WithoutMs.toFixed(2)} ms alone, ` +
      `${i.p99WithMs.toFixed(2)} ms beside one that always throws and gets a twentieth more (medians of ${i.rounds.with.length} rounds in turn)`);
  const n = results.neighbours;
  if (n && !n.failed)
    console.log(`${thousands(n.webhooksPerSecond)} webhooks/s: p99 ${n.p99AloneMs.toFixed(2)} ms alone, ${n.p99BesideApiMs.toFixed(2)} ms beside the API, ` +
      `${n.p99BesideChecksMs.toFixed(2)} ms beside 100 health checks/s; the API at 50 requests/s: p50 ${n.apiP50Ms.toFixed(2)} ms, p99 ${n.apiP99Ms.toFixed(2)} ms` +
      (n.held.rate < n.rate ? `, and p99 ${n.held.p99Ms.toFixed(2)} ms beside ${thousands(n.held.rate)} webhooks/s` : ''));
  for (const row of rows) {
    const r = results[row.name];
    if (r?.sidP99Ms === undefined) continue;
    console.log(`${row.title}: ${thousands(r.rps)}/s${r.followedPerSecond ? ` (${thousands(r.followedPerSecond)}/s with callbacks, until delivered)` : ''}, ${thousands(r.serverCpuUs)} us of CPU each; ` +
      `at 70 % the sid is stored after p50 ${r.sidP50Ms.toFixed(1)} ms, p99 ${r.sidP99Ms.toFixed(1)} ms; of ${thousands(r.messages)} messages ${r.lost} lost, ${r.twice} twice`);
  }
  const c = results.companies;
  if (c && !c.failed)
    console.log(`${thousands(c.companies)} companies: seeded in ${c.seedSeconds.toFixed(1)} s, ready in ${c.readySeconds.toFixed(2)} s, ` +
      `${thousands(c.idleBytes / 2 ** 20)} MiB; ${thousands(c.touched)} first calls: ${thousands(c.bytesPerTenant)} B each ` +
      `(second calls ${thousands(c.secondRoundBytes)} B), p99 ${c.firstCallP99Ms.toFixed(2)} ms (second ${c.nextCallP99Ms.toFixed(2)} ms)`);
}

/** The verdicts of all bars whose row was asked for. */
export function printBars(results, quick) {
  const verdicts = bars.filter((bar) => results[bar.of]).map((bar) => judge(bar, results, quick));
  if (verdicts.length === 0) return verdicts;
  console.log('');
  const limit = (v) => (v.atLeast !== undefined ? `>= ${v.atLeast}` : v.atMost !== undefined ? `<= ${v.atMost}` : '');
  print(verdicts.map((v) => [`${rows.find((row) => row.name === v.of).title}: ${v.what}`,
    v.result === undefined ? '-' : short(v.result), limit(v), v.verdict === 'fail' ? 'FAIL' : v.verdict]));
  if (quick) console.log('Short runs: the figures are rough.');
  return verdicts;
}
