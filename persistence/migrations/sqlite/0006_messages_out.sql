-- Messages on their way out, channels, campaigns, and what browsers are told.

alter table message add column content_sid text not null default '';
alter table message add column content_variables text not null default '';
create index message_channel on message (channel_id, created_at desc, id desc);
create index message_campaign on message (campaign_id) where campaign_id <> '';

-- One row for each message that is to be sent or whose fate is open; the message itself says what it says. state:
-- queued    to be sent from due_at on
-- sending   attempt no. `attempt` is under way, and nobody sends after send_by
-- unknown   it may have gone out: Twilio is asked at due_at, for the (listings + 1)th time
-- held      it may have gone out, and only somebody's word can end that
create table outbox (
  message_id    text not null primary key,
  company_id    text not null,
  campaign_id   text not null,
  lane          text not null,
  recipient     text not null,
  state         text not null,
  priority      integer not null,
  due_at        integer not null,
  segments      integer not null,
  cost          integer not null,
  attempt       integer not null,
  began_at      integer not null,
  send_by       integer not null,
  unknown_since integer not null,
  listings      integer not null
);
create index outbox_next on outbox (company_id, state, priority, due_at, message_id);
create index outbox_due on outbox (due_at) where state <> 'held';

-- What a company has spent on a day of its own time zone, as far as it counts against its cap.
create table spend (
  company_id text not null,
  day        text not null,
  units      integer not null,
  primary key (company_id, day)
);

-- A number of the company and one counterpart. last_message_id is the newest by (last_message_at, id).
create table channel (
  id                 text not null primary key,
  company_id         text not null,
  communication_type text not null,
  twilio_number      text not null,
  user_phone_number  text not null,
  profile_name       text not null,
  last_message_id    text not null,
  last_message_at    integer not null,
  unread_count       integer not null,
  window_until       integer,
  created_at         integer not null,
  updated_at         integer not null
);
create index channel_listing on channel (company_id, last_message_at desc, id desc);

-- status: staging (recipients are still being stored; nobody sees it), scheduled, running, paused, completed, canceled.
-- fed_to: recipients up to this row have become messages.
create table campaign (
  id              text not null primary key,
  company_id      text not null,
  restaurant_name text not null,
  offer           text not null,
  offer_code      text not null,
  template        text not null,
  twilio_number   text not null,
  lapsed_days     integer not null,
  status          text not null,
  paused_reason   text not null,
  total           integer not null,
  skipped         integer not null,
  segments        integer not null,
  cost            integer not null,
  simulated       integer not null,
  fed_to          integer not null,
  created_at      integer not null,
  scheduled_at    integer,
  started_at      integer,
  finished_at     integer,
  updated_at      integer not null
);
create index campaign_listing on campaign (company_id, created_at desc, id desc);
create index campaign_open on campaign (status) where status in ('staging', 'scheduled', 'running', 'paused');

-- Every row of the list, with the text that this person gets. skip_reason is empty for those who are to get one.
create table campaign_recipient (
  campaign_id   text not null references campaign (id) on delete cascade,
  row           integer not null,
  customer_name text not null,
  phone_number  text not null,
  content       text not null,
  encoding      text not null,
  segments      integer not null,
  skip_reason   text not null,
  primary key (campaign_id, row)
);

-- What the company's browsers are told, numbered without gaps; kept for those companies only that somebody watches.
create table company_event (
  company_id text not null,
  seq        integer not null,
  type       text not null,
  subject    text not null,
  channel_id text not null,
  data       text not null,
  at         integer not null,
  primary key (company_id, seq)
);
-- watched_at is 0 when nobody has watched for a day: then nothing is kept until somebody does again.
create table company_watch (
  company_id text not null primary key,
  last_seq   integer not null,
  watched_at integer not null
);
