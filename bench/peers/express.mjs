// The ordinary way: Express 5, Twilio's own library for the signature and the TwiML, and with DATABASE_URL a row per
// call before the answer leaves.
import express from 'express';
import pg from 'pg';
import twilio from 'twilio';
import { inTwoProcesses, insertCall, path, readCompanies, url } from './common.mjs';

const companies = readCompanies();
const pool = process.env.DATABASE_URL ? new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 }) : null;

function checkSignature(req, res, next) {
  const company = companies.get(req.body.To);
  if (!company || company.accountSid !== req.body.AccountSid) return res.sendStatus(404);
  const signature = req.get('X-Twilio-Signature') ?? '';
  if (!twilio.validateRequest(company.authToken, signature, url, req.body)) return res.sendStatus(403);
  next();
}

function forward() {
  const hooks = 'https://gw.example.com/hooks/0v5k2m9x7q4r8s1t3w6y0a2c4e';
  const twiml = new twilio.twiml.VoiceResponse();
  twiml.dial({ timeout: 20, action: `${hooks}/dial/0` }).number({ url: `${hooks}/whisper` }, '+12125550199');
  return twiml.toString();
}

async function answerCall(req, res) {
  const twiml = forward();
  const p = req.body;
  if (pool) await pool.query(insertCall, [p.AccountSid, p.CallSid, p.From, p.To, JSON.stringify(p), twiml]);
  res.type('text/xml').send(twiml);
}

inTwoProcesses((port) => {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.post(path, express.urlencoded({ extended: false, limit: '64kb' }), checkSignature, answerCall);
  app.listen(port, '127.0.0.1');
});
