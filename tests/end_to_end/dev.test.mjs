// What ./dev does with what is secret and with what does not answer.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, run, tempFolder } from './lib/process.mjs';

const key = 'tk_admin_0123456789abcdef', token = 'demo-token-0123456789abcdef';

/** Runs commands with the functions of ./dev, in a folder of their own; `programs` take the place of real ones. */
async function withDev(commands, programs = {}) {
  const folder = tempFolder();
  const lines = readFileSync(join(root, 'dev'), 'utf8').replace(/^cd .*$/m, '').replace(/^case \$\{1:-\} in\n[^]*$/m, '');
  writeFileSync(join(folder, 'functions'), lines);
  for (const name of ['var', 'bin', 'build', 'build/release']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'var/admin.key'), `${key}\n`);
  for (const [name, script] of Object.entries(programs)) {
    const path = join(folder, name.includes('/') ? name : join('bin', name));
    writeFileSync(path, `#!/bin/bash\n${script}\n`);
    chmodSync(path, 0o755);
  }
  const ended = await run('bash', ['-c', `. ./functions; build() { :; }; ${commands}`], { cwd: folder, env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` } });
  const read = (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
  return { ...ended, read };
}

test('no_program_is_told_the_admin_key_or_a_demo_token_in_its_arguments', async () => {
  const curl = 'printf "%s\\n" "$@" >>arguments; for word in "$@"; do [[ $word == @* ]] && cat "${word#@}" >>headers; done; exit 0';
  const node = 'printf "%s\\n" "$@" >>arguments; env >>environment; cat >/dev/null';
  const { code, output, read } = await withDev('admin http://x/; seed_demo_companies; print_welcome',
    { curl, node, 'build/release/twilio-sim': `echo '{"authToken":"${token}"}'` });
  assert.equal(code, 0, output);
  assert.match(read('arguments'), /http:\/\/x\//);
  assert.doesNotMatch(read('arguments') + output, new RegExp(`${key}|${token}|Authorization: Bearer`));
  assert.match(read('headers'), new RegExp(`^Authorization: Bearer ${key}$`, 'm'));
  assert.match(read('environment'), new RegExp(token));
});

test('a_port_that_takes_connections_and_says_nothing_is_in_use', { timeout: 20_000 }, async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => silent.on('listening', listening));
  const begun = performance.now();
  const { code, output } = await withDev(`webhooks=http://127.0.0.1:${silent.address().port}; run`,
    { 'build/release/twilio-sim': 'echo started >>started', 'build/release/trunkline': 'echo started >>started' });
  silent.close();
  assert.equal(code, 1, output);
  assert.match(output, /something listens at/);
  assert.ok(performance.now() - begun < 10_000);
});
