-- Who is in the cluster, and who owns which shard. Only the database's own time is compared with these times. Advisory
-- locks of two numbers: (7236, shard) for who owns it, (7237, incarnation) for whoever is alive.

-- One row. Whoever changes the members locks it first, so that views are in a total order.
create table cluster_view (
  id         smallint primary key check (id = 1),
  version    bigint not null,
  shards     integer not null,
  changed_at timestamptz not null
);

create sequence cluster_incarnation as integer;

-- One row for each run of each node. lease_expires_at is in no index, so that renewals stay on their page.
create table cluster_node (
  incarnation          integer primary key,
  name                 text collate "C" not null,
  status               text collate "C" not null check (status in ('joining', 'active', 'draining', 'left', 'dead')),
  address              text not null,
  caf_node_id          text collate "C" not null,
  app_version          text not null,
  protocol_version     integer not null,
  oldest_protocol      integer not null,
  weight               integer not null,
  joined_at            timestamptz not null,
  lease_expires_at     timestamptz not null,
  lease_unbroken_since timestamptz not null,
  companies_active     integer not null,
  degraded             boolean not null,
  ended_at             timestamptz,
  ended_by             integer,
  ended_because        text
) with (fillfactor = 50);
create unique index cluster_node_name on cluster_node (name) where status in ('joining', 'active', 'draining');
create unique index cluster_node_caf on cluster_node (caf_node_id) where status in ('joining', 'active', 'draining');

-- The only truth about ownership. A shard whose owner has left or is dead is there for the taking.
create table shard_owner (
  shard      integer primary key,
  owner      integer references cluster_node (incarnation),
  epoch      bigint not null,
  state      text collate "C" not null check (state in ('free', 'owned', 'releasing')),
  changed_at timestamptz not null,
  check ((owner is null) = (state = 'free'))
) with (fillfactor = 50);

create function cluster_is_live(status text) returns boolean language sql immutable
  return status in ('joining', 'active', 'draining');

-- To be called with the row of cluster_view locked, once a row has really changed.
create function cluster_members_changed() returns void language plpgsql volatile as $$
declare now_at bigint;
begin
  update cluster_view set version = version + 1, changed_at = clock_timestamp() where id = 1 returning version into now_at;
  if not found then
    raise exception 'there is no cluster yet';
  end if;
  perform pg_notify('trunkline_cluster', now_at::text);
end $$;

-- The version of the view; no row: this incarnation is dead. A lease that has run out may be renewed as long as nobody
-- has evicted its owner, but it is broken. No change of the view.
create function cluster_renew(me integer, ttl interval, companies integer, is_degraded boolean) returns setof bigint
language sql volatile as $$
  with t as materialized (select clock_timestamp() as now)
  update cluster_node n set
    lease_unbroken_since = case when n.lease_expires_at < t.now then t.now else n.lease_unbroken_since end,
    lease_expires_at = t.now + ttl, companies_active = companies, degraded = is_degraded
  from t where n.incarnation = me and cluster_is_live(n.status)
  returning (select version from cluster_view where id = 1)
$$;

-- False if that is no way from where it is. joining > active > draining > left, each may be left out.
create function cluster_go(me integer, wanted text) returns boolean language plpgsql volatile as $$
begin
  perform 1 from cluster_view where id = 1 for update;
  update cluster_node set status = wanted, ended_at = case when wanted = 'left' then clock_timestamp() end
    where incarnation = me and case wanted when 'active' then status = 'joining'
      when 'draining' then status in ('joining', 'active') when 'left' then cluster_is_live(status) else false end;
  if not found then
    return false;
  end if;
  perform cluster_members_changed();
  return true;
end $$;

-- Whether this node may judge others: its own lease is valid and has been renewed in time for a whole TTL, so that after
-- an outage of the database everybody had time to come back.
create function cluster_is_sound(me integer, ttl interval) returns boolean language plpgsql volatile as $$
begin
  perform 1 from cluster_node where incarnation = me and status = 'active' and lease_expires_at > clock_timestamp()
    and clock_timestamp() - lease_unbroken_since >= ttl for share;
  return found;
end $$;

create function cluster_end(me integer, victim integer, why text) returns boolean language plpgsql volatile as $$
begin
  update cluster_node set status = 'dead', ended_at = clock_timestamp(), ended_by = me, ended_because = why
    where incarnation = victim and cluster_is_live(status)
      and (why <> 'expired' or lease_expires_at < clock_timestamp());
  if not found then -- renewed, or ended by somebody else
    return false;
  end if;
  perform cluster_members_changed();
  return true;
end $$;

create function cluster_evict(me integer, victim integer, ttl interval) returns boolean language plpgsql volatile as $$
begin
  perform 1 from cluster_view where id = 1 for update;
  if not cluster_is_sound(me, ttl) then
    return false;
  end if;
  return cluster_end(me, victim, 'expired');
end $$;

-- Without waiting for the lease: the session that was open as long as the victim ran is gone. The caller has seen that
-- the victim's port refuses connections, for a restart of this server ends such sessions as well.
create function cluster_evict_crashed(me integer, victim integer, ttl interval) returns boolean
language plpgsql volatile as $$
begin
  perform 1 from cluster_view where id = 1 for update;
  if not cluster_is_sound(me, ttl) or not pg_try_advisory_xact_lock(7237, victim) then
    return false;
  end if;
  return cluster_end(me, victim, 'crashed');
end $$;

-- Locks shards against the writes of their owners until the end of the transaction, in ascending order, and returns
-- those it got. Those that are written to right now are waited for, not long and not many, because an owner that was
-- frozen in a transaction must not keep anybody from the other shards.
create function cluster_lock_shards(wanted integer[]) returns integer[] language plpgsql volatile
set lock_timeout = '100ms' as $$
declare
  one integer;
  locked integer[] := '{}';
  give_up constant timestamptz := clock_timestamp() + interval '400 milliseconds';
begin
  for one in select distinct x from unnest(wanted) as x order by x loop
    if pg_try_advisory_xact_lock(7236, one) then
      locked := locked || one;
    elsif clock_timestamp() < give_up then
      begin -- in the queue, where a steady stream of writes lets it pass
        perform pg_advisory_xact_lock(7236, one);
        locked := locked || one;
      exception when lock_not_available or deadlock_detected then
        null;
      end;
    end if;
  end loop;
  return locked;
end $$;

-- The shards that are ours now, of those that nobody owns and that are still at the epoch at which we saw them.
create function cluster_claim(me integer, wanted integer[], seen bigint[]) returns table (claimed integer, at bigint)
language plpgsql volatile as $$
declare locked constant integer[] := cluster_lock_shards(wanted);
begin -- a statement of its own, so that it sees what was committed while the locks were waited for
  return query update shard_owner s
    set owner = me, epoch = s.epoch + 1, state = 'owned', changed_at = clock_timestamp()
    from unnest(wanted, seen) as c (shard, epoch)
    where s.shard = c.shard and s.epoch = c.epoch and s.shard = any (locked)
      and (s.owner is null
           or exists (select 1 from cluster_node o where o.incarnation = s.owner and not cluster_is_live(o.status)))
      and exists (select 1 from cluster_node m where m.incarnation = me and m.status = 'active'
                    and m.lease_expires_at > clock_timestamp())
    returning s.shard, s.epoch;
  if found then
    perform pg_notify('trunkline_cluster', 'shards');
  end if;
end $$;

-- Says that they are on their way; they stay ours until cluster_release.
create function cluster_announce_release(me integer, given integer[], seen bigint[]) returns void
language plpgsql volatile as $$
begin
  update shard_owner s set state = 'releasing', changed_at = clock_timestamp()
    from unnest(given, seen) as c (shard, epoch)
    where s.shard = c.shard and s.epoch = c.epoch and s.owner = me and s.state = 'owned';
  if found then
    perform pg_notify('trunkline_cluster', 'shards');
  end if;
end $$;

-- Those that are free now. A write that is under way at the old epoch is waited for.
create function cluster_release(me integer, given integer[], seen bigint[]) returns setof integer
language plpgsql volatile as $$
declare locked constant integer[] := cluster_lock_shards(given);
begin
  return query update shard_owner s
    set owner = null, epoch = s.epoch + 1, state = 'free', changed_at = clock_timestamp()
    from unnest(given, seen) as c (shard, epoch)
    where s.shard = c.shard and s.epoch = c.epoch and s.owner = me and s.shard = any (locked)
    returning s.shard;
  if found then
    perform pg_notify('trunkline_cluster', 'shards');
  end if;
end $$;

-- The fence: which of these rights to act still hold, and will until this transaction ends. First statement of every
-- transaction of an owner. In REPEATABLE READ the rows would be older than the lock, so it is refused there.
create function cluster_fence_each(mine integer[], epochs bigint[]) returns table (shard integer, epoch bigint)
language plpgsql volatile as $$
declare one integer;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the fence holds in READ COMMITTED only';
  end if;
  for one in select distinct x from unnest(mine) as x order by x loop
    perform pg_advisory_xact_lock_shared(7236, one);
  end loop;
  return query select s.shard, s.epoch from shard_owner s join unnest(mine, epochs) as c (shard, epoch)
    on s.shard = c.shard and s.epoch = c.epoch where s.state in ('owned', 'releasing');
end $$;

-- The same for one, as an error: TW001.
create function cluster_fence(mine integer, at bigint) returns void language plpgsql volatile as $$
begin
  perform cluster_fence_each(array[mine], array[at]);
  if not found then
    raise exception 'fenced: shard % is not at epoch % any more', mine, at using errcode = 'TW001';
  end if;
end $$;
