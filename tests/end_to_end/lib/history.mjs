// What happened to owners and webhooks, read from the database afterwards. Every change of an owner is written down by a
// trigger of the test's own, in the transaction of the change, so that none is missed and nodes know nothing of it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

const trigger = `
  create table history_of_owners (n bigserial primary key, at timestamptz not null, shard integer, was integer, owner integer, old_epoch bigint, epoch bigint);
  create function note_owner() returns trigger language plpgsql as $$ begin
    insert into history_of_owners (at, shard, was, owner, old_epoch, epoch)
      values (clock_timestamp(), new.shard, old.owner, new.owner, old.epoch, new.epoch);
    return null;
  end $$;
  create trigger note_owner after update on shard_owner for each row
    when (old.owner is distinct from new.owner or old.epoch is distinct from new.epoch) execute function note_owner();`;

/** `sql(text)` runs on the nodes' database, which has its tables. */
export async function recordOwners(sql) {
  await sql(trigger);
  const rows = async (text) => (await sql(text)).split('\n').filter(Boolean).map((row) => row.split('|'));
  return {
    /** In ms of the epoch, when the last of these shards' changes since then happened; null: none. */
    lastChange: async (was, sinceMs) =>
      (await rows(`select 1000 * extract(epoch from max(at)) from history_of_owners where was = ${was} and at > to_timestamp(${sinceMs} / 1000.0)`)).map(([at]) => Number(at))[0] || null,
    /** How many shards a node has claimed or released since then; others may take them. */
    changesOf: async (incarnation, sinceMs) =>
      Number(await sql(`select count(*) from history_of_owners where (owner = ${incarnation} or (was = ${incarnation} and owner is null)) and at > to_timestamp(${sinceMs} / 1000.0)`)),
    /** How many there were since then. */
    changes: async (sinceMs) => Number(await sql(`select count(*) from history_of_owners where at > to_timestamp(${sinceMs} / 1000.0)`)),
    /** No right to act was ever given twice, epochs only grow, and nobody was robbed who had not left or been declared dead. */
    check: async () => {
      assert.deepEqual(await rows('select shard, epoch from history_of_owners where owner is not null group by shard, epoch having count(distinct owner) > 1'), [], 'one epoch, two owners');
      assert.deepEqual(await rows('select shard, old_epoch, epoch from history_of_owners where epoch <= old_epoch'), [], 'an epoch that did not grow');
      assert.deepEqual(await rows(`select h.shard, h.was, h.owner, n.status from history_of_owners h join cluster_node n on n.incarnation = h.was
        where h.owner is not null and h.was <> h.owner and not (n.status in ('left', 'dead') and n.ended_at <= h.at)`), [], 'taken from a live node');
      return Number(await sql('select count(*) from history_of_owners'));
    },
  };
}

/** Every webhook that was answered is there once, with the answer that was given, and so is its call. `answered`: the
 * answer's text by CallSid. */
export async function checkWebhooks(sql, answered) {
  const rows = (await sql('select e.sid, count(*), min(md5(e.answer_body)), coalesce(min(c.calls), 0) from webhook_event e left join (select call_sid, count(*) as calls from call group by call_sid) c on c.call_sid = e.sid group by e.sid')).split('\n').filter(Boolean);
  const stored = new Map(rows.map((row) => row.split('|')).map(([sid, count, answer, calls]) => [sid, { count: Number(count), answer, calls: Number(calls) }]));
  const md5 = (text) => createHash('md5').update(text).digest('hex');
  const wrong = { lost: [], twice: [], differing: [] };
  for (const [sid, text] of answered) {
    const row = stored.get(sid);
    if (!row || row.calls === 0) wrong.lost.push(sid);
    else if (row.count !== 1 || row.calls !== 1) wrong.twice.push(sid);
    else if (row.answer !== md5(text)) wrong.differing.push(sid);
  }
  assert.deepEqual(wrong, { lost: [], twice: [], differing: [] });
}
