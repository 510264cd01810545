-- Who may do what, what was done, and what is known of a company's account and numbers.

-- A key is 256 random bits, so its plain hash is safe to keep and quick to find.
create table api_key (
  id           text not null primary key,
  key_hash     text not null unique,
  role         text not null,
  company_id   text not null,
  label        text not null,
  created_at   integer not null,
  last_used_at integer
);
create index api_key_listing on api_key (created_at desc, id desc);
create index api_key_company on api_key (company_id) where company_id <> '';

create table console_user (
  name          text not null primary key,
  password_hash text not null,
  role          text not null,
  company_id    text not null,
  created_at    integer not null
);

create table console_session (
  token_hash text not null primary key,
  user_name  text not null references console_user (name) on delete cascade,
  created_at integer not null,
  expires_at integer not null
);
create index console_session_expiry on console_session (expires_at);

-- answer is sealed: it may hold a key that is shown only once. Empty: still running.
create table idempotent_answer (
  scope      text not null,
  idem_key   text not null,
  body_hash  text not null,
  answer     text not null,
  created_at integer not null,
  taken_at   integer not null,
  primary key (scope, idem_key)
) without rowid;
create index idempotent_answer_age on idempotent_answer (created_at);

create table audit (
  id           text not null primary key,
  at           integer not null,
  actor_kind   text not null,
  actor_id     text not null,
  actor_role   text not null,
  action       text not null,
  company_id   text not null,
  target       text not null,
  before_value text not null,
  after_value  text not null,
  request_id   text not null
);
create index audit_listing on audit (at desc, id desc);
create index audit_company on audit (company_id, at desc, id desc);

-- What Twilio last said of a company's account.
create table account_check (
  company_id     text not null primary key references company (id) on delete cascade,
  checked_at     integer not null,
  accepted       integer not null,
  account_status text not null,
  account_type   text not null
);

-- Companies that are gone and whose calls and messages are still to go.
create table company_purge (
  company_id text not null primary key
);

alter table company_number add column in_account integer;
alter table company_number add column sid text not null default '';
alter table company_number add column capabilities text not null default '';
alter table company_number add column source text not null default 'manual';
alter table company_number add column assigned_at integer not null default 0;

create index company_config_account on company_config (account_sid) where account_sid <> '';
create index company_config_legacy on company_config (legacy_number) where legacy_number <> '';
create index company_number_number on company_number (phone_number);
