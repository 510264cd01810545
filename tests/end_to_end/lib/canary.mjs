// Secrets that a test knows, in every spelling in which they could get out, and where to look for them [C12].
//
// With TL_CANARY=1 the whole suite does this: lib/gateway.mjs starts nodes with the most talkative log, learns every
// secret that passes through it, and looks through answers, log, data folder and database when a node ends.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

export const watching = process.env.TL_CANARY === '1';
export const level = 'debug'; // the lowest there is

const shortest = 12; // what is shorter stands in a log by accident

/** The characters of base64 that are the secret's own when `before` bytes stand in front of it ("user:password"). */
function base64Inside(bytes, before) {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  const first = Math.ceil((before * 8) / 6), whole = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(first, whole);
}

/** name -> text: how a secret may be written. */
function spellings(value) {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value);
  const text = Buffer.isBuffer(value) ? null : value;
  const all = { hexadecimal: bytes.toString('hex'), 'upper-case hexadecimal': bytes.toString('hex').toUpperCase() };
  for (const before of [0, 1, 2]) {
    const inside = base64Inside(bytes, before);
    all[`base64 at ${before}`] = inside;
    all[`base64url at ${before}`] = inside.replaceAll('+', '-').replaceAll('/', '_');
  }
  if (text === null) return { 'as bytes': bytes.toString('latin1'), ...all };
  Object.assign(all, { 'as it is': text, 'URL-encoded': encodeURIComponent(text), 'form-encoded': new URLSearchParams({ x: text }).toString().slice(2), 'in JSON': JSON.stringify(text).slice(1, -1),
    'wholly URL-encoded': [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('') });
  if (/^([0-9a-f]{2}){16,}$/.test(text)) // a key given in hexadecimal
    for (const [spelling, written] of Object.entries(spellings(Buffer.from(text, 'hex')))) all[`its bytes, ${spelling}`] = written;
  return all;
}

export class Canaries {
  #needles = new Map(); // text -> [secret's name, spelling]
  #signatures = new Set();
  hits = [];
  searched = { answers: 0, logs: 0, files: 0, dumps: 0, processes: 0, metrics: 0, other: 0, bytes: 0 };

  /** From now on `value`, text or bytes, is a secret; it is given back. */
  add(name, value) {
    if (!value || value.length < shortest) return value;
    for (const [spelling, text] of Object.entries(spellings(value)))
      if (text.length >= shortest && !this.#needles.has(text)) this.#needles.set(text, [name, spelling]);
    return value;
  }

  /** What a webhook should be signed with: whoever knows it can forge that webhook. */
  addSignature(signature) { return this.#signatures.add(signature), signature; }

  get count() { return new Set([...this.#needles.values()].map(([name]) => name)).size; }
  get needles() { return this.#needles.size + this.#signatures.size; }

  /** Looks through `content` (text, or bytes as latin1); notes and returns what was found, but names in `shown`. */
  search(kind, where, content, shown = []) {
    const text = Buffer.isBuffer(content) ? content.toString('latin1') : content;
    const found = [];
    ++this.searched[kind];
    this.searched.bytes += text.length;
    for (const [needle, [name, spelling]] of this.#needles)
      if (!shown.includes(name) && text.includes(needle)) found.push(`${name} ${spelling} in ${where}: ...${text.slice(Math.max(0, text.indexOf(needle) - 80), text.indexOf(needle))}`);
    if (this.#signatures.size > 0)
      for (const [signature] of text.matchAll(/[A-Za-z0-9+/]{27}=/g)) if (this.#signatures.has(signature)) found.push(`a signature in ${where}`);
    this.hits.push(...found);
    return found;
  }

  /** Every file below a folder but those that are there to hold a key, or that the test itself has written. */
  searchFolder(folder, but = []) {
    const found = [];
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      const path = join(entry.path, entry.name);
      if (!entry.isFile() || [...but, 'master.key', 'admin.key', 'admin.header'].includes(basename(path))) continue;
      if (statSync(path).size < 256 * 1024 * 1024) found.push(...this.search('files', path, readFileSync(path)));
    }
    return found;
  }

  /** What others on the machine may read of a process; nothing if it has ended. */
  searchProcess(pid, what) {
    const read = (name) => { try { return readFileSync(`/proc/${pid}/${name}`); } catch { return Buffer.alloc(0); } };
    return ['cmdline', 'environ'].flatMap((name) => this.search('processes', `${name} of ${what}`, read(name)));
  }

  // -- what the suite learns by itself

  /** The secrets of a node's environment. */
  learnEnvironment(env) {
    for (const name of ['TRUNKLINE_ADMIN_KEY', 'TRUNKLINE_MASTER_KEY', 'TWILIO_AUTH_TOKEN', 'TRUNKLINE_JWT_SECRET', 'TRUNKLINE_ALERTS_WEBHOOK_SECRET'])
      for (const value of env[name]?.split(',') ?? []) this.add(name, value.replace(/^(\d+:|whsec_)/, ''));
    const password = /:\/\/[^:/]*:([^@]+)@/.exec(env.TRUNKLINE_DATABASE ?? '')?.[1];
    if (password) this.add('the database password', decodeURIComponent(password));
  }

  learnFiles(folder) {
    const read = (name) => { try { return readFileSync(join(folder, name), 'utf8').trim().split('\n'); } catch { return []; } };
    for (const line of read('master.key')) this.add('a master key', line.replace(/^\d+:/, ''));
    for (const line of read('admin.key')) this.add('the admin key', line);
  }

  learnRequest(body, headers = {}) {
    for (const name of ['authToken', 'nextAuthToken', 'apiKey', 'apiSecret', 'password'])
      if (typeof body?.[name] === 'string') this.add(`${name} ${body[name].slice(0, 4)}`, body[name]);
    this.add('a bearer key', /^Bearer (.*)/.exec(headers.authorization ?? '')?.[1]);
  }

  /** An answer of the API; what it may show, a new key or a session, is known from then on. */
  learnAnswer(method, path, status, headers, text) {
    const shown = [];
    const show = (name, value) => { if (value) shown.push(name), this.add(name, value); };
    const json = () => { try { return JSON.parse(text); } catch { return {}; } };
    if (method === 'POST' && path === '/api/admin/keys' && status === 201) show(`key ${json().id}`, json().key);
    if (path === '/api/session') {
      show(`CSRF token ${json().csrfToken?.slice(0, 4)}`, json().csrfToken);
      const session = /trunkline_session=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1];
      show(`session ${session?.slice(-4)}`, session);
    }
    const head = [...headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    return this.search('answers', `the answer to ${method} ${path}`, `${head}\n\n${text}`, shown);
  }

  summary() {
    const { bytes, ...places } = this.searched;
    return `canary: ${this.count} secrets in ${this.needles} spellings; ${Object.entries(places).map(([what, count]) => `${count} ${what}`).join(', ')}, ${(bytes / 2 ** 20).toFixed(1)} MiB; ${this.hits.length} found`;
  }
}

/** Those of the suite. */
export const canaries = new Canaries();

if (watching)
  process.on('exit', () => {
    if (canaries.searched.bytes === 0) return;
    console.log(canaries.summary());
    if (canaries.hits.length === 0) return;
    process.exitCode = 1; // fails the file, whatever its tests say
    console.error(`canary: ${[...new Set(canaries.hits)].slice(0, 20).join('\ncanary: ')}`);
  });
