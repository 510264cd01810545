-- What went wrong, and what is still to be told of it to the outside.

create table alert (
  id              text not null primary key,
  code            text not null,
  company_id      text references company (id) on delete cascade,
  dependency      text not null,
  severity        text not null,
  state           text not null,
  title           text not null,
  detail          text not null,
  fix             text not null,
  occurrences     integer not null,
  opened_at       integer not null,
  last_seen_at    integer not null,
  acknowledged_at integer,
  acknowledged_by text not null,
  resolved_at     integer
);
-- Whoever sees the cause, and however many nodes do at once: one alert.
create unique index alert_unresolved on alert (code, coalesce(company_id, ''), dependency) where state <> 'resolved';
create index alert_listing on alert (opened_at desc, id desc);
create index alert_company on alert (company_id, opened_at desc, id desc) where company_id is not null;

-- A row goes when it is delivered or given up. step: 1 opened, 2 resolved, told in this order.
create table alert_delivery (
  id       text not null primary key,
  alert_id text not null references alert (id) on delete cascade,
  step     integer not null,
  body     text not null,
  attempts integer not null,
  due_at   integer not null,
  unique (alert_id, step)
);
create index alert_delivery_due on alert_delivery (due_at);
