-- The same tables as in ../postgresql; SQLite compares text byte by byte without being told.

create table company (
  id         text not null primary key,
  name       text not null,
  country    text not null,
  time_zone  text not null,
  menu_url   text,
  state      text not null,
  created_at integer not null,
  updated_at integer not null,
  version    integer not null
);
create index company_listing on company (created_at desc, id desc);

-- settings is the JSON document of all that is neither secret nor a number. What the front end needs of every company
-- at once (signature_mode and the two numbers) stands beside it, so that a start does not parse 100,000 documents.
create table company_config (
  company_id      text not null primary key references company (id) on delete cascade,
  settings        text not null,
  account_sid     text not null,
  data_key        text not null,
  auth_token      text not null,
  next_auth_token text not null,
  api_key         text not null,
  api_secret      text not null,
  signature_mode  text not null,
  legacy_number   text not null,
  whatsapp_number text not null,
  hook_token      text not null unique,
  version         integer not null,
  last_updated    integer not null
);

create table company_number (
  company_id    text not null references company (id) on delete cascade,
  position      integer not null,
  phone_number  text not null,
  friendly_name text not null,
  active        integer not null,
  is_primary    integer not null,
  hook_token    text not null unique,
  primary key (company_id, phone_number)
) without rowid;

-- A number belongs to one company, whether it is in the list or is the legacy number.
create table phone_claim (
  phone_number text not null primary key,
  company_id   text not null references company (id) on delete cascade,
  field        text not null
);
create index phone_claim_company on phone_claim (company_id);

-- receipt is different for every attempt to store a row, so that a batch can tell which rows are its own.
-- call_sid is filled only where sid names something else than the call it belongs to.
create table webhook_event (
  company_id    text not null,
  kind          text not null,
  sid           text not null,
  status        text not null,
  sequence      integer not null,
  step          integer not null,
  received_at   integer not null,
  params        text not null,
  answer_status integer not null,
  answer_type   text not null,
  answer_body   text not null,
  call_sid      text not null,
  receipt       integer not null,
  primary key (company_id, kind, sid, status, sequence, step)
);
create index webhook_event_call on webhook_event (company_id, call_sid) where call_sid <> '';

-- id is a hash of company and call_sid: one row per call without a second unique index.
create table call (
  company_id       text not null,
  id               text not null,
  call_sid         text not null,
  direction        text not null,
  from_party       text not null,
  to_party         text not null,
  status           text not null,
  status_rank      integer not null,
  started_at       integer,
  answered_at      integer,
  ended_at         integer,
  duration_seconds integer,
  route_configured text not null,
  step_1           text not null,
  step_2           text not null,
  step_3           text not null,
  recording        text not null,
  transcription    text not null,
  primary key (company_id, id)
) without rowid;
create index call_listing on call (company_id, coalesce(started_at, 0) desc, id desc);

create table message (
  id                 text not null primary key,
  company_id         text not null,
  channel_id         text not null,
  campaign_id        text not null,
  direction          text not null,
  sender             text not null,
  communication_type text not null,
  twilio_number      text not null,
  user_phone_number  text not null,
  content            text not null,
  media              text not null,
  status             text not null,
  status_rank        integer not null,
  twilio_sid         text not null,
  error_code         integer,
  error_message      text not null,
  encoding           text not null,
  segments           integer not null,
  price              integer,
  price_estimated    integer not null,
  simulated          integer not null,
  created_at         integer not null,
  updated_at         integer not null,
  sent_at            integer,
  delivered_at       integer
);
create unique index message_twilio_sid on message (company_id, twilio_sid) where twilio_sid <> '';
create index message_listing on message (company_id, created_at desc, id desc);

-- A row stays when somebody opts in again, so that an older word that arrives late cannot undo a newer one.
create table opt_out (
  company_id   text not null,
  phone_number text not null,
  opted_out    integer not null,
  source       text not null,
  changed_at   integer not null,
  primary key (company_id, phone_number)
) without rowid;
