import { startCluster } from '/work/main/tests/end_to_end/lib/cluster.mjs';
import { addCompany, postWebhook, voiceParams } from '/work/main/tests/end_to_end/lib/gateway.mjs';
const c = await startCluster();
try {
  console.log('started');
  console.log(JSON.stringify(await c.status(), null, 0));
  const s = await c.settled(3);
  console.log(JSON.stringify(s));
  const company = await addCompany(c.nodes[0], { callRoutingMode: 'voicemail' });
  for (let i = 0; i < 10; ++i) for (const n of c.nodes) { const t=performance.now(); const a = await postWebhook(n, company, '/api/twilio/voice', voiceParams(company)); console.log(n.name, a.status, (performance.now()-t).toFixed(1)); }
  console.log(JSON.stringify((await c.nodes[1].call('GET', '/api/admin/actors')).json.counts));
} catch (e) { console.log(e); for (const n of c.nodes) console.log(n.process.output.slice(-1500)); }
console.log(await c.stop());
for (const n of c.nodes) console.log(n.process.output.split('\n').map(l=>{try{return JSON.parse(l).message}catch{return l}}).join('\n').slice(0,2500), '\n--');
