// A browser that watches a company's live events, as EventSource does, and says more of what it has heard.
import http from 'node:http';
import { until } from './process.mjs';

/** Takes a text/event-stream apart: {events: [{id, event, data}], comments, retry}, as it grows. */
export function parseEvents(onEvent = () => {}) {
  const seen = { events: [], comments: [], retry: null };
  let rest = '';
  seen.take = (text) => {
    rest += text;
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const lines = rest.slice(0, end).split('\n');
      rest = rest.slice(end + 2);
      const event = {};
      for (const line of lines) {
        const colon = line.indexOf(':');
        const [name, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
        if (name === '') seen.comments.push(value);
        else if (name === 'retry') seen.retry = Number(value);
        else if (name in event) throw new Error(`${name} twice in ${JSON.stringify(lines)}`);
        else event[name] = value;
      }
      if (Object.keys(event).length === 0) continue;
      event.json = JSON.parse(event.data);
      seen.events.push(event);
      onEvent(event);
    }
  };
  return seen;
}

/** Watches until close(). `reads: false` leaves what comes in the network. Rejects unless the answer is 200. */
export async function watchEvents(node, { company, key = node.adminKey, after, query = '', reads = true } = {}) {
  const headers = { authorization: `Bearer ${key}`, ...(company ? { 'x-company-id': company.id } : {}), ...(after === undefined ? {} : { 'last-event-id': String(after) }) };
  const seen = parseEvents();
  const request = http.get(`${node.api}/api/events${query}`, { headers, agent: false });
  const answer = await new Promise((done, fail) => request.on('response', done).on('error', fail));
  const viewer = { ...seen, headers: answer.headers, status: answer.statusCode, ended: false };
  Object.defineProperty(viewer, 'retry', { get: () => seen.retry });
  viewer.close = () => request.destroy();
  viewer.read = () => answer.resume();
  viewer.complete = () => answer.complete; // ended by the node, in order
  viewer.lastId = () => seen.events.at(-1)?.id ?? after;
  viewer.ids = () => seen.events.map(({ id }) => Number(id));
  viewer.of = (type) => seen.events.filter(({ event }) => event === type).map(({ json }) => json);
  viewer.heard = (count, seconds = 20) => until(() => seen.events.length >= count && seen.events, `${count} events, not ${seen.events.length}`, seconds);
  const end = () => (viewer.ended = true);
  answer.on('end', end).on('close', end).on('error', end);
  request.on('error', end);
  answer.setEncoding('utf8').on('data', seen.take);
  if (!reads) answer.pause();
  if (viewer.status !== 200) {
    await until(() => viewer.ended, 'an answer', 5);
    throw Object.assign(new Error(`${viewer.status}`), { status: viewer.status });
  }
  if (reads) await until(() => seen.retry !== null, 'the beginning of the stream', 10);
  return viewer;
}
