// A backup made beside a running node brings back what was there, and nothing replaces a database by accident.
import assert from 'node:assert/strict';
import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addCompany, startGateway } from './lib/gateway.mjs';
import { build, run, tempFolder } from './lib/process.mjs';

test('a_backup_beside_a_running_node_is_restored_with_its_companies', async () => {
  const gateway = await startGateway();
  const trunkline = (...args) => run(join(build, 'trunkline'), args, { env: gateway.env, cwd: gateway.folder });
  const company = await addCompany(gateway, { callRoutingMode: 'voicemail' });
  const file = join(gateway.folder, 'saved.db');
  assert.equal((await trunkline('backup', file)).code, 0);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match((await trunkline('backup', file)).output, /is there already/);
  await gateway.call('POST', '/api/companies', { companyName: 'Made after the backup' });
  assert.match((await trunkline('restore', file)).output, /trunkline: /); // the node has the database
  assert.equal((await gateway.kill('SIGTERM')).code, 0);

  const refused = await trunkline('restore', file);
  assert.deepEqual([refused.code, /has 2 companies, which would be lost/.test(refused.output)], [1, true], refused.output);
  const keys = join(gateway.folder, 'master.key'), kept = join(tempFolder(), 'master.key');
  copyFileSync(keys, kept);
  writeFileSync(keys, `${'ab'.repeat(32)}\n`);
  assert.match((await trunkline('restore', file, '--force')).output, /is not the one this database is sealed with/);
  copyFileSync(kept, keys);
  const rubbish = join(gateway.folder, 'rubbish.db');
  writeFileSync(rubbish, 'no database at all'.repeat(100));
  assert.equal((await trunkline('restore', rubbish, '--force')).code, 1);

  const restored = await trunkline('restore', file, '--force');
  assert.equal(restored.code, 0, restored.output);
  await gateway.startAgain();
  assert.deepEqual((await gateway.call('GET', '/api/companies')).json.data.map((c) => c.id), [company.id]);
  assert.equal((await gateway.call('POST', `/api/companies/${company.id}/twilio/test`)).json.ok, true);
  await gateway.stop();
});
