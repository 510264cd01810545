// How each row of the table is started. A row's start() gives { port, targets, programs, isAnswer } or throws.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measureCompanies, startBehindAnother, startGateway } from './gateway.mjs';
import { measureIsolation } from './isolation.mjs';
import { measureNeighbours } from './neighbours.mjs';
import { freshDatabase } from './postgres.mjs';
import { accepts, freePort, start, unprivileged, waitUntil } from './procs.mjs';
import { measureSendGateway, measureSendNode } from './sending.mjs';

const bench = path.resolve(import.meta.dirname, '..');
export const answerFile = path.join(bench, 'answer.xml');
const answer = readFileSync(answerFile, 'utf8').trim();
const isAnswer = (body) => body === answer;

async function startRestinio(context, threads) {
  const port = await freePort();
  const program = start(context.restinioProgram, [String(port), String(threads), answerFile], { log: `${context.dir}/restinio.log` });
  await waitUntil(accepts(port), program);
  return { port, programs: [program], targets: context.peerTargets, isAnswer, checksSignature: false };
}

async function startNode(context, file, postgres) {
  const port = await freePort();
  const database = postgres ? postgres.url(await freshDatabase(postgres, { calls: true })) : null;
  const env = { PORT: String(port), TARGETS: context.peerTargets, PUBLIC_URL: context.publicUrl, NODE_ENV: 'production' };
  if (database) env.DATABASE_URL = database;
  const program = start(process.execPath, [path.join(bench, 'peers', file)], { env, log: `${context.dir}/${file}.log` });
  await waitUntil(accepts(port), program);
  const programs = postgres ? [program, postgres.program] : [program];
  return { port, programs, targets: context.peerTargets, isAnswer };
}

async function startNginx(context) {
  if (!existsSync('/usr/lib/nginx/modules/ngx_http_lua_module.so'))
    throw new Skipped('nginx with libnginx-mod-http-lua is not installed');
  const port = await freePort();
  const dir = mkdtempSync(path.join(context.openDir, 'nginx-'));
  const values = { PORT: port, DIR: dir, PUBLIC_URL: context.publicUrl };
  const template = readFileSync(path.join(bench, 'peers/nginx.conf.in'), 'utf8');
  writeFileSync(`${dir}/nginx.conf`, template.replaceAll(/@([A-Z_]+)@/g, (whole, name) => values[name] ?? whole));
  copyFileSync(path.join(bench, 'peers/webhook.lua'), `${dir}/webhook.lua`);
  copyFileSync(answerFile, `${dir}/answer.xml`);
  copyFileSync(context.peerTargets, `${dir}/targets.csv`);
  context.giveAway(dir);
  const args = ['-e', `${dir}/error.log`, '-p', dir, '-c', `${dir}/nginx.conf`];
  const program = start('/usr/sbin/nginx', args, { log: `${context.dir}/nginx.log`, user: unprivileged });
  await waitUntil(accepts(port), program);
  return { port, programs: [program], targets: context.peerTargets, isAnswer };
}

/** Thrown by a row that cannot run here; the table says why. */
export class Skipped extends Error {}

async function gateway(context, options) {
  if (!existsSync(context.gatewayProgram)) throw new Skipped(`${context.gatewayProgram} is not built`);
  const dir = path.join(context.dir, options.name);
  mkdirSync(dir);
  return startGateway(context, { companies: 200, dir, ...options });
}

async function gatewayOnPostgres(context) {
  const database = await freshDatabase(context.postgres);
  const server = await gateway(context, { name: 'gateway_pg', database: context.postgres.url(database) });
  return { ...server, programs: [...server.programs, context.postgres.program] };
}

async function gatewayBehindAnother(context) {
  if (!existsSync(context.gatewayProgram)) throw new Skipped(`${context.gatewayProgram} is not built`);
  const dir = path.join(context.dir, 'gateway_remote');
  mkdirSync(dir);
  const database = context.postgres.url(await freshDatabase(context.postgres));
  const server = await startBehindAnother(context, { companies: 200, dir, database });
  return { ...server, programs: [...server.programs, context.postgres.program] };
}

export const rows = [
  { name: 'ceiling', title: 'bare RESTinio, a constant', variants: [1, 2], start: startRestinio },
  { name: 'express', title: 'Express 5 + twilio', start: (c) => startNode(c, 'express.mjs') },
  { name: 'tuned_node', title: 'hand-tuned Node', start: (c) => startNode(c, 'tuned_node.mjs') },
  { name: 'nginx_lua', title: 'nginx + Lua', start: startNginx },
  { name: 'gateway', title: 'Trunkline, not durable', start: (c) => gateway(c, { name: 'gateway', durable: false }) },
  { name: 'express_pg', title: 'Express 5 + twilio + pg', postgres: true, start: (c) => startNode(c, 'express.mjs', c.postgres) },
  { name: 'tuned_node_pg', title: 'hand-tuned Node + pg', postgres: true, start: (c) => startNode(c, 'tuned_node.mjs', c.postgres) },
  { name: 'gateway_pg', title: 'Trunkline, PostgreSQL', postgres: true, start: gatewayOnPostgres },
  { name: 'gateway_remote', title: 'Trunkline, PostgreSQL, through another node', postgres: true, start: gatewayBehindAnother },
  { name: 'gateway_sqlite', title: 'Trunkline, SQLite', start: (c) => gateway(c, { name: 'gateway_sqlite' }) },
  { name: 'companies', title: 'Trunkline, 100,000 companies', measure: measureCompanies },
  { name: 'isolation', title: 'Trunkline, 1,000 companies beside one that throws', postgres: true, measure: measureIsolation },
  { name: 'neighbours', title: 'Trunkline, the API and health checks beside webhooks', postgres: true, measure: measureNeighbours },
  { name: 'send_node', title: 'Node + twilio + pg, messages out', measure: measureSendNode },
  { name: 'send_gateway', title: 'Trunkline, PostgreSQL, messages out', measure: measureSendGateway },
];
