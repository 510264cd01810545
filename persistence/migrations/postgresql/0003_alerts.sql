-- What went wrong, and what is still to be told of it to the outside.

create table alert (
  id              text collate "C" primary key,
  code            text collate "C" not null,
  company_id      text collate "C" references company (id) on delete cascade,
  dependency      text collate "C" not null,
  severity        text not null,
  state           text collate "C" not null,
  title           text not null,
  detail          text not null,
  fix             text not null,
  occurrences     bigint not null,
  opened_at       bigint not null,
  last_seen_at    bigint not null,
  acknowledged_at bigint,
  acknowledged_by text not null,
  resolved_at     bigint
);
-- Whoever sees the cause, and however many nodes do at once: one alert.
create unique index alert_unresolved on alert (code, coalesce(company_id, ''), dependency) where state <> 'resolved';
create index alert_listing on alert (opened_at desc, id desc);
create index alert_company on alert (company_id, opened_at desc, id desc) where company_id is not null;

-- A row goes when it is delivered or given up. step: 1 opened, 2 resolved, told in this order.
create table alert_delivery (
  id       text collate "C" primary key,
  alert_id text collate "C" not null references alert (id) on delete cascade,
  step     integer not null,
  body     text not null,
  attempts integer not null,
  due_at   bigint not null,
  unique (alert_id, step)
);
create index alert_delivery_due on alert_delivery (due_at);
