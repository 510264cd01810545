// What every Node peer needs: its companies, the answer, and two processes behind one port.
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';

export const path = '/api/twilio/voice';
export const url = process.env.PUBLIC_URL + path;
export const answer = readFileSync(new URL('../answer.xml', import.meta.url), 'utf8').trim();

/** Map from number to { accountSid, authToken }. */
export function readCompanies() {
  const lines = readFileSync(process.env.TARGETS, 'utf8').split('\n');
  const companies = new Map();
  for (const line of lines) {
    const [number, accountSid, authToken] = line.split(',');
    if (authToken && number !== 'number') companies.set(number, { accountSid, authToken });
  }
  return companies;
}

export const insertCall = `insert into calls (account_sid, call_sid, caller, called, params, answer)
  values ($1, $2, $3, $4, $5, $6) on conflict do nothing`;

/** Runs `serve(port)` in two processes; ends when the first of them does, so that a crash is seen. */
export function inTwoProcesses(serve) {
  if (cluster.isWorker) return serve(Number(process.env.PORT));
  for (let i = 0; i < 2; ++i) cluster.fork();
  cluster.on('exit', () => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGKILL');
      process.exit(0);
    });
}
