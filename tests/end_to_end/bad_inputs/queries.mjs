// Bad query strings to every list: page, cursor, filters, encodings.
const invalid = '400 invalid_request';
const times = ['yesterday', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01T25:00:00Z', '1763661845', '1e9', '2026-01-01T00:00:00', "2026-01-01'--", '%00'];
const phones = ['abc', '12', '%2B0123456789', '1.5E%2B10', "%27%20OR%201=1--", '%00'];
const days = ['2026-02-30', '2026-13-01', '20261120', 'today', '2026-11-20T00:00:00Z', '-1', "2026-11-20'--"];
const words = ['x', 'ACTIVE!', "%27%3BDROP%20TABLE%20companies", 'null', '%F0%9F%91%8B'];

/** [name, path, filters: name -> wrong values] of every list of API.md that is served. */
const lists = ({ company: { id } }) => [
  ['companies', '/api/companies', { phoneNumber: phones, credentialSource: words, state: words }],
  ['numbers', `/api/companies/${id}/numbers`, {}],
  ['calls', `/api/companies/${id}/calls`, { number: phones, status: words, after: times, before: times, voicemail: ['yes', '1', 'TRUE'] }],
  ['messages', `/api/companies/${id}/messages`, { number: phones, status: words, direction: words, after: times, before: times }],
  ['alerts of a company', `/api/companies/${id}/alerts`, { state: words, code: words }],
  ['alerts', '/api/admin/notifications/alerts', { state: words, code: words }],
  ['audit', '/api/admin/audit', { after: times, before: times }],
  ['conflicts', '/api/admin/numbers/conflicts', {}],
  ['keys', '/api/admin/keys', {}],
  ['users', '/api/admin/users', {}],
];

const page = [
  ...['0', '201', '-1', '1e9', '1.5', 'abc', '', '%2B5', '0x10', '99999999999999999999', '%205', '5%20', '5;', '5%00', '٥'].map((limit) => [`limit=${encodeURI(limit)}`, invalid]),
  ['limit=5&limit=5', invalid], ['sort=name', invalid], ['limit=1e9&offset=-1&sort=;drop', invalid], ['LIMIT=5', invalid], ['limit[]=5', invalid], ['key=x', invalid],
  ['x=%', invalid], ['x=%zz', invalid], ['limit=%', invalid], ['cursor=%zz', invalid], ['=5', invalid],
  ...['', 'x', 'MS4xLjE', '!!!!', '%00', `${'A'.repeat(4000)}`, 'LTEueC54', '../../etc/passwd', "'%20OR%201=1--"].map((cursor) => [`cursor=${cursor}`, cursor === '%00' ? invalid : '400 invalid_cursor']),
  ['cursor=x&cursor=x', invalid],
];

export async function queryRows(world) {
  const get = (target) => world.ask('GET', target);
  const { id } = world.company;
  // A cursor of one list is none of another list's, nor of the same list with other filters.
  const { nextCursor } = (await world.gateway.call('GET', '/api/companies?limit=1')).json;
  const rows = lists(world).flatMap(([name, path, filters]) => [
    ...page.map(([query, wanted]) => [query, wanted]),
    ...Object.entries(filters).flatMap(([filter, values]) => values.map((value) => [`${filter}=${value}`, invalid])),
    ...Object.keys(filters).map((filter) => [`${filter}=%FF`, invalid]),
    ...Object.keys(filters).map((filter) => [`${filter}=x&${filter}=x`, invalid]),
    [`${name === 'companies' ? 'q=x&' : ''}cursor=${nextCursor}`, '400 invalid_cursor'],
  ].map(([query, wanted]) => [`${name}: ${query.slice(0, 60)}`, wanted, get(`${path}?${query}`)]));
  const usage = `/api/companies/${id}/usage`;
  rows.push(
    ...['from', 'to'].flatMap((name) => days.map((day) => [`usage: ${name}=${day}`, invalid, get(`${usage}?${name}=${day}`)])),
    ['usage: to before from', invalid, get(`${usage}?from=2026-02-02&to=2026-02-01`)], ['usage: two years', invalid, get(`${usage}?from=2024-01-01&to=2026-01-01`)],
    ['usage: from twice', invalid, get(`${usage}?from=2026-01-01&from=2026-01-01`)], ['usage: color', invalid, get(`${usage}?color=red`)],
    ...['kind=DEMON', 'kind=tenant', 'state=x', 'color=red', 'kind=%FF', 'kind=NODE&kind=NODE', 'x=%zz'].map((query) => [`actors: ${query}`, invalid, get(`/api/admin/actors?${query}`)]),
    ...['color=red', 'companyId=%FF', 'companyId=x&companyId=x', 'x=%'].map((query) => [`health: ${query}`, invalid, get(`/api/admin/notifications/dependency-health?${query}`)]),
    ['health: nobody', '404 company_not_found', get('/api/admin/notifications/dependency-health?companyId=co_nobody00')],
    ['companies: SQL', 200, get(`/api/companies?q=${encodeURIComponent("%' OR 1=1; DROP TABLE companies;--")}`)],
    ['companies: q=%FF', invalid, get('/api/companies?q=%FF')], ['companies: q=%00', invalid, get('/api/companies?q=%00')],
    ['a query of 9 KiB', 'closed', get(`/api/companies?q=${'x'.repeat(9000)}`)], ['a fragment', ['closed', '404 not_found', invalid], get('/api/companies?limit=5#x')],
  );
  return rows;
}
