// Prism between a client and the simulator: a request or an answer that Twilio's OpenAPI description does not allow
// becomes 422 or 500.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort, removeFolder, root, start, tempFolder, until } from './process.mjs';

const data = join(root, 'tests/data/twilio');
const cli = join(root, 'tests/end_to_end/node_modules/@stoplight/prism-cli/dist/index.js');

/** { url, output(), stop() } */
export async function startPrism(upstream) {
  const folder = tempFolder('trunkline-prism-');
  const description = join(folder, 'twilio.json');
  execFileSync(process.execPath, [join(data, 'prism_patch.js'), join(data, 'twilio_api_v2010.json'), description], { stdio: 'ignore' });
  const port = await freePort();
  const program = start(process.execPath,
    [cli, 'proxy', '-h', '127.0.0.1', '-p', String(port), '--errors', '-v', 'info', description, upstream]);
  const url = `http://127.0.0.1:${port}`;
  await until(() => {
    if (program.child.exitCode !== null) throw new Error(`Prism ended:\n${program.output}`);
    return fetch(url).then(() => true, () => false);
  }, 'Prism answers', 120);
  return { url, output: () => program.output, stop: async () => (await program.kill(), removeFolder(folder)) };
}
