// A PostgreSQL server of our own with the durable settings it comes with, in the bench's temporary folder.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { accepts, freePort, run, start, stop, unprivileged, waitUntil } from './procs.mjs';

function binaries() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).map(Number).sort((a, b) => b - a) : [];
  const found = versions.map((v) => `${root}/${v}/bin`).find((dir) => existsSync(`${dir}/initdb`));
  return found ?? execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
}

const callsTable = `create table calls (account_sid text not null, call_sid text not null, caller text not null,
  called text not null, params text not null, answer text not null, received_at timestamptz not null default now(),
  primary key (account_sid, call_sid))`;

/** { program, url(database), sql(database, text), stop() }; `more` are settings beside the durable ones, name=value. */
export async function startPostgres(dir, more = []) {
  const bin = binaries();
  const password = randomBytes(16).toString('hex');
  const options = { log: `${dir}/postgres.log`, user: unprivileged, cwd: dir };
  writeFileSync(`${dir}/password`, password, { mode: 0o644 }); // the folder is closed to others
  const initdb = ['-D', `${dir}/data`, '-U', 'bench', '--pwfile', `${dir}/password`];
  await run(`${bin}/initdb`, [...initdb, '-A', 'scram-sha-256', '-E', 'UTF8', '--no-locale'], options);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${dir}`, ...more];
  const args = ['-D', `${dir}/data`, ...settings.flatMap((s) => ['-c', s])];
  const program = start(`${bin}/postgres`, args, { ...options, signal: 'SIGINT' }); // SIGINT: do not wait for clients
  await waitUntil(accepts(port), program);
  const env = { PGPASSWORD: password };
  const sql = (database, text) =>
    run('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', text, database],
      { log: `${dir}/psql.log`, env });
  const isUp = () => sql('postgres', 'select 1').then(() => true, () => false); // it accepts before it has recovered
  await waitUntil(isUp, program);
  await checkDurable(sql);
  await fillLog(sql);
  return {
    program,
    sql,
    url: (database) => `postgresql://bench:${password}@127.0.0.1:${port}/${database}`,
    stop: () => stop(program),
  };
}

// A server that has run for a while re-uses the segments of its log. A fresh one makes and zeroes 16 MiB in the middle of
// somebody's commit about once a second at these rates, which would be the p99 of every row.
async function fillLog(sql) {
  await sql('postgres', "create table filler as select repeat('x', 1000) from generate_series(1, 900000)");
  await sql('postgres', 'drop table filler');
  await sql('postgres', 'checkpoint');
}

async function checkDurable(sql) {
  const names = ['fsync', 'synchronous_commit', 'full_page_writes'];
  for (const name of names)
    if ((await sql('postgres', `show ${name}`)).trim() !== 'on') throw new Error(`PostgreSQL: ${name} is not on`);
}

let databases = 0;

/** A database nobody has used; with `calls`, the table that the peers insert into. */
export async function freshDatabase(postgres, { calls = false } = {}) {
  const name = `bench_${++databases}`;
  await postgres.sql('postgres', `create database ${name}`);
  if (calls) await postgres.sql(name, callsTable);
  return name;
}
