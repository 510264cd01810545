// Tunnels between nodes as packaging/stunnel.conf has them: real stunnel processes with that file's settings, mutual TLS,
// and certificates of an authority that lives as long as the test.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, removeFolder, root, run, start, tempFolder, until } from './process.mjs';
import { startProxy } from './proxy.mjs';

const packaged = readFileSync(join(root, 'packaging/stunnel.conf'), 'utf8');
const nameOf = (node) => `${node}.internal`;

/** { path, issue(node), forget() }: what it issues is `path(node, 'pem')` and `path(node, 'key')`. As docs/operations.md. */
export async function makeAuthority() {
  const folder = tempFolder('trunkline-tls-');
  const path = (name, ending) => join(folder, `${name}.${ending}`);
  const make = async (name, ...args) => {
    const { code, output } = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
      '-keyout', path(name, 'key'), '-out', path(name, 'pem'), ...args]);
    if (code !== 0) throw new Error(output);
  };
  await make('ca', '-subj', '/CN=trunkline-cluster');
  return {
    path,
    issue: (node) => make(node, '-CA', path('ca', 'pem'), '-CAkey', path('ca', 'key'), '-subj', `/CN=${nameOf(node)}`,
      '-addext', `subjectAltName=DNS:${nameOf(node)}`, '-addext', 'basicConstraints=critical,CA:FALSE'),
    forget: () => removeFolder(folder),
  };
}

/** The packaged file with one of its sections, in which `values` are changed. Each must be there, whatever it is. */
function configuration(section, values) {
  const [global, ...sections] = packaged.split(/^(?=\[)/m);
  const found = sections.find((text) => text.startsWith(`[${section}]`));
  let text = `${global}${found}`;
  if (process.getuid() !== 0) text = text.replace(/^set[ug]id = .*\n/gm, ''); // only root can
  for (const [name, value] of Object.entries(values)) {
    const line = new RegExp(`^${name} = .*$`, 'm');
    if (!line.test(text)) throw new Error(`packaging/stunnel.conf has no ${name} in [${section}]`);
    text = text.replace(line, `${name} = ${value}`);
  }
  return text;
}

/** One stunnel with a section of the packaged file and somebody's certificate. */
export async function startStunnel(authority, holder, section, values) {
  const file = authority.path(`${holder}-${section}-${values.accept.replace(/.*:/, '')}`, 'conf');
  writeFileSync(file, configuration(section, { foreground: 'yes', cert: authority.path(holder, 'pem'), key: authority.path(holder, 'key'), CAfile: authority.path('ca', 'pem'), ...values }));
  const stunnel = start('prlimit', ['--nofile=1024:', 'stunnel', file]); // the limit that systemd gives
  await until(() => {
    if (stunnel.child.exitCode !== null) throw new Error(`stunnel ended:\n${stunnel.output}`);
    return stunnel.output.includes('Configuration successful');
  }, 'stunnel listens', 10);
  rmSync(file);
  return stunnel;
}

/** What leads to a node: its own end, a network (lib/proxy.mjs), and the others' end, which serves them all on loopback
 * and has the certificate of `dialer`. { listen, advertise, tlsPort, network, server, client, serve(), dial(), stop() } */
export async function startTunnel(authority, node, dialer) {
  const listen = `127.0.0.1:${await freePort()}`, advertise = `127.0.0.1:${await freePort()}`, tlsPort = await freePort();
  const network = await startProxy(tlsPort);
  const tunnel = { listen, advertise, tlsPort, network };
  tunnel.serve = async () => (tunnel.server = await startStunnel(authority, node, 'in', { accept: `127.0.0.1:${tlsPort}`, connect: listen }));
  tunnel.dial = async () => (tunnel.client = await startStunnel(authority, dialer, 'n2', { accept: advertise, connect: network.address, checkHost: nameOf(node) }));
  tunnel.stop = async () => {
    await Promise.all([tunnel.server, tunnel.client].map((end) => end?.kill()));
    await network.stop();
  };
  /** How many connections have come through to the node's port. */
  tunnel.arrived = () => tunnel.server.output.split('Service [in] connected remote server').length - 1;
  return Promise.all([tunnel.serve(), tunnel.dial()]).then(() => tunnel, async (failure) => {
    await tunnel.stop();
    throw failure;
  });
}
