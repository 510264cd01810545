-- Names of rows and everything that is compared byte by byte is collate "C": cheaper, and the same order as in C++.

create table company (
  id         text collate "C" primary key,
  name       text not null,
  country    text not null,
  time_zone  text not null,
  menu_url   text,
  state      text not null,
  created_at bigint not null,
  updated_at bigint not null,
  version    bigint not null
);
create index company_listing on company (created_at desc, id desc);

-- settings is the JSON document of all that is neither secret nor a number. What the front end needs of every company
-- at once (signature_mode and the two numbers) stands beside it, so that a start does not parse 100,000 documents.
create table company_config (
  company_id      text collate "C" primary key references company (id) on delete cascade,
  settings        text not null,
  account_sid     text collate "C" not null,
  data_key        text not null,
  auth_token      text not null,
  next_auth_token text not null,
  api_key         text not null,
  api_secret      text not null,
  signature_mode  text not null,
  legacy_number   text collate "C" not null,
  whatsapp_number text collate "C" not null,
  hook_token      text collate "C" not null unique,
  version         bigint not null,
  last_updated    bigint not null
);

create table company_number (
  company_id    text collate "C" not null references company (id) on delete cascade,
  position      integer not null,
  phone_number  text collate "C" not null,
  friendly_name text not null,
  active        smallint not null,
  is_primary    smallint not null,
  hook_token    text collate "C" not null unique,
  primary key (company_id, phone_number)
);

-- A number belongs to one company, whether it is in the list or is the legacy number.
create table phone_claim (
  phone_number text collate "C" primary key,
  company_id   text collate "C" not null references company (id) on delete cascade,
  field        text not null
);
create index phone_claim_company on phone_claim (company_id);

-- receipt is different for every attempt to store a row, so that a batch can tell which rows are its own.
-- call_sid is filled only where sid names something else than the call it belongs to.
create table webhook_event (
  company_id    text collate "C" not null,
  kind          text collate "C" not null,
  sid           text collate "C" not null,
  status        text collate "C" not null,
  sequence      bigint not null,
  step          integer not null,
  received_at   bigint not null,
  params        text not null,
  answer_status integer not null,
  answer_type   text not null,
  answer_body   text not null,
  call_sid      text collate "C" not null,
  receipt       bigint not null,
  primary key (company_id, kind, sid, status, sequence, step)
);
create index webhook_event_call on webhook_event (company_id, call_sid) where call_sid <> '';

-- id is a hash of company and call_sid: one row per call without a second unique index.
create table call (
  company_id       text collate "C" not null,
  id               text collate "C" not null,
  call_sid         text collate "C" not null,
  direction        text collate "C" not null,
  from_party       text collate "C" not null,
  to_party         text collate "C" not null,
  status           text collate "C" not null,
  status_rank      integer not null,
  started_at       bigint,
  answered_at      bigint,
  ended_at         bigint,
  duration_seconds bigint,
  route_configured text collate "C" not null,
  step_1           text collate "C" not null,
  step_2           text collate "C" not null,
  step_3           text collate "C" not null,
  recording        text collate "C" not null,
  transcription    text collate "C" not null,
  primary key (company_id, id)
) with (fillfactor = 85);
create index call_listing on call (company_id, coalesce(started_at, 0) desc, id desc);

create table message (
  id                 text collate "C" primary key,
  company_id         text collate "C" not null,
  channel_id         text collate "C" not null,
  campaign_id        text collate "C" not null,
  direction          text not null,
  sender             text not null,
  communication_type text not null,
  twilio_number      text collate "C" not null,
  user_phone_number  text collate "C" not null,
  content            text not null,
  media              text not null,
  status             text collate "C" not null,
  status_rank        integer not null,
  twilio_sid         text collate "C" not null,
  error_code         bigint,
  error_message      text not null,
  encoding           text not null,
  segments           integer not null,
  price              bigint,
  price_estimated    smallint not null,
  simulated          smallint not null,
  created_at         bigint not null,
  updated_at         bigint not null,
  sent_at            bigint,
  delivered_at       bigint
) with (fillfactor = 85);
create unique index message_twilio_sid on message (company_id, twilio_sid) where twilio_sid <> '';
create index message_listing on message (company_id, created_at desc, id desc);

-- A row stays when somebody opts in again, so that an older word that arrives late cannot undo a newer one.
create table opt_out (
  company_id   text collate "C" not null,
  phone_number text collate "C" not null,
  opted_out    smallint not null,
  source       text not null,
  changed_at   bigint not null,
  primary key (company_id, phone_number)
);
