// A PostgreSQL server of the test's own: temporary folder, unprivileged user, loopback, durable settings.
import { execFileSync } from 'node:child_process';
import { chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canaries, watching } from './canary.mjs';
import { freePort, removeFolder, run, start, tempFolder, until } from './process.mjs';

function binaries() {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => b - a);
  return join('/usr/lib/postgresql', versions[0], 'bin');
}

export async function startPostgres() {
  const bin = binaries();
  const folder = tempFolder('trunkline-pg-');
  const options = { cwd: folder };
  if (process.getuid() === 0) {
    const id = (flag) => Number(execFileSync('id', [flag, 'postgres']));
    options.uid = id('-u');
    options.gid = id('-g');
    chownSync(folder, options.uid, options.gid);
  }
  const data = join(folder, 'data');
  const made = await run(join(bin, 'initdb'), ['-D', data, '-U', 'trunkline', '-A', 'trust', '-E', 'UTF8', '--no-sync'], options);
  if (made.code !== 0) throw new Error(made.output);
  const port = await freePort();
  const launch = () => start(join(bin, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder], options);
  let server = launch();
  const url = (database) => `postgresql://trunkline@127.0.0.1:${port}/${database}`;
  const psql = async (database, sql) => {
    const answer = await run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql, url(database)]);
    if (answer.code !== 0) throw new Error(answer.output);
    return answer.output.trim();
  };
  const answers = () => until(async () => (await run('psql', ['-XAtqc', 'select 1', url('postgres')])).code === 0, 'PostgreSQL answers');
  await answers();
  return {
    port,
    url,
    psql,
    createDatabase: (name) => psql('postgres', `create database ${name}`),
    stop: async (signal = 'SIGINT') => {
      if (watching) canaries.search('dumps', 'pg_dumpall', (await run('pg_dumpall', ['--inserts', '-d', url('postgres')])).output);
      await server.kill(signal);
      removeFolder(folder);
    },
    /** Ends the server, at once with SIGQUIT, and starts it again in the same place. */
    halt: (signal = 'SIGINT') => server.kill(signal),
    startAgain: () => ((server = launch()), answers()),
    /** As an operator does it: no client is waited for. */
    restart: async () => {
      await server.kill('SIGINT');
      server = launch();
      await answers();
    },
    /** All its processes stop in their tracks (SIGSTOP), or go on (SIGCONT). */
    signalAll: (signal) => {
      const children = execFileSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' }).trim().split('\n');
      for (const pid of [server.pid, ...children.map(Number)]) process.kill(pid, signal);
    },
  };
}
