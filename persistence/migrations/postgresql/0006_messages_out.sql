-- Messages on their way out, channels, campaigns, and what browsers are told.

alter table message add column content_sid text collate "C" not null default '';
alter table message add column content_variables text not null default '';
create index message_channel on message (channel_id, created_at desc, id desc);
create index message_campaign on message (campaign_id) where campaign_id <> '';

-- One row for each message that is to be sent or whose fate is open; the message itself says what it says. state:
-- queued    to be sent from due_at on
-- sending   attempt no. `attempt` is under way, and nobody sends after send_by
-- unknown   it may have gone out: Twilio is asked at due_at, for the (listings + 1)th time
-- held      it may have gone out, and only somebody's word can end that
create table outbox (
  message_id    text collate "C" primary key,
  company_id    text collate "C" not null,
  campaign_id   text collate "C" not null,
  lane          text collate "C" not null,
  recipient     text collate "C" not null,
  state         text collate "C" not null,
  priority      smallint not null,
  due_at        bigint not null,
  segments      integer not null,
  cost          bigint not null,
  attempt       integer not null,
  began_at      bigint not null,
  send_by       bigint not null,
  unknown_since bigint not null,
  listings      integer not null
) with (fillfactor = 70);
create index outbox_next on outbox (company_id, state, priority, due_at, message_id);
create index outbox_due on outbox (due_at) where state <> 'held';

-- What a company has spent on a day of its own time zone, as far as it counts against its cap.
create table spend (
  company_id text collate "C" not null,
  day        text collate "C" not null,
  units      bigint not null,
  primary key (company_id, day)
);

-- A number of the company and one counterpart. last_message_id is the newest by (last_message_at, id).
create table channel (
  id                 text collate "C" primary key,
  company_id         text collate "C" not null,
  communication_type text collate "C" not null,
  twilio_number      text collate "C" not null,
  user_phone_number  text collate "C" not null,
  profile_name       text not null,
  last_message_id    text collate "C" not null,
  last_message_at    bigint not null,
  unread_count       integer not null,
  window_until       bigint,
  created_at         bigint not null,
  updated_at         bigint not null
) with (fillfactor = 85);
create index channel_listing on channel (company_id, last_message_at desc, id desc);

-- status: staging (recipients are still being stored; nobody sees it), scheduled, running, paused, completed, canceled.
-- fed_to: recipients up to this row have become messages.
create table campaign (
  id              text collate "C" primary key,
  company_id      text collate "C" not null,
  restaurant_name text not null,
  offer           text not null,
  offer_code      text not null,
  template        text not null,
  twilio_number   text collate "C" not null,
  lapsed_days     integer not null,
  status          text collate "C" not null,
  paused_reason   text collate "C" not null,
  total           bigint not null,
  skipped         bigint not null,
  segments        bigint not null,
  cost            bigint not null,
  simulated       smallint not null,
  fed_to          bigint not null,
  created_at      bigint not null,
  scheduled_at    bigint,
  started_at      bigint,
  finished_at     bigint,
  updated_at      bigint not null
) with (fillfactor = 70);
create index campaign_listing on campaign (company_id, created_at desc, id desc);
create index campaign_open on campaign (status) where status in ('staging', 'scheduled', 'running', 'paused');

-- Every row of the list, with the text that this person gets. skip_reason is empty for those who are to get one.
create table campaign_recipient (
  campaign_id   text collate "C" not null references campaign (id) on delete cascade,
  row           bigint not null,
  customer_name text not null,
  phone_number  text collate "C" not null,
  content       text not null,
  encoding      text not null,
  segments      integer not null,
  skip_reason   text collate "C" not null,
  primary key (campaign_id, row)
);

-- Messages wait while a live node still has webhooks that the database has not seen: a STOP may be among them.
alter table cluster_node add column journaling boolean not null default false;
alter table cluster_node add column renewed_at timestamptz not null default clock_timestamp();
drop function cluster_renew(integer, interval, integer, boolean);
create function cluster_renew(me integer, ttl interval, companies integer, is_degraded boolean, has_journal boolean)
returns setof bigint language sql volatile as $$
  with t as materialized (select clock_timestamp() as now)
  update cluster_node n set
    lease_unbroken_since = case when n.lease_expires_at < t.now then t.now else n.lease_unbroken_since end,
    lease_expires_at = t.now + ttl, companies_active = companies, degraded = is_degraded, journaling = has_journal,
    renewed_at = t.now
  from t where n.incarnation = me and cluster_is_live(n.status)
  returning (select version from cluster_view where id = 1)
$$;

-- What the company's browsers are told, numbered without gaps; kept for those companies only that somebody watches.
create table company_event (
  company_id text collate "C" not null,
  seq        bigint not null,
  type       text collate "C" not null,
  subject    text collate "C" not null,
  channel_id text collate "C" not null,
  data       text not null,
  at         bigint not null,
  primary key (company_id, seq)
);
-- watched_at is 0 when nobody has watched for a day: then nothing is kept until somebody does again. Whoever changes
-- who is watched moves company_watch_version on after his commit, so that the inboxes of all nodes notice.
create table company_watch (
  company_id text collate "C" primary key,
  last_seq   bigint not null,
  watched_at bigint not null
) with (fillfactor = 70);
create sequence company_watch_version;
select setval('company_watch_version', 1);
