// As fast as Node gets without leaving JavaScript: raw http, one pass over the body, keys prepared, a constant answer,
// and with DATABASE_URL one prepared insert per call before the answer leaves.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import pg from 'pg';
import { answer, inTwoProcesses, insertCall, path, readCompanies, url } from './common.mjs';

const companies = readCompanies();
for (const company of companies.values()) company.key = createSecretKey(Buffer.from(company.authToken));
const pool = process.env.DATABASE_URL
  ? new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL ?? 16) })
  : null;
const body = Buffer.from(answer);
const headers = ['Content-Type', 'text/xml; charset=utf-8', 'Content-Length', String(body.length)];

function decode(text) {
  if (text.includes('+')) text = text.replaceAll('+', ' ');
  return text.includes('%') ? decodeURIComponent(text) : text;
}

function parse(text) {
  const fields = [];
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=');
    fields.push([decode(pair.slice(0, at)), decode(pair.slice(at + 1))]);
  }
  return fields.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
}

function reject(res, status) {
  res.writeHead(status, ['Content-Length', '0']);
  res.end();
}

function isSigned(fields, key, signature) {
  let text = url;
  for (const [name, value] of fields) text += name + value;
  const given = Buffer.from(signature ?? '', 'base64');
  return given.length === 20 && timingSafeEqual(given, createHmac('sha1', key).update(text).digest());
}

function store(text, get) {
  const values = [get('AccountSid'), get('CallSid'), get('From'), get('To'), text, answer];
  return pool.query({ name: 'insert_call', text: insertCall, values });
}

function handle(req, res, text) {
  const fields = parse(text);
  const get = (wanted) => fields.find(([name]) => name === wanted)?.[1];
  const company = companies.get(get('To'));
  if (!company || company.accountSid !== get('AccountSid')) return reject(res, 404);
  if (!isSigned(fields, company.key, req.headers['x-twilio-signature'])) return reject(res, 403);
  const reply = () => res.writeHead(200, headers).end(body);
  if (!pool) return reply();
  store(text, get).then(reply, () => reject(res, 503));
}

inTwoProcesses((port) => {
  const server = http.createServer({ noDelay: true }, (req, res) => {
    if (req.method !== 'POST' || req.url !== path) return reject(res, 404);
    let text = '';
    req.setEncoding('latin1');
    req.on('data', (chunk) => {
      text += chunk;
      if (text.length > 65536) req.destroy();
    });
    req.on('end', () => {
      try {
        handle(req, res, text);
      } catch {
        reject(res, 400);
      }
    });
  });
  server.listen(port, '127.0.0.1');
});
