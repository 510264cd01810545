// A node of which every secret is known, and everything that it answers is kept.
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Canaries, level } from '../lib/canary.mjs';
import { postWebhook, startGateway } from '../lib/gateway.mjs';
import { build, start } from '../lib/process.mjs';
import { startSim } from '../lib/sim.mjs';

const word = () => randomBytes(12).toString('hex');

/** Twilio as seen through something that repeats in its error what it was sent, or lets nobody through. */
async function startMirror(upstream) {
  const mirror = { repeats: false, away: false };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (mirror.away) return request.socket.destroy();
    const basic = request.headers.authorization ?? '';
    const [user, password] = Buffer.from(basic.replace('Basic ', ''), 'base64').toString().split(/:(.*)/s);
    if (mirror.repeats) {
      const body = JSON.stringify({ code: 20003, status: 401, message: `Authenticate: ${user}:${password} (${basic})`, more_info: `https://www.twilio.com/docs/errors/20003?token=${encodeURIComponent(password)}` });
      return response.writeHead(401, { 'content-type': 'application/json' }).end(body);
    }
    try {
      const answer = await fetch(upstream + request.url, { method: request.method, headers: { authorization: basic, 'content-type': request.headers['content-type'] ?? '' }, body: chunks.length ? Buffer.concat(chunks) : undefined });
      return response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' }).end(await answer.text());
    } catch {
      return request.socket.destroy(); // a cut answer is passed on as one
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  mirror.url = `http://127.0.0.1:${server.address().port}`;
  mirror.stop = () => (server.closeAllConnections(), server.close());
  return mirror;
}

/** Whoever is to be told of alerts, and fails. */
async function startReceiver() {
  const receiver = { letters: 0 };
  const server = createServer((request, response) => (request.resume(), ++receiver.letters, response.writeHead(500).end('no')));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  receiver.url = `http://127.0.0.1:${server.address().port}/alerts`;
  receiver.stop = () => (server.closeAllConnections(), server.close());
  return receiver;
}

export async function startWorld({ database, masterKey } = {}) {
  const canaries = new Canaries();
  // With all that has to be written otherwise in a URL, in JSON and in a shell.
  const secret = (name, value = `cnry-${word()}+/=&"\\%${word().slice(0, 6)}`) => canaries.add(name, value);
  const whsec = randomBytes(32);
  secret('the alert secret in base64', whsec.toString('base64'));
  secret('the alert secret', whsec);
  const sim = await startSim();
  const mirror = await startMirror(sim.url);
  const receiver = await startReceiver();
  const platform = { accountSid: `AC${randomBytes(16).toString('hex')}`, authToken: secret('the platform token') };
  await sim.accounts({ sid: platform.accountSid, authToken: platform.authToken });
  const jwt = secret('the JWT secret', `cnry-${word()}${word()}`);
  if (masterKey) secret('the master key', masterKey);
  const environment = { TRUNKLINE_TWILIO_API_URL: mirror.url, TRUNKLINE_LOG_LEVEL: level, TRUNKLINE_ADMIN_KEY: secret('the admin key', `tk_cnry_${word()}`), TWILIO_ACCOUNT_SID: platform.accountSid, TWILIO_AUTH_TOKEN: platform.authToken,
    TRUNKLINE_JWT_ALGORITHM: 'HS256', TRUNKLINE_JWT_SECRET: jwt, TRUNKLINE_ALERTS_WEBHOOK_URL: receiver.url, TRUNKLINE_ALERTS_WEBHOOK_SECRET: `whsec_${whsec.toString('base64')}`,
    ...(database ? { TRUNKLINE_DATABASE: database } : {}), ...(masterKey ? { TRUNKLINE_MASTER_KEY: `1:${masterKey}` } : {}) };
  const gateway = await startGateway(environment);
  gateway.sim = sim;
  const world = { canaries, secret, sim, mirror, receiver, gateway, environment, logs: [], printed: [], platform };

  const call = gateway.call;
  gateway.call = async (method, path, body, headers = {}) => {
    const answer = await call(method, path, body, headers);
    canaries.learnAnswer(method, path, answer.status, answer.headers, answer.text);
    return answer;
  };
  /** Anything that is no JSON of ours; the answer is kept like every other. */
  world.raw = async (method, target, { body, headers = {}, url = gateway.api } = {}) => {
    const answer = await fetch(url + target, { method, body, headers });
    const text = await answer.text();
    canaries.learnAnswer(method, target.split('?')[0], answer.status, answer.headers, text);
    return { status: answer.status, headers: answer.headers, text };
  };
  /** A webhook, and what it should have been signed with. */
  world.post = async (company, path, params, options = {}) => {
    const answer = await postWebhook(gateway, company, path, params, options);
    canaries.learnAnswer('POST', path, answer.status, answer.headers, answer.text);
    return answer;
  };
  /** A JSON Web Token, which opens the API as long as it lasts. */
  world.token = (claims) => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'ops', exp: Math.floor(Date.now() / 1000) + 600, ...claims })}`;
    const signature = secret('the signature of a JWT', createHmac('sha256', jwt).update(text).digest('base64url'));
    return `${text}.${signature}`;
  };
  /** Runs a command to its end; `look(pid)` while it waits for its standard input. */
  world.trunkline = async (args, { stdin = '', env = {}, look } = {}) => {
    const child = start(join(build, 'trunkline'), args, { env: { ...gateway.env, ...env }, cwd: gateway.folder, stdio: ['pipe', 'pipe', 'pipe'] });
    await look?.(child.pid);
    child.child.stdin.on('error', () => {}).end(stdin); // who ends without reading it
    await new Promise((closed) => child.child.on('close', closed));
    world.printed.push([args.slice(0, 2).join(' '), child.output]);
    return { code: child.child.exitCode, output: child.output };
  };
  /** A new process in the place of the one before, whose log is kept. */
  world.again = async (signal) => {
    canaries.searchProcess(gateway.process.pid, 'the node');
    await gateway.kill(signal);
    world.logs.push(gateway.process.output);
    await gateway.startAgain();
  };
  world.stop = async () => {
    const ended = await gateway.kill('SIGTERM');
    world.logs.push(gateway.process.output);
    mirror.stop();
    receiver.stop();
    await sim.stop();
    return ended;
  };
  return world;
}
